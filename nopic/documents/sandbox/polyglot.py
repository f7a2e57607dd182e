"""Whether a file is at the same time a file of another kind.

A ZIP (and so a JAR or an office file) is read from its end, so it can hide behind or inside any other file; it is
looked for by its structure. A web archive (MHT) is plain text that its readers find anywhere, so its header lines
are the structure. What follows the proper end of a PDF or of a picture is judged where that end is known.
"""

import codecs
import io
import re
import zipfile

from nopic.documents.sandbox.verdict import Unacceptable

codecs.lookup("cp437")  # names in a ZIP are read with it; a codec is a file, and none can be opened later
_MHT_VERSION = re.compile(rb"^mime-version[ \t]*:[ \t]*1\.0", re.IGNORECASE | re.MULTILINE)
_MHT_PART = re.compile(rb"^content-(type|location|transfer-encoding)[ \t]*:", re.IGNORECASE | re.MULTILINE)
# Beginnings of formats that some program opens although the file calls itself a picture.
_SECOND_BEGINNINGS = (b"%PDF-", b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MZ", b"\x7fELF", b"#!", b"<")
_SECOND_INSIDE = re.compile(rb"%PDF-1|<(?:!doctype|html|script|iframe|\?php)[\s>]", re.IGNORECASE)


def refuse_second_format(data: bytes) -> None:
    """Raise `Unacceptable("two_in_one")` when the bytes are also a ZIP with members or a web archive."""
    if _opens_as_zip(data) or (_MHT_VERSION.search(data) and _MHT_PART.search(data)):
        raise Unacceptable("two_in_one")


def refuse_second_tail(tail: bytes) -> None:
    """Raise `Unacceptable("two_in_one")` when the bytes behind a picture's end begin or hold another format."""
    if tail.lstrip(b"\x00\t\n\r ").startswith(_SECOND_BEGINNINGS) or _SECOND_INSIDE.search(tail):
        raise Unacceptable("two_in_one")


def _opens_as_zip(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return bool(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        return False
