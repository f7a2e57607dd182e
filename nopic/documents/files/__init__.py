"""The bytes of files: kept by hash, handed out under strict headers, taken in up to a limit."""

from nopic.documents.files.handing import download_headers, picture_headers
from nopic.documents.files.keeping import (
    STALE_SECONDS,
    Damaged,
    NoRoom,
    Quarantined,
    Stored,
    open_verified,
    quarantine,
    store,
    store_bytes,
    sweep_quarantine,
)
from nopic.documents.files.uploading import CappedUpload

__all__ = [
    "STALE_SECONDS",
    "CappedUpload",
    "Damaged",
    "NoRoom",
    "Quarantined",
    "Stored",
    "download_headers",
    "open_verified",
    "picture_headers",
    "quarantine",
    "store",
    "store_bytes",
    "sweep_quarantine",
]
