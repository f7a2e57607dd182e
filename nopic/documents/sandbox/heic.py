"""What a photo in HEIC must be: a chain of whole boxes that holds one still picture in HEVC.

Phones write it. The file is taken apart by libheif, which cuts most photos into tiles; what hangs on the picture (a
thumbnail, a map of depths, brightness for better screens, a short film in a box of its own) is never shown, so that
nothing but the picture itself can tell a reviewer something.
"""

import struct
from typing import Any

import pi_heif

from nopic.documents.sandbox import pictures, polyglot
from nopic.documents.sandbox.verdict import Unacceptable

# Without thumbnails: the plugin would show the embedded one, which may be of something else, for the picture.
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def inspect(data: bytes, kind: str, limits: dict[str, int]) -> dict[str, Any]:
    """Return `{"pages": 1, "flags": [], "width", "height"}` or raise `Unacceptable`. Decodes every pixel once."""
    _walk(data)
    with pictures.opened(data, kind) as picture:
        width, height = picture.size
        pictures.refuse_odd_size(width, height, limits)
        if getattr(picture, "n_frames", 1) > 1:
            raise Unacceptable("several_pictures")
        pictures.decode(picture)
    return {"pages": 1, "flags": [], "width": width, "height": height}


def _walk(data: bytes) -> None:
    """Go from box to box to the end of the file (ISO/IEC 14496-12, 4.2); a film among them is no photo."""
    place = 0
    while place < len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8].ljust(8, b"\0"))
        if size == 1:
            size = int.from_bytes(data[place + 8 : place + 16], "big")
        elif size == 0:  # reaches to the end of the file
            size = len(data) - place
        if not 8 <= size <= len(data) - place:
            polyglot.refuse_second_tail(data[place:])
            raise Unacceptable("unreadable")
        if name == b"moov":
            raise Unacceptable("moving")
        place += size
