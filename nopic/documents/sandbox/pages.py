"""Pages as pictures with their words: what reviewers look at instead of the file itself.

Every page becomes a WebP no wider than `width` pixels and no larger than `picture_kb`, by lowering quality and then
size. Photos are decoded, turned as their EXIF says and encoded anew, so no metadata and no hidden bytes survive.
The text of a PDF's page comes with one box per word as fractions of the page, for highlighting.
"""

import base64
import codecs
import ctypes
import io
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps, WebPImagePlugin  # noqa: F401  the encoder, loaded before the cage closes

from nopic.documents.sandbox import pictures
from nopic.documents.sandbox.verdict import Unacceptable

codecs.lookup("utf-16-le")  # pypdfium2 decodes with it; a codec is a file, and none can be opened later
_QUALITIES = (72, 55, 40, 28)
_SHRINK = 0.8
_TALLEST = 4  # times the width; a roll of paper is shown smaller instead of longer
_LONGEST_TEXT = 40_000  # characters read from one page
_GRID = 1_000_000  # device units that PDFium maps a page onto, to get fractions of the page

Word = list[Any]  # [text, x0, y0, x1, y1], fractions of width and height from the top left corner


def rasterise(data: bytes, kind: str, first: int, limits: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Yield `{"page", "picture", "width", "height", "text", "words"}` from page `first` (counted from 1) on."""
    if kind == "pdf":
        yield from _pages_of_pdf(data, first, limits)
    elif first == 1:
        yield _answer(1, _photo(data, kind, limits), "", [], limits)


def _pages_of_pdf(data: bytes, first: int, limits: dict[str, int]) -> Iterator[dict[str, Any]]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        raise Unacceptable("unreadable") from None
    document.init_forms()  # shows what was typed into form fields; this PDFium has no script engine
    for place in range(first - 1, min(len(document), limits["pages"])):
        page = document[place]
        wide, high = page.get_size()
        most = limits["width"] - 0.01  # PDFium rounds pixels up
        scale = min(most / wide, _TALLEST * most / high)
        picture = page.render(scale=scale, may_draw_forms=True, rev_byteorder=True).to_pil().convert("RGB")
        text, words = _text(page)
        page.close()
        yield _answer(place + 1, picture, text, words, limits)


def _photo(data: bytes, kind: str, limits: dict[str, int]) -> Image.Image:
    """The photo upright, in RGB on white, no larger than shown, without metadata."""
    picture = pictures.opened(data, kind)
    picture.draft("RGB", (limits["width"], limits["width"]))  # JPEG only: decodes no more pixels than are shown
    turned = picture.getexif().get(0x0112, 1)
    size = picture.size
    scale = min(1.0, limits["width"] / (size[1] if turned >= 5 else size[0]), _TALLEST * limits["width"] / max(size))
    if picture.mode in ("I", "I;16", "I;16B", "F"):
        picture = picture.point(lambda value: value / 256).convert("L")
    picture.thumbnail((max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA", "P"):
        upright = upright.convert("RGBA")
        paper = Image.new("RGBA", upright.size, "white")
        return Image.alpha_composite(paper, upright).convert("RGB")
    return upright.convert("RGB")


def _answer(page: int, picture: Image.Image, text: str, words: list[Word], limits: dict[str, int]) -> dict[str, Any]:
    encoded, size = _webp(picture, limits["picture_kb"] * 1024)
    return {
        "page": page,
        "picture": base64.b64encode(encoded).decode(),
        "width": size[0],
        "height": size[1],
        "text": text,
        "words": words,
    }


def _webp(picture: Image.Image, most: int) -> tuple[bytes, tuple[int, int]]:
    """Encode within `most` bytes: first by lower quality, then, for pages like noise, by fewer pixels."""
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            picture.save(out, "WEBP", quality=quality, method=2)
            if out.tell() <= most:
                return out.getvalue(), picture.size
        picture = picture.resize((max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK))))


def _text(page: pypdfium2.PdfPage) -> tuple[str, list[Word]]:
    """The page's text in PDFium's reading order, and its words with their boxes."""
    textpage = page.get_textpage()
    raw, raw_page = textpage.raw, page.raw
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    x, y = ctypes.c_int(), ctypes.c_int()
    words: list[Word] = []
    letters: list[str] = []
    corners: list[int] = []

    def finish() -> None:
        if letters:
            box = (min(corners[0::2]), min(corners[1::2]), max(corners[0::2]), max(corners[1::2]))
            words.append(["".join(letters), *(round(min(max(edge / _GRID, 0.0), 1.0), 5) for edge in box)])
            letters.clear()
            corners.clear()

    count = min(textpage.count_chars(), _LONGEST_TEXT)
    for place in range(count):
        letter = chr(pdfium.FPDFText_GetUnicode(raw, place) or 32)
        if letter.isspace() or not letter.isprintable():
            finish()
            continue
        pdfium.FPDFText_GetCharBox(raw, place, left, right, bottom, top)
        letters.append(letter)
        for across, up in ((left, top), (right, bottom)):
            pdfium.FPDF_PageToDevice(raw_page, 0, 0, _GRID, _GRID, 0, across, up, x, y)
            corners += (x.value, y.value)
    finish()
    text = textpage.get_text_range(0, count) if count else ""
    textpage.close()
    return text.replace("\r\n", "\n").replace("\x00", ""), words
