"""What the package of an office file must be: a plain ZIP of XML parts without programs, other files or ways out.

An XLSX or DOCX is a ZIP (ECMA-376, part 2) whose parts are typed in one list and linked by lists of relationships.
Both are judged before any part is read for its content, the ZIP before anything is unpacked. Links that a person
would have to press are the only way out that is allowed: office programs make one of every address in a letterhead,
and nobody presses them here. What may not stand in a part, `outwards` says.
"""

import codecs
import io
import posixpath
import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, TypeVar
from xml.etree import ElementTree as ET

from nopic.documents.sandbox.outwards import Outwards, may_be_pressed, refuse_old_drawing
from nopic.documents.sandbox.reader import Reader, local
from nopic.documents.sandbox.verdict import Unacceptable

codecs.lookup("cp437")  # names in a ZIP are read with it; a codec is a file, and none can be opened later

_MOST_ENTRIES = 2_000
_MOST_UNPACKED = 100 << 20
_MOST_RATIO, _RATIO_COUNTS_FROM = 100, 10 << 20  # a small sheet of equal cells packs just as well as a bomb does
_LONGEST_DESCRIPTOR = 24  # bytes that may follow an entry's data (ZIP specification, 4.3.9)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old office files, and new ones that are locked with a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MAIN = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
}
_ACTIVE_PART = re.compile(r"vbaproject|vbadata|(?:^|/)activex/|(?:^|/)macrosheets/|(?:^|/)externallinks/")
_ACTIVE_TYPE = re.compile(
    r"macroenabled|vbaproject|activex|macrosheet|dialogsheet|externallink|webextension|connections"
)
_ACTIVE_RELATION = frozenset(
    {"vbaproject", "control", "attachedtemplate", "externallink", "externallinkpath", "subdocument", "frame"}
    | {"connections", "querytable", "webextension", "webextensiontaskpanes", "dialogsheet"}
    | {"xlmacrosheet", "xlintlmacrosheet"}
)
# Every type of part that office programs write into a file without programs; anything else is another file inside.
_KNOWN_TYPE = re.compile(
    r"(?:application|text)/xml|application/inkml\+xml|application/vnd\.(?:openxmlformats-|ms-)[a-z0-9.-]+\+xml"
    r"|application/vnd\.openxmlformats-package\.digital-signature-origin"
    r"|application/vnd\.openxmlformats-officedocument\.(?:vmldrawing|obfuscatedfont|[a-z]+\.(?:printersettings|customproperty))"
    r"|application/x-font(?:-ttf|data)|image/(?:png|jpe?g|pjpeg|gif|bmp|tiff?|webp|heic|svg\+xml|(?:x-)?[ew]mf)"
)
_CARRIES = frozenset({"oleobject", "package", "afchunk"})  # relations to other files inside
Block = dict[str, Any]  # of a page, see `written`

R = TypeVar("R", bound=Reader)


@dataclass(frozen=True)
class Relation:
    """A link from one part to another, or out of the file; `kind` is the last word of its type, in small letters."""

    key: str
    kind: str
    target: str
    leaves: bool


class _Types(Reader):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}  # of a part, or of an ending with its dot

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if "ContentType" in attributes:
            part = attributes.get("PartName") or "." + attributes.get("Extension", "")
            self.found[part.lower()] = attributes["ContentType"].lower()


class _Relations(Reader):
    def __init__(self) -> None:
        self.found: list[Relation] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2].lower()
            leaves = attributes.get("TargetMode", "").lower() == "external"
            self.found.append(Relation(attributes.get("Id", ""), kind, attributes.get("Target", ""), leaves))


@dataclass
class Package:
    """An office file that may be read."""

    archive: zipfile.ZipFile
    names: dict[str, str] = field(default_factory=dict)  # as they are compared, and as they are written
    main: str = ""

    def read(self, part: str, reader: R) -> R:
        """Tell `reader` everything that stands in a part; `Unacceptable` when it cannot be read."""
        parser = ET.XMLParser(target=reader)  # noqa: S314  `doctype` above is what makes it safe
        try:
            with self.archive.open(self.names[part.lower()]) as stream:
                while piece := stream.read(1 << 16):
                    parser.feed(piece)
            parser.close()
        except (ET.ParseError, zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError):
            raise Unacceptable("unreadable") from None
        return reader

    def judge_old_drawing(self, part: str) -> None:
        """For VML, in which Excel itself writes what is not well-formed: as bytes, in ASCII."""
        try:
            data = self.archive.read(self.names[part.lower()])
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise Unacceptable("unreadable") from None
        if b"<!" in data.replace(b"<!--", b"").replace(b"<![", b"") or b"\0" in data:
            raise Unacceptable("active")
        refuse_old_drawing(data.decode("latin-1"))

    def related(self, part: str) -> list[Relation]:
        """Where a part links to inside the file, with targets as names of parts."""
        folder, name = posixpath.split(part)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        if links.lower() not in self.names:
            return []
        return [
            Relation(one.key, one.kind, posixpath.normpath(posixpath.join("/", folder, one.target)).lstrip("/"), False)
            for one in self.read(links, _Relations()).found
            if not one.leaves
        ]

    def pictures(self) -> int:
        """How many pictures lie inside."""
        return sum("/media/" in name for name in self.names)


def opened(data: bytes, kind: str) -> Package:
    """Judge the whole package and return it, or raise `Unacceptable`."""
    package = Package(_archive(data))
    package.names = {entry.filename.lower(): entry.filename for entry in package.archive.infolist()}
    if "[content_types].xml" not in package.names:
        raise Unacceptable("unreadable")
    types = package.read("[content_types].xml", _Types()).found
    _refuse_parts(package, types)
    for name in package.names:
        if name.endswith(".rels"):
            _refuse_relations(package.read(name, _Relations()).found)
        elif name.endswith(".vml") or _type_of(name, types).endswith(".vmldrawing"):
            package.judge_old_drawing(name)
        elif name.endswith(".xml") or _type_of(name, types).endswith(("/xml", "+xml")):
            package.read(name, Outwards())  # well-formed, whole, without entities: also where we do not look
    package.main = next((one.target for one in package.related("") if one.kind == "officedocument"), "")
    said = _type_of(package.main, types)
    if package.main.lower() not in package.names or said != _MAIN[kind]:
        raise Unacceptable("misnamed" if said in _MAIN.values() else "office")
    return package


def _type_of(part: str, types: dict[str, str]) -> str:
    """What the list of types says of a part, by its name or else by its ending; "" where it says nothing."""
    return types.get(f"/{part.lower()}") or types.get(f".{part.lower().rpartition('.')[2]}", "")


def _archive(data: bytes) -> zipfile.ZipFile:
    """The ZIP, if its list of entries promises nothing that may not be unpacked."""
    if data.startswith(_OLE):
        raise Unacceptable("password" if _LOCKED in data else "office")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, struct.error):
        raise Unacceptable("unreadable") from None
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    bomb = unpacked > max(_MOST_RATIO * len(data), _RATIO_COUNTS_FROM)
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED or bomb:
        raise Unacceptable("unpacks")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unacceptable("password")
    if len({entry.filename.lower() for entry in entries}) != len(entries) or any(map(_is_odd, entries)):
        raise Unacceptable("unreadable")
    _refuse_gaps(data, entries, archive.start_dir)
    return archive


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    """Packed in an unusual way, a link in the file system, or with a name that would leave its folder."""
    name = entry.orig_filename
    leaves = name.startswith("/") or ".." in name.split("/") or any(letter in name for letter in "\\:\0")
    packed = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return leaves or not packed or stat.S_ISLNK(entry.external_attr >> 16)


def _refuse_gaps(data: bytes, entries: list[zipfile.ZipInfo], end: int) -> None:
    """Entries follow each other from the first byte to the list of them, and the list ends the file: a ZIP that has
    room between them is at the same time something else."""
    place = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if not 0 <= entry.header_offset - place <= (_LONGEST_DESCRIPTOR if place else 0):
            raise Unacceptable("two_in_one")
        name, extra = struct.unpack("<HH", data[entry.header_offset + 26 : entry.header_offset + 30].ljust(4, b"\0"))
        place = entry.header_offset + 30 + name + extra + entry.compress_size
    if not 0 <= end - place <= _LONGEST_DESCRIPTOR or data[-22:-18] != b"PK\x05\x06":
        raise Unacceptable("two_in_one")


def _refuse_parts(package: Package, types: dict[str, str]) -> None:
    if any(map(_ACTIVE_PART.search, package.names)) or any(map(_ACTIVE_TYPE.search, types.values())):
        raise Unacceptable("active")
    if any("/embeddings/" in name for name in package.names) or any("oleobject" in said for said in types.values()):
        raise Unacceptable("attachments")
    for entry in package.archive.infolist():
        is_folder = entry.is_dir() and not entry.file_size  # some packers list them
        is_list = entry.filename.lower() == "[content_types].xml"
        if not is_folder and not is_list and not _KNOWN_TYPE.fullmatch(_type_of(entry.filename, types)):
            raise Unacceptable("attachments")


def _refuse_relations(relations: list[Relation]) -> None:
    for one in relations:
        pressed = one.kind == "hyperlink" and may_be_pressed(one.target)
        if one.kind in _ACTIVE_RELATION or (one.leaves and not pressed):
            raise Unacceptable("active")
        if one.kind in _CARRIES:
            raise Unacceptable("attachments")
