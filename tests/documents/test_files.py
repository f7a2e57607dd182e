"""Kept files: whole or not at all, once per certifier, hashed again on the way out."""

import hashlib
import io
import os
import resource
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from nopic.documents import acceptance, files
from nopic.documents.acceptance import NotAccepted
from nopic.documents.files import Damaged, NoRoom, open_verified, store

DATA = b"Conocimiento de embarque " * 40_000
SHA256 = hashlib.sha256(DATA).hexdigest()


def root() -> Path:
    return Path(settings.STORAGES["default"]["OPTIONS"]["location"])


def kept() -> list[str]:
    """Every file below the storage's folder, by its path."""
    return sorted(str(path.relative_to(root())) for path in root().rglob("*") if path.is_file())


class Endless(io.RawIOBase):
    """A body that never ends; it counts what was read of it."""

    taken = 0

    def read(self, size=-1):
        self.taken += size
        return b"x" * size


class Breaks(io.BytesIO):
    """A connection that is lost after 90 % of the file."""

    def read(self, size=-1):
        if self.tell() > len(DATA) * 0.9:
            raise ConnectionResetError
        return super().read(size)


def test_a_file_is_kept_under_its_hash_and_comes_back_unchanged():
    stored = store(7, io.BytesIO(DATA))
    assert (stored.sha256, stored.size) == (SHA256, len(DATA))
    assert kept() == [f"documents/7/{SHA256[:2]}/{SHA256}"]
    with open_verified(7, SHA256) as file:
        assert file.read() == DATA
    assert (root() / kept()[0]).stat().st_mode & 0o777 == 0o640


def test_the_same_bytes_are_kept_once_by_one_certifier_and_again_by_another():
    for certifier in (7, 7, 8):
        store(certifier, io.BytesIO(DATA))
    assert kept() == [f"documents/7/{SHA256[:2]}/{SHA256}", f"documents/8/{SHA256[:2]}/{SHA256}"]


def test_one_certifier_cannot_open_what_another_keeps():
    store(7, io.BytesIO(DATA))
    with pytest.raises(Damaged, match="missing"):
        open_verified(8, SHA256)


def test_areas_are_kept_apart():
    store(7, io.BytesIO(DATA), area="certificates")
    with pytest.raises(Damaged):
        open_verified(7, SHA256)
    with open_verified(7, SHA256, area="certificates") as file:
        assert file.read() == DATA


def test_ten_uploads_of_the_same_file_at_once_leave_one_whole_file():
    failures: list[BaseException] = []

    def upload() -> None:
        try:
            store(7, io.BytesIO(DATA))
        except BaseException as error:  # noqa: BLE001  carried over to the thread that asserts
            failures.append(error)

    threads = [threading.Thread(target=upload) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(kept()) == 1
    open_verified(7, SHA256).close()


def test_an_endless_body_is_cut_off_at_the_limit_and_leaves_nothing():
    endless = Endless()
    with pytest.raises(NotAccepted, match="too_large"):
        store(7, endless)
    assert endless.taken <= acceptance.MOST_BYTES + (1 << 19)
    assert kept() == []


def test_a_lost_connection_leaves_nothing():
    with pytest.raises(ConnectionResetError):
        store(7, Breaks(DATA))
    assert kept() == []


def test_what_was_not_kept_is_gone_after_the_inspection():
    with files.quarantine(io.BytesIO(DATA)) as file:
        assert len(kept()) == 1
        assert (file.sha256, file.size, file.head) == (SHA256, len(DATA), DATA[:16])
    assert kept() == []


def test_a_full_disk_is_said_and_leaves_nothing():
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(NoRoom) as full:
            store(7, io.BytesIO(DATA))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (full.value.status, full.value.code) == (507, "no_room")
    assert kept() == []


def test_a_disk_that_fills_up_at_the_last_moment_leaves_nothing(monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoom):
        store(7, io.BytesIO(DATA))
    assert kept() == []


@pytest.mark.parametrize(("call", "error"), [("open", 28), ("open", 30), ("fsync", 5), ("unlink", 30)])
def test_a_storage_that_fails_is_said_and_nothing_is_half_there(monkeypatch, call, error):
    real = getattr(os, call)

    def failing(*given: object, **how: object) -> object:
        if call == "open" and "quarantine" not in str(given[0]):
            return real(*given, **how)
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(os, call, failing)
    if call == "unlink":  # what was kept is kept, whatever becomes of the rest
        assert store(7, io.BytesIO(DATA)).sha256 == SHA256
        return
    with pytest.raises(NoRoom):
        store(7, io.BytesIO(DATA))
    assert kept() == []


def test_a_file_that_cannot_be_read_is_not_handed_out(monkeypatch):
    store(7, io.BytesIO(DATA))

    def failing(*_given: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(hashlib, "file_digest", failing)
    with pytest.raises(Damaged, match="cannot be read"):
        open_verified(7, SHA256)


def test_a_changed_byte_is_noticed_and_the_same_upload_heals_it():
    store(7, io.BytesIO(DATA))
    path = root() / kept()[0]
    path.chmod(0o640)
    path.write_bytes(DATA[:-1] + b"?")
    with pytest.raises(Damaged, match="other bytes"):
        open_verified(7, SHA256)
    store(7, io.BytesIO(DATA))
    open_verified(7, SHA256).close()


@pytest.mark.parametrize("sha256, area", [("../../x", "documents"), (SHA256.upper(), "documents"), (SHA256, "../x")])
def test_no_place_is_made_of_anything_but_a_hash_and_an_area(sha256, area):
    with pytest.raises(ValueError, match="no place"):
        open_verified(7, sha256, area=area)


def test_only_stale_files_are_swept_from_quarantine():
    with files.quarantine(io.BytesIO(DATA)) as file:
        assert files.sweep_quarantine() == 0
        hour_ago = time.time() - files.STALE_SECONDS - 1
        os.utime(file.path, (hour_ago, hour_ago))
        assert files.sweep_quarantine() == 1
        assert kept() == []


def test_a_storage_without_a_local_folder_keeps_and_verifies_as_well():
    remote = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "documents": remote}):
        assert store(7, io.BytesIO(DATA)) == store(7, io.BytesIO(DATA))
        with open_verified(7, SHA256) as file:
            assert file.read() == DATA
        with pytest.raises(Damaged):
            open_verified(8, SHA256)
    assert kept() == []


def test_an_original_is_handed_out_to_be_saved_and_never_to_run():
    headers = files.download_headers('Factura "n.º 7"; \N{BEVERAGE BOX}.pdf', "application/pdf", 12)
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Length": "12",
        "Content-Disposition": 'attachment; filename="Factura _n._ 7__ _.pdf"; '
        "filename*=UTF-8''Factura%20%22n.%C2%BA%207%22%3B%20%F0%9F%A7%83.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
