# Shell helpers of tools/up, tools/down and tools/test. Sourced, not run.

# Re-executes the calling script as root, or says how.
need_root() {
    [ "$(id -u)" = 0 ] && return
    if command -v sudo >/dev/null; then
        echo "namespaces need root: asking sudo" >&2
        exec sudo -- "$0" "$@"
    fi
    echo "$0 needs root (network namespaces) and there is no sudo here. Run it as root." >&2
    exit 1
}

# Runs a command as the tree's owner, so that a build made under sudo does not belong to root.
as_owner() {
    if [ -n "${SUDO_USER:-}" ] && [ "$(id -u)" = 0 ] && [ "$(stat -c %U "$root")" = "$SUDO_USER" ]; then
        runuser -u "$SUDO_USER" -- "$@"
    else
        "$@"
    fi
}

# configure DIRECTORY [meson options]: once; later runs leave it to ninja.
configure() {
    local directory=$1
    shift
    [ -f "$directory/build.ninja" ] && return
    echo "configuring ${directory#"$root"/}"
    mkdir -p "$directory" && chown --reference="$root" "$directory"
    if ! as_owner meson setup "$directory" "$root" "$@" >"$directory/setup.log" 2>&1; then
        tail -n 20 "$directory/setup.log" >&2
        echo "meson could not configure; the whole output is in $directory/setup.log" >&2
        return 1
    fi
}

# build_release ROOT [targets]: optimised, warnings are errors; ninja shows how far it is.
build_release() {
    local root=$1
    shift
    configure "$root/build"
    as_owner meson compile -C "$root/build" "$@"
}

# The lab's own command line (tools/lab/__main__.py).
lab() {
    local root=$1
    shift
    PYTHONPATH="$root/tools" PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m lab "$@"
}
