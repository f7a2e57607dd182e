"""How one process of the demo is started, recognised again after a crash, and ended.

Every child lives in a session of its own, so that Ctrl-C in the terminal reaches only the launcher and the launcher
decides the order. Beside each child lies a file with its id and its moment of birth: an id alone may by now belong to
somebody else's process, both together cannot.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from nopic.demo.servers.account import Account

LOG_LIMIT = 5_000_000  # bytes; a longer log is set aside once at the next start
STEP = 0.02  # seconds between two looks at a process that is ending


def birth(pid: int) -> str | None:
    """Say when the process with this id began, in a form that no other process ever has; None when there is none."""
    with contextlib.suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()  # from field 3 of proc(5) on
        return None if fields[0] in "ZX" else f"{boot} {fields[19]}"  # 22: start time in clock ticks since the boot
    if Path("/proc/self/stat").exists():
        return None
    listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip() or None


class Child:
    """One process of ours. After `stop` nothing of its session is left, whatever it did."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        run_folder: Path,
        log: Path,
        environ: Mapping[str, str],
        cwd: Path = Path("/"),
        account: Account | None = None,
        stdin: str | None = None,
        stop_signals: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 15.0),),
    ) -> None:
        """Remember how to run `command`; `stop_signals` are tried in turn, each with its seconds of patience, before SIGKILL."""
        self.name = name
        self.command = list(command)
        self.log = log
        self.started_at = 0.0
        self._note = run_folder / f"{name}.json"
        self._environ = dict(environ)
        self._cwd = cwd
        self._account = account
        self._stdin = stdin
        self._stop_signals = tuple(stop_signals)
        self._process: subprocess.Popen[bytes] | None = None
        self._log_before = 0
        self._asked = False

    @property
    def pid(self) -> int | None:
        """Tell the id of the running process, None before the start and after the end."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Run the command; afterwards its note is on disk. Raises OSError when the program cannot be executed."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        who = self._account.popen_arguments() if self._account else {}
        with self.log.open("ab") as log:
            self._log_before = log.tell()
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE if self._stdin is not None else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environ,
                cwd=self._cwd,
                start_new_session=True,
                **who,
            )
        self.started_at = time.monotonic()
        self._asked = False
        note = {
            "pid": self._process.pid,
            "birth": birth(self._process.pid),
            "stop": [[int(number), patience] for number, patience in self._stop_signals],
        }
        self._note.parent.mkdir(parents=True, exist_ok=True)
        self._note.write_text(json.dumps(note))
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError), self._process.stdin:
                self._process.stdin.write((self._stdin or "").encode())

    def ended(self) -> int | None:
        """Tell the exit status once the process is over (then its whole session is cleared away), else None."""
        if self._process is None:
            return 0
        status = self._process.poll()
        if status is None:
            return None
        _kill_group(self._process.pid)
        self._process = None
        self._note.unlink(missing_ok=True)
        return status

    def ask_to_stop(self) -> None:
        """Send the first of the stop signals and return at once; `stop` then waits."""
        if self._process is not None and not self._asked:
            self._asked = True
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, self._stop_signals[0][0])

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """End the process, politely first; returns when it and everything in its session is gone. `hurry` cuts patience short."""
        if self._process is None:
            return
        for position, (number, patience) in enumerate(self._stop_signals):
            if position == 0:
                self.ask_to_stop()
            else:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._process.pid, number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and not hurry():
                if self.ended() is not None:
                    return
                time.sleep(STEP)
        _kill_group(self._process.pid)
        self._process.wait()
        self.ended()

    def said(self) -> list[str]:
        """Give the whole lines that were logged since the last start."""
        return self._logged().rpartition("\n")[0].splitlines()

    def last_words(self, lines: int = 5) -> str:
        """Give the last lines that were logged since the last start, for a message that has to explain a failure."""
        return "\n".join(self._logged().splitlines()[-lines:])

    def _logged(self) -> str:
        try:
            with self.log.open("rb") as log:
                log.seek(self._log_before)
                return log.read().decode(errors="replace")
        except OSError:
            return ""


def end_orphans(run_folder: Path) -> list[str]:
    """End what an earlier launcher left running after it was killed; returns the names. Safe only under the folder's lock."""
    ended = []
    notes = [(path.stat().st_mtime, path) for path in run_folder.glob("*.json")] if run_folder.is_dir() else []
    for _, path in sorted(notes, reverse=True):  # last started, first stopped
        try:
            note = json.loads(path.read_text())
            pid, born, stops = int(note["pid"]), note["birth"], note["stop"]
        except (ValueError, KeyError, TypeError):
            path.unlink()  # half-written when the machine went down: nothing of that time runs any more
            continue
        if born and birth(pid) == born:
            ended.append(path.stem)
            _end_foreign(pid, born, stops)
        elif birth(pid) is None:
            _kill_group(pid)  # the leader is dead, its children may not be; their group id keeps the number reserved
        path.unlink()
    return ended


def _end_foreign(pid: int, born: str, stops: list[tuple[int, float]]) -> None:
    """End a process that is not our child, so that only its birth tells whether it still is there."""
    for number, patience in stops:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and birth(pid) == born:
            time.sleep(STEP)
    _kill_group(pid)


def _kill_group(pid: int) -> None:
    """Kill whatever is left in the process group that began with `pid`, and wait a moment until it is dead."""
    deadline = time.monotonic() + 2.0
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS refuses when only dead ones are left
        while time.monotonic() < deadline:
            os.killpg(pid, signal.SIGKILL)
            if not _group_lives(pid):
                return
            time.sleep(STEP)


def _group_lives(group: int) -> bool:
    """Tell whether somebody in the group still runs; the dead stay in it until somebody collects them."""
    if not Path("/proc/self/stat").exists():
        return True  # without /proc the next signal tells
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                return True
    return False
