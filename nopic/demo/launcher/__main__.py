"""`python -m nopic.demo.launcher`, behind `make demo` and, with `--reset`, behind `make demo-reset`."""

import argparse
import os
import sys
from collections.abc import Sequence

from nopic.demo.launcher.demo import Demo
from nopic.demo.launcher.environment import choices, web_addresses
from nopic.demo.launcher.screen import say
from nopic.demo.launcher.wish import Wish, open_standard_files
from nopic.demo.servers import CannotStart, Stopping, clear, missing, opened, running
from nopic.demo.system import has_pango


def main(arguments: Sequence[str]) -> int:
    """Run the demo until somebody stops it; 0 after a stop, 1 when it could not start or go on."""
    open_standard_files()
    parser = argparse.ArgumentParser(prog="python -m nopic.demo.launcher", description=__doc__)
    parser.add_argument("--reset", action="store_true", help="forget all data of the demo first")
    parser.add_argument("--empty", action="store_true", help="without demo data: nobody can sign in")
    asked = parser.parse_args(arguments)
    wish = Wish()
    wish.listen()
    try:
        _serve(reset=asked.reset, fill=not asked.empty, wish=wish)
    except Stopping:
        return 0
    except CannotStart as reason:
        problem = str(reason)
    except PermissionError as refusal:
        problem = (
            f"{refusal.filename} may not be written: start as the user who owns it, or set DEMO_DIR to another folder."
        )
    say()
    print(problem, file=sys.stderr)
    return 1


def _serve(*, reset: bool, fill: bool, wish: Wish) -> None:
    """Start servers and portal, and look after them; whatever ends it, all of it is stopped in reverse order."""
    chosen = choices(os.environ)
    if not has_pango():
        raise CannotStart(
            "Certificates cannot be rendered without Pango: install the Debian packages libpangoft2-1.0-0 and "
            "libharfbuzz-subset0 (macOS: brew install pango)."
        )
    if reset:
        clear(chosen.folder)
    with opened(chosen.folder) as home:
        web_addresses(chosen.port)  # a busy port is told before anything starts
        mocked = chosen.oid_url is None
        if ours := missing(os.environ, with_registry=mocked):
            say(f"Starting {' and '.join(ours)}.")
        with running(home, os.environ, with_registry=mocked) as servers:
            demo = Demo(home, chosen, servers, wish)
            try:
                demo.bring_up()
                if fill:
                    demo.fill()
                else:
                    say(f"The portal is ready: {chosen.address}")
                demo.look_after()
            finally:
                say("Stopping.")
                demo.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
