"""Where one set of servers keeps its things, who may start there, and which secrets it has.

`folder` holds what is ours (lock, notes on processes, logs); `servers` holds what the servers' account must reach
(databases, copied programs). They are the same folder unless root's checkout lies where `nobody` cannot go, such as
/root: then `servers` is under /var/tmp, in a place made from the path of `folder`.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nopic.demo.servers.account import Account, servers_account
from nopic.demo.servers.child import end_orphans
from nopic.demo.servers.errors import CannotStart

ELSEWHERE = Path("/var/tmp")  # noqa: S108  survives a restart of the machine; what we make in it is checked to be ours


@dataclass(frozen=True)
class Home:
    """An opened data folder: locked by us, its leftovers ended, its places made."""

    folder: Path
    servers: Path
    account: Account | None

    @property
    def run(self) -> Path:
        """Folder of the notes that tell which processes are ours."""
        return self.folder / "run"

    @property
    def logs(self) -> Path:
        """Folder of the logs, one per process."""
        return self.folder / "logs"


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Home]:
    """Lock `folder`, end what a killed launcher left behind, and give its places.

    Raises CannotStart when another launcher is at work in it or when it cannot be written. The lock is the operating
    system's: it ends with the process that holds it, so a stale lock does not exist.
    """
    folder = folder.absolute()
    with locked(folder):
        end_orphans(folder / "run")
        account = servers_account(folder / "postgres")
        home = Home(folder=folder, servers=_reachable(folder, account), account=account)
        for place in (home.run, home.logs):  # logs may name people
            place.mkdir(mode=0o700, exist_ok=True)
        yield home


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; raises CannotStart when somebody else holds it or the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise CannotStart(
            f"{folder} cannot be written ({problem.strerror}): start as the user who owns it, or set DEMO_DIR to another folder."
        ) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 100).decode(errors="replace").strip() or "unknown"
            raise CannotStart(f"It already runs in {folder} (process {holder}): stop that one first.") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def clear(folder: Path) -> None:
    """Remove everything that was kept for `folder`, here and elsewhere. Raises CannotStart while it is in use."""
    folder = folder.absolute()
    with locked(folder):
        end_orphans(folder / "run")
        shutil.rmtree(_elsewhere(folder), ignore_errors=True)
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()


def read_secrets(path: Path, names: Iterable[str]) -> dict[str, str]:
    """Give the secrets of `names` from the file at `path`, making those that are missing; the file is ours alone (0600)."""
    known: dict[str, str] = {}
    if path.exists():
        known = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    missing = [name for name in names if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(32) for name in missing}
        fresh = path.with_name(path.name + ".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("".join(f"{name}={value}\n" for name, value in known.items()))
        fresh.replace(path)
    return known


def _reachable(folder: Path, account: Account | None) -> Path:
    """Give a folder that the servers' account can enter: `folder` itself, else one under /var/tmp."""
    if account is None:
        folder.chmod(0o700)
        return folder
    folder.chmod(0o711)
    if account.may("-x", folder):
        return folder
    place = _elsewhere(folder)
    place.parent.mkdir(mode=0o711, exist_ok=True)
    if place.parent.is_symlink() or place.parent.stat().st_uid != os.geteuid():
        raise CannotStart(
            f"{place.parent} belongs to somebody else: remove it, or set DEMO_DIR to a folder that the user `nobody` can enter."
        )
    mark = folder / "elsewhere.id"
    if not (place / "id").exists() or not mark.exists() or (place / "id").read_text() != mark.read_text():
        shutil.rmtree(place, ignore_errors=True)  # of a data folder that was deleted by hand since
        place.mkdir(mode=0o711)
        mark.write_text(secrets.token_hex(16))
        (place / "id").write_text(mark.read_text())
    return place


def _elsewhere(folder: Path) -> Path:
    """Name the place under /var/tmp that belongs to `folder`."""
    return ELSEWHERE / f"nopic-{os.geteuid()}" / hashlib.sha256(str(folder).encode()).hexdigest()[:16]
