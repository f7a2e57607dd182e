"""Which files may be received, and what the sender reads when one may not.

A file is accepted when its name's ending, the type that the browser declared, its first bytes and its inner
structure all say the same: PDF, JPEG, PNG, HEIC, XLSX or DOCX. What can be judged from outside is judged here;
structure is judged by `inspection` in a child process, which answers with one of the codes below. A refusal is a sentence that starts
with the document's name and ends with the remedy, never a list of technical faults.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_BYTES = 15 * 1024 * 1024
MOST_PAGES = 200
MOST_MEGAPIXELS = 40
MOST_FILES = 30  # in one dossier, not counting those that were removed
MOST_BYTES_TOGETHER = 100 * 1024 * 1024
LONGEST_NAME = 150
# Rules of files that lie in a request's dossier and are not of its document list: the registry's own PDF, which only the
# office sees until two people have confirmed it, and evidence for corrections. They take nobody's place there.
OFFICE_ONLY = frozenset({"registry_pdf"})
BESIDE_THE_LIST = OFFICE_ONLY | {"correction"}
HEAD_BYTES = 16  # enough to recognise every kind below


@dataclass(frozen=True)
class Kind:
    """One accepted kind of file; `served_as` is the type that we say when handing it out, whatever was declared."""

    code: str
    endings: frozenset[str]
    declared: frozenset[str]
    begins: re.Pattern[bytes]
    served_as: str


# Browsers declare what the machine's registry says; the historical spellings below are still met.
PDF = Kind(
    "pdf",
    frozenset({"pdf"}),
    frozenset({"application/pdf", "application/x-pdf", "application/acrobat", "text/pdf", "image/pdf"}),
    re.compile(rb"%PDF-"),
    "application/pdf",
)
JPEG = Kind(
    "jpeg",
    frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    frozenset({"image/jpeg", "image/jpg", "image/pjpeg", "image/jfif"}),
    re.compile(rb"\xff\xd8\xff"),
    "image/jpeg",
)
PNG = Kind(
    "png",
    frozenset({"png"}),
    frozenset({"image/png", "image/x-png"}),
    re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/png",
)
HEIC = Kind(  # the brands of ISO/IEC 23008-12 and its annex for HEVC; whether a picture in HEVC is inside, its decoder says
    "heic",
    frozenset({"heic", "heif", "hif"}),
    frozenset({"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}),
    re.compile(rb"\0\0..ftyp(?:he[iv][cxms]|mif1|msf1)", re.DOTALL),
    "image/heic",
)
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
# A ZIP; or the old container, in which office programs lock a file with a password. Which one is inside, the child says.
_OFFICE = re.compile(rb"PK\x03\x04|\xd0\xcf\x11\xe0")
_ARCHIVE = frozenset({"application/zip", "application/x-zip-compressed"})  # said by machines without an office program
XLSX = Kind(
    "xlsx",
    frozenset({"xlsx"}),
    frozenset({f"{_OPEN_XML}.spreadsheetml.sheet", "application/vnd.ms-excel"}) | _ARCHIVE,
    _OFFICE,
    f"{_OPEN_XML}.spreadsheetml.sheet",
)
DOCX = Kind(
    "docx",
    frozenset({"docx"}),
    frozenset({f"{_OPEN_XML}.wordprocessingml.document", "application/msword"}) | _ARCHIVE,
    _OFFICE,
    f"{_OPEN_XML}.wordprocessingml.document",
)
KINDS = {kind.code: kind for kind in (PDF, JPEG, PNG, HEIC, XLSX, DOCX)}
# What office programs write besides; a person who has one can save the file as one of ours.
_OTHER_OFFICE = frozenset(
    {"xls", "xlsm", "xlsb", "xlt", "xltx", "xltm", "doc", "docm", "dot", "dotx", "dotm"}
    | {"ods", "ots", "odt", "ott", "rtf", "pages", "numbers"}
)
# What a browser says when it does not know: no statement, so nothing to contradict.
_UNDECLARED = frozenset({"", "application/octet-stream", "binary/octet-stream"})

_SENTENCES = {
    "type": gettext_lazy("%(document)s: the file must be a PDF, JPG, PNG, HEIC, XLSX or DOCX"),
    "office": gettext_lazy(
        "%(document)s: office files are taken as XLSX or DOCX without macros. Save it as one of these or as PDF, and add "
        "that one."
    ),
    "misnamed": gettext_lazy(
        "%(document)s: the file's name says one type and its content another. Open it, save it anew, and add that one."
    ),
    "type_of_row": gettext_lazy(
        "%(document)s: this type of file is not taken here. Beside the field it says which types are."
    ),
    "too_large": gettext_lazy(
        "%(document)s: the file must be smaller than 15 MB. A photo at normal quality is enough."
    ),
    "empty": gettext_lazy("%(document)s: the file is empty. Scan or photograph it again."),
    "password": gettext_lazy(
        "%(document)s: the file is locked with a password. Save it without the password and add it again."
    ),
    "unreadable": gettext_lazy("%(document)s: the file cannot be opened. Save, scan or photograph it again."),
    "active": gettext_lazy(
        "%(document)s: the file contains a program or reaches outside itself. Print it to a new PDF and add that one."
    ),
    "attachments": gettext_lazy("%(document)s: the file carries other files inside. Add each of them on its own."),
    "unpacks": gettext_lazy(
        "%(document)s: the file holds far more than a document does. Save it as PDF and add that one."
    ),
    "only_pictures": gettext_lazy(
        "%(document)s: the file holds pictures and nothing written. Save it as PDF and add that one."
    ),
    "two_in_one": gettext_lazy(
        "%(document)s: the file holds something else besides the document. Print it to a new PDF, or photograph it "
        "again."
    ),
    "too_many_pages": gettext_lazy(
        "%(document)s: the file must have 200 pages or fewer. Add only the pages of this shipment."
    ),
    "no_pages": gettext_lazy(
        "%(document)s: the file has no pages, or nothing stands on them. Scan or photograph it again."
    ),
    "page_size": gettext_lazy("%(document)s: a page has no usable size. Print it to a new PDF and add that one."),
    "too_many_pixels": gettext_lazy(
        "%(document)s: the picture must have 40 megapixels or fewer. A photo at normal quality is enough."
    ),
    "several_pictures": gettext_lazy(
        "%(document)s: the file holds several pictures. Add each of them as a photo of its own."
    ),
    "moving": gettext_lazy("%(document)s: the picture moves. Add a still picture or a PDF."),
    "too_many_files": gettext_lazy(
        "%(document)s: a request holds 30 files or fewer, 100 MB together. Put the pages of one document into one PDF."
    ),
    "too_slow": gettext_lazy(
        "%(document)s: the file took too long to check. Print it to a new PDF, or photograph it, and add that one."
    ),
    "busy": gettext_lazy("%(document)s: many files are being checked at this moment. Add it again in a minute."),
    "no_room": gettext_lazy(
        "%(document)s: there is no room to keep the file at this moment. Nothing was lost; add it again in an hour."
    ),
}
# The HTTP status that fits a refusal; 422 where none is listed. Numbers only: doors decide what to answer.
_STATUS = {"too_large": 413, "busy": 503, "no_room": 507}


class NotAccepted(Exception):
    """The file is not received. `code` says why; `sentence(document)` says it to the sender."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def status(self) -> int:
        """The HTTP status that fits."""
        return _STATUS.get(self.code, 422)

    def sentence(self, document: str) -> str:
        """The refusal in the reader's language, with the document's name (such as "Packing list") in front."""
        return str(_SENTENCES[self.code]) % {"document": document}


def accept_of(kinds: Iterable[str]) -> str:
    """What a file input is limited to, for the codes of some kinds: by type, and by ending where a machine has no type."""
    chosen = [KINDS[code] for code in kinds if code in KINDS]
    return ",".join(one for kind in chosen for one in (kind.served_as, *(f".{end}" for end in sorted(kind.endings))))


def codes() -> frozenset[str]:
    """Every code that a refusal can carry."""
    return frozenset(_SENTENCES)


def kind_of(name: str, declared: str, head: bytes) -> Kind:
    """Return the kind on which the name's ending, the declared type and the first bytes agree.

    `head` are the first `HEAD_BYTES` of the file. Raises `NotAccepted("empty")` without bytes, "misnamed" for two of
    our kinds in name and content, "office" for what an office program can save as one of them, and "type" for anything else that is missing from our list or contradicts. A browser
    that declares nothing, or "some bytes", contradicts nothing.
    """
    if not head:
        raise NotAccepted("empty")
    ending = PurePosixPath(display_name(name)).suffix.lstrip(".").lower()
    said = declared.partition(";")[0].strip().lower()
    named = next((kind for kind in KINDS.values() if ending in kind.endings), None)
    if ending in _OTHER_OFFICE:
        raise NotAccepted("office")
    found = [kind for kind in KINDS.values() if kind.begins.match(head)]
    declared_as_one = named is not None and any(said in kind.declared for kind in (named, *found))
    if named is None or not found or not (declared_as_one or said in _UNDECLARED):
        raise NotAccepted("type")
    if named not in found:
        raise NotAccepted("misnamed")
    return named


def display_name(raw: str) -> str:
    """What is kept of a file's name: text to show, never a path.

    The last part of any path, in NFC, without control, direction-changing or invisible characters and without
    repeated spaces, at most `LONGEST_NAME` characters with the ending kept. A name with nothing before its
    ending becomes "file".
    """
    base = raw.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(" " if one.isspace() else one for one in unicodedata.normalize("NFC", base))
    shown = "".join(one for one in shown if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    stem, dot, ending = " ".join(shown.split()).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    stem, ending = stem.strip(), ending.strip()[:10]
    stem = stem[: LONGEST_NAME - len(dot + ending)].rstrip() or (_("file") if ending or not dot else "")
    return f"{stem}{dot}{ending}" or _("file")
