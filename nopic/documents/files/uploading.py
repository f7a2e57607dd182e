"""How much of an upload this machine takes in before the portal's own code sees it."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from nopic.documents.acceptance import MOST_BYTES

_HANG_UP_AT = 4 * MOST_BYTES


class CappedUpload(TemporaryFileUploadHandler):
    """Writes one byte more than a file may have and drops the rest; hangs up on a body that is far too long.

    The one byte more makes the refusal a sentence beside the field, like any other; a proxy's own limit, which the
    README asks for, is only the outer wall.
    """

    taken = 0

    def new_file(self, *given: Any, **how: Any) -> None:
        super().new_file(*given, **how)
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        room = MOST_BYTES + 1 - self.taken
        self.taken += len(raw_data)
        if self.taken > _HANG_UP_AT:
            raise StopUpload(connection_reset=True)
        if room > 0:
            super().receive_data_chunk(raw_data[:room], start)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return super().file_complete(min(file_size, MOST_BYTES + 1))
