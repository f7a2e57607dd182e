"""What the machine itself has to bring: Python with venv, Pango for the PDFs, Chromium for the browser tests.

Run by the Makefile before there is an environment, so it uses nothing but Python: `python3 nopic/demo/system.py pango`.
As root on Debian what is missing is installed with apt-get, and announced; anybody else reads one sentence.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

PANGO = {
    "linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}
HOMEBREW = ("", "/opt/homebrew/lib/", "/usr/local/lib/")


def has_venv() -> bool:
    """Tell whether this Python can make an environment with pip in it; Debian packs that part separately."""
    return importlib.util.find_spec("venv") is not None and importlib.util.find_spec("ensurepip") is not None


def has_pango() -> bool:
    """Tell whether the libraries load that WeasyPrint opens when it renders a certificate."""
    return all(any(_loads(place + name) for place in HOMEBREW) for name in PANGO.get(sys.platform, ()))


def has_chromium() -> bool:
    """Tell whether there is a browser for the browser tests."""
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


# Part -> how to see that it is there, Debian's packages for it, what it is for.
PARTS: dict[str, tuple[Callable[[], bool], tuple[str, ...], str]] = {
    "venv": (has_venv, ("python3-venv",), "to make the Python environment"),
    "pango": (
        has_pango,
        ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
        "to render certificates as PDF (on macOS: brew install pango)",
    ),
    "chromium": (has_chromium, ("chromium",), "for the browser tests"),
}


def main(parts: Sequence[str]) -> int:
    """See to it that the parts are there; 0 when they are, 1 after one sentence when they are not."""
    if sys.version_info < (3, 11):  # noqa: UP036  the Makefile asks with whatever Python the machine has
        print(f"Python 3.11 or newer is needed, this one is {sys.version.split()[0]}: set PYTHON to a newer one.")
        return 1
    missing = [part for part in parts if not PARTS[part][0]()]
    packages = [package for part in missing for package in PARTS[part][1]]
    purpose = " and ".join(PARTS[part][2] for part in missing)
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(packages)} with apt-get, {purpose}.", flush=True)
        _install(packages)
        importlib.invalidate_caches()
        missing = [part for part in parts if not PARTS[part][0]()]
    if missing:
        print(
            f"Missing {purpose}: install the Debian packages with `apt-get install {' '.join(packages)}` and start again."
        )
    return 1 if missing else 0


def _install(packages: Sequence[str]) -> None:
    """Install packages quietly; when the lists are old or absent, fetch them once and try again."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if subprocess.run(command, env=quiet, capture_output=True, check=False).returncode != 0:
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, capture_output=True, check=False)
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print("\n".join(done.stderr.splitlines()[-5:]))


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
