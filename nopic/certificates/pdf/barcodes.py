"""The two codes of the certificate as SVG paths: Code 128 of its number (box 1) and the QR code (box 20).

Vectors instead of images: sharp at any resolution, small, and without a cache entry per document (WeasyPrint's image
cache grows by 3 MB per certificate). Libraries decide the modules, this module only draws them: the bars as filled
shapes, the QR code as strokes one module wide, because it has so many runs that closed shapes cost a twentieth of the
whole page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Code:
    """A path in a box of `width` × `height` modules, without quiet zone. Text, as a template would localise numbers."""

    width: str
    height: str
    path: str


def code128(number: str) -> Code:
    """The number as Code 128, height 1; the caller leaves ten modules of white on both sides."""
    from barcode.codex import Code128

    modules = Code128(number).build()[0].strip("0")
    return Code(str(len(modules)), "1", "".join(f"M{x} 0h{run}v1h-{run}z" for x, run in _runs(modules)))


def qr(address: str) -> Code:
    """The address as QR code with error correction M (15 % may be dirty); four modules of white belong around it."""
    import segno

    rows = ["".join(map(str, row)) for row in segno.make_qr(address, error="m", boost_error=False).matrix]
    size = str(len(rows))
    return Code(size, size, "".join(f"M{x} {y}.5h{run}" for y, row in enumerate(rows) for x, run in _runs(row)))


def _runs(modules: str) -> Iterator[tuple[int, int]]:
    """Where each run of dark modules starts, and how long it is."""
    x = 0
    for dark, group in groupby(modules, key="1".__eq__):
        length = len(list(group))
        if dark:
            yield x, length
        x += length
