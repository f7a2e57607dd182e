"""`python -m nopic.demo.servers run --ephemeral -- COMMAND…`: run a command with servers of its own.

`make test` uses it. The command finds DATABASE_URL, DATABASE_OWNER_URL, OID_DATABASE_URL and REDIS_URL in its
environment (those already set stay as they are), and its exit status becomes ours. With `--folder PATH` instead of
`--ephemeral` the data are kept. With `--in-memory` servers and the command's temporary files live in memory where there
is room: each copy of a test's database is a thousand small files, a second of work on a disk and a twentieth in memory.
"""

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from nopic.demo.servers import CannotStart, clear, opened, running

MEMORY = Path("/dev/shm")  # noqa: S108  the file system in memory that every Linux has; what we make in it is checked to be ours
CONTAINER = Path("/sys/fs/cgroup")  # where a container reads its limits (cgroup v2)
SPARE = 4 * 2**30  # bytes that must be free; the tests take a tenth of it


def main(arguments: Sequence[str]) -> int:
    """Read the command line and give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nopic.demo.servers", description=__doc__)
    parser.add_argument("verb", choices=["run"])
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--ephemeral", action="store_true", help="servers in a temporary folder, removed afterwards")
    place.add_argument("--folder", type=Path, help="servers in this folder, kept")
    parser.add_argument(
        "--in-memory", action="store_true", help="with --ephemeral: the folder is in memory, if there is room"
    )
    parser.add_argument("command", nargs="+", help="after --")
    chosen = parser.parse_args(arguments)
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: signals.append(received))
    try:
        with (
            _folder(chosen.folder, in_memory=chosen.in_memory and _has_room()) as folder,
            opened(folder) as home,
            running(home, os.environ, throw_away=chosen.ephemeral) as servers,
        ):
            environ = os.environ | servers.urls
            if not chosen.folder:
                (folder / "tmp").mkdir(mode=0o700)
                environ["TMPDIR"] = str(folder / "tmp")
            return 128 + signals[0] if signals else _run(chosen.command, environ, signals)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1


@contextlib.contextmanager
def _folder(kept: Path | None, *, in_memory: bool) -> Iterator[Path]:
    """Give the folder that is kept, or a temporary one; temporary ones of runs that were killed are cleared away first."""
    if kept:
        yield kept
        return
    base = (MEMORY if in_memory else Path(tempfile.gettempdir())) / f"nopic-servers-{os.geteuid()}"
    base.mkdir(mode=0o711, exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != os.geteuid():
        raise CannotStart(f"{base} belongs to somebody else: remove it, or set TMPDIR to another folder.")
    for lock in base.glob("*/lock"):  # a folder without a lock is just being made by somebody else
        with contextlib.suppress(CannotStart):  # of a run that is still at work
            clear(lock.parent)
            shutil.rmtree(lock.parent, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=base))
    try:
        yield folder
    finally:
        clear(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _has_room() -> bool:
    """Whether files may live in memory: a container often has very little of it."""
    known = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines()) if MEMORY.is_dir() else {}
    available = int(known.get("MemAvailable", "0 kB").split()[0]) * 1024
    with contextlib.suppress(OSError, ValueError):  # "max", or no such file: nobody limits us below the machine
        limit, used = ((CONTAINER / f"memory.{name}").read_text() for name in ("max", "current"))
        available = min(available, int(limit) - int(used))
    return available > SPARE and os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free > SPARE


def _run(command: Sequence[str], environ: Mapping[str, str], signals: list[int]) -> int:
    """Run the command until it ends; a signal to us asks it to end, and 20 seconds later makes it.

    It stays in our process group, so Ctrl-C in a terminal reaches it directly; other signals are handed on.
    """
    try:
        process = subprocess.Popen(command, env=environ)
    except OSError as problem:
        raise CannotStart(f"{command[0]} cannot be run: {problem.strerror}.") from None
    waited = 0.0
    handed_on = 0
    while True:
        try:
            return _shell_status(process.wait(timeout=0.2))
        except subprocess.TimeoutExpired:
            if signals[handed_on:]:
                process.send_signal(
                    signal.SIGINT if signals[handed_on] == signal.SIGINT and not sys.stdin.isatty() else signal.SIGTERM
                )
                handed_on = len(signals)
            waited += 0.2 if signals else 0
            if waited > 20:
                process.kill()


def _shell_status(status: int) -> int:
    """Say it as a shell does: 128 and the signal's number for a process that was killed."""
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
