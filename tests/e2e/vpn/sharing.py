"""What is no VPN but threatens as much: screens handed out (x11vnc)."""
from lab.shell import run, wait_until
from vpn.software import Software


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


ALL = [X11vnc("x11vnc")]
