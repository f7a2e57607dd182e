"""Photos and scans, and what is passed off as one."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, PngImagePlugin


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(*extra: bytes, width: int = 60, height: int = 40, data: bytes | None = None) -> bytes:
    """A grey PNG with further chunks before its pixels."""
    pixels = zlib.compress((b"\0" + b"\x99" * width) * height) if data is None else data
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(extra) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def photo(size: tuple[int, int] = (300, 200), turned: int = 1, comment: bytes = b"", tail: bytes = b"") -> bytes:
    """A photo with the dark sky at the top of what the sensor saw, EXIF with a place, and maybe more."""
    picture = Image.new("RGB", size, "white")
    picture.paste("navy", (0, 0, size[0], size[1] // 4))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Phone of the packing house"
    exif.get_ifd(0x8825).update({1: "N", 2: (14.0, 5.0, 0.0), 3: "W", 4: (87.0, 12.0, 0.0)})
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85, exif=exif, comment=comment)
    return out.getvalue() + tail


def heic(
    *more: Image.Image, size: tuple[int, int] = (300, 200), turned: int = 1, said: tuple[int, int] | None = None
) -> bytes:
    """A phone's photo in HEIC, the dark sky at the top of what the sensor saw; `said` is the size that it claims."""
    picture = Image.new("RGB", size, "white")
    picture.paste("navy", (0, 0, size[0], size[1] // 4))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = "Phone of the packing house"
    made = pillow_heif.from_pillow(picture)
    made.info["exif"] = exif.tobytes()
    for one in more:
        made.add_from_pillow(one)
    out = io.BytesIO()
    made.save(out, quality=60)
    if said is None:
        return out.getvalue()
    return out.getvalue().replace(b"ispe" + struct.pack(">III", 0, *size), b"ispe" + struct.pack(">III", 0, *said))


def box(name: bytes, content: bytes = b"") -> bytes:
    """A box of the ISO base media format, which HEIC is made of."""
    return struct.pack(">I", 8 + len(content)) + name + content


def two_resolutions() -> bytes:
    """What many phones write: a photo and, behind it, a second picture (multi-picture format)."""
    out = io.BytesIO()
    big, small = (Image.new("RGB", (300, 200), "olive"), Image.new("RGB", (150, 100), "olive"))
    big.save(out, "MPO", save_all=True, append_images=[small])
    return out.getvalue()


def tiff(pages: int = 3) -> bytes:
    out = io.BytesIO()
    page = Image.new("1", (8, 8))
    page.save(out, "TIFF", save_all=True, append_images=[page] * (pages - 1))
    return out.getvalue()


def clear_png() -> bytes:
    out = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "scanned")
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(out, "PNG", pnginfo=info)
    return out.getvalue()
