"""What is no VPN but threatens as much: BitTorrent (transmission), screens handed out (x11vnc)."""
import re

from lab.shell import run, wait_until
from vpn.software import Software

TRACKER, PEER = 6969, 51413
SIZE = 300_000


class Transmission(Software):
    word = "bittorrent"

    def serve(self, bench):
        seed = bench.directory / "seed"
        seed.mkdir()
        (seed / "data").write_bytes(bytes(range(256)) * (SIZE // 256))
        self.torrent = bench.directory / "data.torrent"
        run(["transmission-create", "-o", self.torrent, "-t", f"http://{bench.server}:{TRACKER}/announce",
             seed / "data"])
        shown = run(["transmission-show", self.torrent]).stdout
        # The tracker is a user of its own, who cannot look into the test's folder.
        known = bench.lab.plan.state / "torrents"
        known.write_text(re.search(r"Hash: ([0-9a-f]{40})", shown)[1] + "\n")
        bench.serve("tracker", "opentracker", "-i", bench.server, "-p", TRACKER, "-w", known)
        bench.wait_for_port(TRACKER)
        self._run(bench, bench.serve, "seed", seed, PEER, "-v")
        bench.wait_for_port(PEER)

    def connect(self, bench):
        self.wanted = bench.directory / f"got-{len(list(bench.directory.iterdir()))}"
        self.wanted.mkdir()
        self._run(bench, bench.connect, "leech", self.wanted, PEER + 1)

    def _run(self, bench, start, name, folder, port, *options):
        start(name, "env", f"TRANSMISSION_HOME={folder}/.config", "transmission-cli", *options, "-M",
              "-et", "-w", folder, "-p", port, self.torrent)

    def works(self, bench):
        file = self.wanted / "data"
        return file.exists() and file.stat().st_size >= SIZE // 256 * 256 and any(file.read_bytes())


class X11vnc(Software):
    word = "vnc"

    def serve(self, bench):
        screen = f":{900 + bench.number}"
        bench.serve("screen", "Xvfb", screen, "-screen", "0", "320x200x16", "-nolisten", "tcp")
        wait_until(lambda: run(["test", "-S", f"/tmp/.X11-unix/X{screen[1:]}"], check=False).returncode == 0,
                   "the screen")
        bench.serve("server", "x11vnc", "-display", screen, "-listen", bench.server, "-rfbport", "5900",
                    "-forever", "-shared", "-nopw", "-noshm", "-noxdamage")
        bench.wait_for_port(5900)

    def works(self, bench):
        picture = bench.directory / "picture.jpg"
        picture.unlink(missing_ok=True)
        bench.on_client(["timeout", "3", "vncsnapshot", "-allowblank", f"{bench.server}:0", picture])
        return picture.exists() and picture.stat().st_size > 0


ALL = [Transmission("transmission"), X11vnc("x11vnc")]
