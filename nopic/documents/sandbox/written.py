"""Pages of XLSX and DOCX files: no pictures, but what is written there, as text and tables.

A page is a list of blocks: `{"heading": text}`, `{"text": text}`, `{"rows": [[cell, …], …], "more_rows": n,
"more_columns": n}` with what the limits leave out, and `{"note": code, "count": n}` for what a reader should know: one of
`inspection.NOTES`. A page is a worksheet, or as much of a text as about a sheet of paper holds.
"""

from collections.abc import Iterator
from typing import Any

from nopic.documents.sandbox import package, prose, sheets
from nopic.documents.sandbox.package import Block
from nopic.documents.sandbox.verdict import Unacceptable

_READS = {"xlsx": sheets.pages, "docx": prose.pages}


def inspect(data: bytes, kind: str, limits: dict[str, int]) -> dict[str, Any]:
    """Return `{"pages", "flags": []}` of a file that may be received and has something to read, or raise `Unacceptable`."""
    opened = package.opened(data, kind)
    pages = _pages(opened, kind)
    if not pages:
        raise Unacceptable("only_pictures" if opened.pictures() else "no_pages")
    if len(pages) > limits["pages"]:
        raise Unacceptable("too_many_pages")
    return {"pages": len(pages), "flags": []}


def rasterise(data: bytes, kind: str, first: int, limits: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Yield `{"page", "blocks"}` from page `first` (counted from 1) on."""
    opened = package.opened(data, kind)
    pages = _pages(opened, kind)
    if pages and (pictures := opened.pictures()):
        pages[0].append({"note": "pictures", "count": pictures})
    for number, blocks in enumerate(pages, start=1):
        if first <= number <= limits["pages"]:
            yield {"page": number, "blocks": blocks}


def _pages(opened: package.Package, kind: str) -> list[list[Block]]:
    try:
        return list(_READS[kind](opened))
    except (ValueError, LookupError, ArithmeticError):  # numbers that are none, references to what is not there
        raise Unacceptable("unreadable") from None
