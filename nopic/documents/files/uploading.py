"""How much of an upload this machine takes in before the portal's own code sees it."""

import errno
import io
from contextlib import suppress
from typing import IO, Any, NoReturn, cast

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from nopic.documents.acceptance import MOST_BYTES

_HANG_UP_AT = 4 * MOST_BYTES


class CappedUpload(TemporaryFileUploadHandler):
    """Writes one byte more than a file may have and drops the rest; hangs up on a body that is far too long.

    The one byte more makes the refusal a sentence beside the field, like any other; a proxy's own limit, which the
    README asks for, is only the outer wall. A machine without room for the file takes in the form without it, so that
    this is a sentence beside the field, too.
    """

    taken = 0
    lost = False

    def new_file(self, *given: Any, **how: Any) -> None:
        self.taken, self.lost = 0, False
        try:
            super().new_file(*given, **how)
        except OSError:
            self._lose()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = MOST_BYTES + 1 - self.taken
        self.taken += len(raw_data)
        if self.taken > _HANG_UP_AT:
            raise StopUpload(connection_reset=True)
        if room > 0 and not self.lost:
            try:
                super().receive_data_chunk(raw_data[:room], start)
            except OSError:
                self._lose()

    def file_complete(self, file_size: int) -> UploadedFile | None:
        size = min(file_size, MOST_BYTES + 1)
        if not self.lost:
            try:
                return super().file_complete(size)
            except OSError:
                self._lose()
        return UploadedFile(cast("IO[bytes]", _NoRoom()), self.file_name, self.content_type, size)

    def _lose(self) -> None:
        self.lost = True
        with suppress(OSError):  # what is in the way is the full disk again
            self.upload_interrupted()


class _NoRoom(io.RawIOBase):
    """A file for which this machine had no room: whoever reads it learns so."""

    def read(self, size: int = -1) -> NoReturn:
        raise OSError(errno.ENOSPC, "no room to take the upload in")
