"""What a PDF's object structure says: active content, locks, pages, sizes. Never a byte search.

The same name can be harmless text or hidden in a compressed object stream, so every object is parsed and written
back in canonical form by qpdf; only objects that hold a dangerous *name* are walked, key by key, and judged by
the position of the name. The page tree is walked by hand and then counted by PDFium as well: the reader that
makes the reviewer's pictures must see the same number of pages as the reader that judged the file.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdfium2

from nopic.documents.sandbox.verdict import Unacceptable

# qpdf opens the source of randomness once, at its first encryption, and wants it to read locked files as well.
pikepdf.Pdf.new().save(io.BytesIO(), encryption=pikepdf.Encryption(owner="o", user=""))

_SPACE = b"\x00\t\n\x0c\r "
# Actions that run something, leave the document or send it somewhere (ISO 32000-2, 12.6.4).
_ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition"}
    | {"/RichMediaExecute", "/GoTo3DView"}
)
# Annotations that play or carry something (12.5.6), and objects that exist only for them.
_ACTIVE_ANNOTATIONS = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/U3D", "/PRC", "/FileAttachment"})
_ACTIVE_TYPES = frozenset(
    {"/RichMedia", "/RichMediaContent", "/Rendition", "/MediaClip", "/Sound", "/3D", "/EmbeddedFile"}
)
_ATTACHMENTS = frozenset(("/FileAttachment", "/EmbeddedFile"))
_SCRIPT_ADDRESS = re.compile(r"(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
# An object without any of these names cannot break a rule below and is not walked.
_WORTH_A_WALK = re.compile(
    rb"/(?:JavaScript|JS|AA|Launch|SubmitForm|ImportData|GoToR|GoToE|GoTo3DView|RichMedia\w*|Movie|Sound|Screen|3D|U3D"
    rb"|PRC|Rendition|MediaClip|EF|EmbeddedFiles?|FileAttachment|OpenAction|URI|Ref|F)\b"
)
_LARGEST_SIDE = 14_400  # points; ISO 32000-2 Annex C: 200 inches
_DEEPEST_TREE = 64


def inspect(data: bytes, kind: str, limits: dict[str, int]) -> dict[str, Any]:
    """Return `{"pages", "flags"}` of a PDF that may be received; raise `Unacceptable` for any other.

    `flags` are facts for the reviewer: `form`, `signed`, `owner_locked`, `revised` (saved again after a first
    version, whose content may differ from what is shown).
    """
    _refuse_odd_ends(data)
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            _refuse_active_catalogue(pdf)
            _refuse_active_objects(pdf)
            pages = _count_pages(pdf, limits["pages"])
            flags = _flags(pdf, data)
            if any("nested" in str(warning) for warning in pdf.get_warnings()):
                raise Unacceptable("unreadable")
    except pikepdf.PasswordError:
        raise Unacceptable("password") from None
    except (pikepdf.PdfError, RecursionError, ValueError, TypeError):
        raise Unacceptable("unreadable") from None
    _refuse_disagreement(data, pages)
    return {"pages": pages, "flags": flags}


def _refuse_odd_ends(data: bytes) -> None:
    """The header stands at the first byte and only white space follows the last end mark."""
    end = data.rfind(b"%%EOF")
    if not data.startswith(b"%PDF-") or end < 0:
        raise Unacceptable("unreadable")
    if data[end + 5 :].strip(_SPACE):
        raise Unacceptable("two_in_one")


def _refuse_active_catalogue(pdf: pikepdf.Pdf) -> None:
    """What only the catalogue can hold: an action on opening, scripts, attachments, a portfolio, an XFA form."""
    root = pdf.Root
    opening = root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and str(opening.get("/S", "/GoTo")) != "/GoTo":
        raise Unacceptable("active")
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        if _has_leaves(names.get("/JavaScript")):
            raise Unacceptable("active")
        if _has_leaves(names.get("/EmbeddedFiles")):
            raise Unacceptable("attachments")
    if "/Collection" in root:
        raise Unacceptable("attachments")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        raise Unacceptable("active")
    address = root.get("/URI")
    if isinstance(address, pikepdf.Dictionary):
        _refuse_script_address(address.get("/Base"))


def _has_leaves(tree: Any) -> bool:
    return isinstance(tree, pikepdf.Dictionary) and (len(tree.get("/Names", ())) > 0 or len(tree.get("/Kids", ())) > 0)


def _refuse_active_objects(pdf: pikepdf.Pdf) -> None:
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream):
            head: Any = thing.stream_dict
            # A stream whose bytes are fetched from elsewhere (7.3.8.2), also the remote image of a tracking pixel.
            if isinstance(head.get("/F"), (pikepdf.String, pikepdf.Dictionary)):
                raise Unacceptable("active")
        else:
            head = thing
        if isinstance(head, (pikepdf.Dictionary, pikepdf.Array)) and _WORTH_A_WALK.search(head.unparse(resolved=True)):
            for part in _dictionaries(head):
                _refuse_active(part)


def _dictionaries(top: Any) -> Iterator[pikepdf.Dictionary]:
    """Every dictionary written inside `top`; what stands behind a reference is an object of its own."""
    waiting = [top]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Dictionary):
            yield thing
            children: Any = thing.values()
        else:
            children = thing
        waiting += [c for c in children if isinstance(c, (pikepdf.Dictionary, pikepdf.Array)) and not c.is_indirect]


def _refuse_active(part: pikepdf.Dictionary) -> None:
    """Raise when this dictionary is, or triggers, active content."""
    verb = str(part.get("/S", ""))
    if verb in _ACTIVE_ACTIONS:  # no standard structure type, border or page label style has such a name
        raise Unacceptable("active")
    if isinstance(part.get("/JS"), pikepdf.String):
        raise Unacceptable("active")
    triggers = part.get("/AA")
    if isinstance(triggers, pikepdf.Dictionary) and any(
        isinstance(action, pikepdf.Dictionary) and "/S" in action for action in triggers.values()
    ):
        raise Unacceptable("active")
    if verb == "/URI":
        _refuse_script_address(part.get("/URI"))
    kinds = {str(part.get("/Subtype", ""))} & _ACTIVE_ANNOTATIONS | {str(part.get("/Type", ""))} & _ACTIVE_TYPES
    if kinds:
        raise Unacceptable("attachments" if kinds <= _ATTACHMENTS else "active")
    files = part.get("/EF")
    if isinstance(files, pikepdf.Dictionary) and any(isinstance(one, pikepdf.Stream) for one in files.values()):
        raise Unacceptable("attachments")
    outside = part.get("/Ref")  # a form XObject that shows a page of another file (8.10.4)
    if isinstance(outside, pikepdf.Dictionary) and "/F" in outside:
        raise Unacceptable("active")


def _refuse_script_address(address: Any) -> None:
    if isinstance(address, pikepdf.String) and _SCRIPT_ADDRESS.match(re.sub(r"[\x00-\x20]", "", str(address))):
        raise Unacceptable("active")


def _count_pages(pdf: pikepdf.Pdf, most: int) -> int:
    """Walk the page tree by hand: count leaves, refuse cycles, too many pages and sizes no paper has."""
    root = pdf.Root.get("/Pages")
    if not isinstance(root, pikepdf.Dictionary):
        raise Unacceptable("unreadable")
    if isinstance(root.get("/Count"), int) and int(root.Count) > most:
        raise Unacceptable("too_many_pages")
    waiting: list[tuple[pikepdf.Dictionary, Any, int]] = [(root, None, 0)]
    seen: set[tuple[int, int]] = set()
    pages = 0
    while waiting:
        node, box, depth = waiting.pop()
        if depth > _DEEPEST_TREE or (node.is_indirect and node.objgen in seen):
            raise Unacceptable("unreadable")
        if node.is_indirect:
            seen.add(node.objgen)
        box = node.get("/MediaBox", box)
        if "/Kids" not in node:
            pages += 1
            _refuse_odd_size(box)
            _refuse_odd_size(node.get("/CropBox", box))
            if pages > most:
                raise Unacceptable("too_many_pages")
            continue
        if len(node.Kids) > 10 * most:
            raise Unacceptable("too_many_pages")
        waiting += [(kid, box, depth + 1) for kid in node.Kids if isinstance(kid, pikepdf.Dictionary)]
    if pages == 0:
        raise Unacceptable("no_pages")
    return pages


def _refuse_odd_size(box: Any) -> None:
    corners = [float(number) for number in box] if isinstance(box, pikepdf.Array) and len(box) == 4 else []
    if not corners:
        raise Unacceptable("page_size")
    for side in (abs(corners[2] - corners[0]), abs(corners[3] - corners[1])):
        if not 1 <= side <= _LARGEST_SIDE:
            raise Unacceptable("page_size")


def _flags(pdf: pikepdf.Pdf, data: bytes) -> list[str]:
    flags = []
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and len(form.get("/Fields", ())) > 0:
        flags.append("form")
        if int(form.get("/SigFlags", 0)) & 1:
            flags.append("signed")
    if pdf.is_encrypted:
        flags.append("owner_locked")
    if data.count(b"startxref") > (2 if pdf.is_linearized else 1):
        flags.append("revised")
    return flags


def _refuse_disagreement(data: bytes, pages: int) -> None:
    """PDFium must open the file, count the same pages and load the first and the last of them."""
    try:
        document = pypdfium2.PdfDocument(data)
        counted = len(document)
        for place in {0, pages - 1}:
            document[place].close()
        document.close()
    except (pypdfium2.PdfiumError, IndexError):
        raise Unacceptable("unreadable") from None
    if counted != pages:
        raise Unacceptable("unreadable")
