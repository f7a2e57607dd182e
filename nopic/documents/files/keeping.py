"""Where received and produced files lie: once per certifier, under the name of their own hash, never changed.

A file is first written to quarantine under a random name while it is hashed and counted, and only a whole,
accepted one is moved to `<area>/<certifier>/<ab>/<sha256>`. Areas keep kinds of files apart: `documents` for
originals, `pages` for the pictures made of them, `certificates` for issued PDFs. The same bytes of one certifier
are kept once; two certifiers never share a file, so nobody learns what another one has. Every file is hashed
again before it is handed out.

The place is the storage alias `documents` of Django's STORAGES, or `default` where none is set apart. A storage without a local folder (such
as an S3 bucket) gets the file from a spool folder of this machine; everything else is the same.
"""

import errno
import hashlib
import io
import logging
import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

from nopic.documents.acceptance import HEAD_BYTES, MOST_BYTES, NotAccepted

STALE_SECONDS = 3600  # a quarantine file this old belongs to an upload that died
_CHUNK = 1 << 18
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FAILING = frozenset({errno.EIO, errno.EROFS, errno.ESTALE, errno.EACCES, errno.ENOTCONN, errno.ENODEV})
log = logging.getLogger(__name__)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_AREA = re.compile(r"[a-z]{1,20}")


class NoRoom(NotAccepted):
    """The disk is full, or the storage fails; nothing of the file was kept, and nothing is wrong with the file."""

    def __init__(self) -> None:
        super().__init__("no_room")


class Damaged(Exception):
    """The stored bytes are missing or are no longer those that were stored; they must not be handed out."""


@dataclass(frozen=True)
class Stored:
    """What identifies a kept file: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Quarantined:
    """A whole file that is not yet kept: open for reading, hashed, counted, with its first bytes at hand."""

    file: BinaryIO
    path: Path
    sha256: str
    size: int
    head: bytes

    def keep(self, certifier_id: int, *, area: str = "documents") -> Stored:
        """Move the bytes to their place, durable when this returns. Keeping the same bytes again changes nothing.

        A file of that name whose bytes are damaged is replaced by these. Raises `NoRoom`.
        """
        name = _name(area, certifier_id, self.sha256)
        with _full_disk_is_no_room():
            if not _is_intact(name, self.sha256):
                _place(self.path, name)
        return Stored(self.sha256, self.size)


def store(certifier_id: int, stream: IO[bytes], *, area: str = "documents", most_bytes: int = MOST_BYTES) -> Stored:
    """Keep everything that `stream` yields for this certifier and return its hash and size.

    Raises `NotAccepted("too_large")` beyond `most_bytes` and `NoRoom` when the disk is full; then nothing is left.
    """
    with quarantine(stream, most_bytes=most_bytes) as file:
        return file.keep(certifier_id, area=area)


def store_bytes(certifier_id: int, data: bytes, *, area: str) -> Stored:
    """The same for bytes at hand that we made ourselves, such as a page image or a certificate."""
    return store(certifier_id, io.BytesIO(data), area=area, most_bytes=len(data))


@contextmanager
def quarantine(stream: IO[bytes], *, most_bytes: int = MOST_BYTES) -> Iterator[Quarantined]:
    """Hold a stream's bytes in quarantine for inspection; what was not kept is gone at the end of the block.

    The bytes are written once, under a name that nobody can guess, and are on disk before the block begins.
    Raises `NotAccepted("too_large")` and `NoRoom`.
    """
    folder = _quarantine_folder()
    path = folder / secrets.token_hex(16)
    with _full_disk_is_no_room():
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
    try:
        with os.fdopen(descriptor, "w+b") as file, _full_disk_is_no_room():
            digest, size, head = hashlib.sha256(), 0, b""
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > most_bytes:
                    raise NotAccepted("too_large")
                digest.update(piece)
                head += piece[: HEAD_BYTES - len(head)]
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            yield Quarantined(file, path, digest.hexdigest(), size, head)
    finally:
        with suppress(OSError):  # on a storage that fails it stays for the sweep
            path.unlink(missing_ok=True)


def open_verified(certifier_id: int, sha256: str, *, area: str = "documents") -> BinaryIO:
    """Open a kept file for reading, at its start, after hashing it again. Raises `Damaged`; the caller closes it."""
    name = _name(area, certifier_id, sha256)
    try:
        file = _open(name)
    except FileNotFoundError:
        raise Damaged(f"{name} is missing") from None
    except OSError as error:
        raise Damaged(f"{name} cannot be read: {error}") from error
    try:
        intact = _hash(file) == sha256
    except OSError as error:
        file.close()
        raise Damaged(f"{name} cannot be read: {error}") from error
    if not intact:
        file.close()
        raise Damaged(f"{name} has other bytes than were stored")
    return file


def sweep_quarantine(*, older_than_seconds: float = STALE_SECONDS) -> int:
    """Delete what uploads that died left in quarantine and return how many files that were."""
    swept = 0
    folder = _quarantine_folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if time.time() - path.stat().st_mtime > older_than_seconds:
                path.unlink()
                swept += 1
        except FileNotFoundError:  # its upload ended between the listing and now
            continue
    return swept


def _name(area: str, certifier_id: int, sha256: str) -> str:
    """The place of a file inside the storage; made of checked parts only."""
    if not (_AREA.fullmatch(area) and _SHA256.fullmatch(sha256)):
        raise ValueError(f"no place for {area!r} {sha256!r}")
    return f"{area}/{int(certifier_id)}/{sha256[:2]}/{sha256}"


def _storage() -> Storage:
    return storages["documents" if "documents" in settings.STORAGES else "default"]


def _quarantine_folder() -> Path:
    """Beside the kept files, so that keeping is a rename; for a remote storage a spool folder of this machine."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        return Path(storage.path("quarantine"))
    return Path(tempfile.gettempdir()) / f"nopic-quarantine-{os.getuid()}"


def _place(path: Path, name: str) -> None:
    storage = _storage()
    if not isinstance(storage, FileSystemStorage):
        storage.delete(name)
        with path.open("rb") as file:
            storage.save(name, File(file))
        return
    target = Path(storage.path(name))
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    path.replace(target)
    root = Path(storage.path(""))
    for folder in target.parents:  # the rename and any new folder above it survive a power cut
        _sync_folder(folder)
        if folder == root:
            return


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(name: str) -> BinaryIO:
    """A kept file as a regular local file; a remote one is brought into an unnamed temporary file first."""
    storage = _storage()
    if isinstance(storage, FileSystemStorage):
        return Path(storage.path(name)).open("rb")
    local = tempfile.TemporaryFile()  # noqa: SIM115  handed to the caller, who closes it
    try:
        with storage.open(name) as remote:
            for piece in remote.chunks():
                local.write(piece)
    except BaseException:
        local.close()
        raise
    local.flush()
    return local


def _hash(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def _is_intact(name: str, sha256: str) -> bool:
    try:
        with _open(name) as file:
            return _hash(file) == sha256
    except OSError:  # missing, or not to be read any more
        return False


@contextmanager
def _full_disk_is_no_room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FAILING:
            log.exception("the storage of files fails")
        elif error.errno not in _FULL:
            raise
        raise NoRoom from error
