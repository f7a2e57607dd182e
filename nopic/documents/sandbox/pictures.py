"""What a photo or scan must be: one still picture, whole, of a sensible size, with nothing of another kind behind it.

What may follow the end of a picture: nothing after a PNG, because no scanner or phone writes anything there and a
picture cut with a careless tool keeps what was cut away behind the end mark. After a JPEG anything but another
document or program: phones append a second resolution, a depth map or a short film, and refusing those would
refuse the photo that the packing house can take. Neither ever reaches a reviewer, who is shown a new picture.
"""

import io
import re
import struct
import warnings
from typing import Any

from PIL import Image, MpoImagePlugin, UnidentifiedImageError  # noqa: F401  the plugin for photos with a second picture

from nopic.documents.sandbox import polyglot
from nopic.documents.sandbox.verdict import Unacceptable

Image.MAX_IMAGE_PIXELS = None  # our own limit is lower and has its own sentence
Image.preinit()  # loads the decoders while files can still be opened
_DECODERS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}  # the last one is brought by `heic`
_JPEG_END_OF_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_JPEG_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def inspect(data: bytes, kind: str, limits: dict[str, int]) -> dict[str, Any]:
    """Return `{"pages": 1, "flags": [], "width", "height"}` or raise `Unacceptable`. Decodes every pixel once."""
    width, height = (_walk_png if kind == "png" else _walk_jpeg)(data)
    refuse_odd_size(width, height, limits)
    with opened(data, kind) as picture:
        if kind == "jpeg":
            picture.draft("L", (max(1, width // 8), max(1, height // 8)))  # every byte is read, an eighth is kept
        decode(picture)
    return {"pages": 1, "flags": [], "width": width, "height": height}


def refuse_odd_size(width: int, height: int, limits: dict[str, int]) -> None:
    """Raise `Unacceptable` for a picture without extent or with more pixels than are decoded here."""
    if width < 1 or height < 1:
        raise Unacceptable("unreadable")
    if width * height > limits["megapixels"] * 1_000_000:
        raise Unacceptable("too_many_pixels")


def opened(data: bytes, kind: str) -> Image.Image:
    """Open a picture as what it is said to be; `Unacceptable` when that fails. No pixel is decoded yet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about odd metadata, which is dropped anyway
            return Image.open(io.BytesIO(data), formats=[_DECODERS[kind]])
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, struct.error):
        raise Unacceptable("unreadable") from None


def decode(picture: Image.Image) -> None:
    """Decode every pixel, or raise `Unacceptable`."""
    try:
        picture.load()
    except (OSError, ValueError, SyntaxError, struct.error, IndexError):
        raise Unacceptable("unreadable") from None


def _walk_png(data: bytes) -> tuple[int, int]:
    """Width and height after a walk over all chunks (PNG specification, section 5)."""
    place, size = 8, (0, 0)
    while place + 12 <= len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        if place == 8:
            if name != b"IHDR" or length != 13:
                raise Unacceptable("unreadable")
            size = struct.unpack(">II", data[16:24])
        if name == b"acTL":
            raise Unacceptable("moving")
        place += 12 + length
        if name == b"IEND":
            if data[place:].strip(b"\x00\t\n\r "):
                raise Unacceptable("two_in_one")
            return size
    raise Unacceptable("unreadable")


def _walk_jpeg(data: bytes) -> tuple[int, int]:
    """Width and height after a walk over all segments to the end mark (ITU-T T.81, annex B)."""
    place, size = 2, (0, 0)
    while place + 2 <= len(data):
        if data[place] != 0xFF:
            raise Unacceptable("unreadable")
        marker = data[place + 1]
        if marker == 0xFF:  # fill byte
            place += 1
            continue
        if marker == 0xD9:
            polyglot.refuse_second_tail(data[place + 2 :])
            return size
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if length < 2:
            raise Unacceptable("unreadable")
        if marker in _JPEG_FRAME_HEADERS:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9].ljust(4, b"\x00"))
            size = (width, height)
        place += 2 + length
        if marker == 0xDA:
            scan_end = _JPEG_END_OF_SCAN.search(data, place)
            if scan_end is None:
                break
            place = scan_end.end() - 2
    raise Unacceptable("unreadable")
