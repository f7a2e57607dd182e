"""PDFs, plain and perfidious: written by hand so that every byte is ours, or changed with pikepdf."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache

import pikepdf

LIMIT = 15 * 1024 * 1024


CATALOG = b"<< /Type /Catalog /Pages 2 0 R %s >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] %s >>"


def raw_pdf(*objects: bytes, root: bytes = b"", page: bytes = b"", head: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF of one page whose catalogue, page and further objects (from number 4 on) are as given."""
    return assemble([CATALOG % root, PAGES, PAGE % page, *objects], head=head)


def assemble(objects: list[bytes], head: bytes = b"%PDF-1.7\n", trailer: bytes = b"") -> bytes:
    out, offsets = bytearray(head), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def stream(data: bytes, head: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), head, data)


def action(body: bytes) -> bytes:
    """A page with one link that does this."""
    return raw_pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /Type /Action %s >> >>" % body, page=b"/Annots [4 0 R]"
    )


def annotation(body: bytes, *objects: bytes) -> bytes:
    return raw_pdf(b"<< /Type /Annot /Rect [0 0 9 9] %s >>" % body, *objects, page=b"/Annots [4 0 R]")


def text_pdf(text: bytes = b"Commercial invoice 2026-117, organic green coffee", font_name: bytes = b"F1") -> bytes:
    content = b"BT /%s 18 Tf 60 760 Td (%s) Tj ET" % (font_name, text)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    return raw_pdf(stream(content), font, page=b"/Contents 4 0 R /Resources << /Font << /%s 5 0 R >> >>" % font_name)


def of_size(size: int) -> bytes:
    """A proper PDF of exactly this many bytes."""
    spare = size - len(raw_pdf(stream(b"")))
    for length in range(spare - 20, spare + 1):
        made = raw_pdf(stream(b"\0" * length))
        if len(made) == size:
            return made
    raise AssertionError(size)


def made_with(change: Callable[[pikepdf.Pdf], None], **how: object) -> bytes:
    pdf = pikepdf.open(io.BytesIO(text_pdf()))
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def script_on_opening(pdf: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    pdf.Root.OpenAction = pdf.make_indirect(script)


def script_in_object_stream() -> bytes:
    made = made_with(script_on_opening, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True)
    assert b"JavaScript" not in made
    return made


def attachment(name: str, data: bytes) -> bytes:
    return made_with(lambda pdf: pdf.attachments.__setitem__(name, data))


def locked(user: str, owner: str) -> bytes:
    return made_with(lambda pdf: None, encryption=pikepdf.Encryption(user=user, owner=owner))


def form() -> bytes:
    """A plain form with one text field that somebody filled in."""
    return raw_pdf(
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (exporter) /V (Cafe Verde) /Rect [60 700 300 720] /F 4 >>",
        root=b"/AcroForm << /Fields [4 0 R] >>",
        page=b"/Annots [4 0 R]",
    )


def signed() -> bytes:
    """The shape of a signed PDF; the signature itself is not judged here."""
    signature = b"<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 9 9 9] /Contents <%s> >>" % (b"00" * 64)
    field = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) /V 5 0 R /Rect [0 0 0 0] /F 132 /P 3 0 R >>"
    return raw_pdf(field, signature, root=b"/AcroForm << /Fields [4 0 R] /SigFlags 3 >>", page=b"/Annots [4 0 R]")


def saved_again() -> bytes:
    """A second revision that replaces the page's content after the first one was finished."""
    first = text_pdf(b"Net weight 19,200 kg")
    at = len(first)
    body = b"4 0 obj\n%s\nendobj\n" % stream(b"BT /F1 18 Tf 60 760 Td (Net weight 91,200 kg) Tj ET")
    previous = int(first.rsplit(b"startxref", 1)[1].split()[0])
    table = b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\n" % (at, previous)
    return first + body + table + b"startxref\n%d\n%%%%EOF\n" % (at + len(body))


def loop_of_tables() -> bytes:
    plain = text_pdf()
    start = int(plain.rsplit(b"startxref", 1)[1].split()[0])
    return plain.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % start)


@cache
def bomb(unpacked_mb: int = 200) -> bytes:
    """A page whose content is megabytes of zeros, deflated twice: a few hundred bytes of data."""
    pressed = zlib.compress(zlib.compress(b"\0" * (unpacked_mb << 20), 6), 9)
    return raw_pdf(stream(pressed, b"/Filter [/FlateDecode /FlateDecode]"), page=b"/Contents 4 0 R")


@cache
def object_stream_bomb(unpacked_mb: int = 300) -> bytes:
    pressed = zlib.compress(b"5 0 " + b" " * (unpacked_mb << 20), 1)
    holder = stream(pressed, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode")
    objects = [CATALOG % b"", PAGES, PAGE % b"/Contents 5 0 R", holder]
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    rows = [b"\0\0\0\0\0\0", *(b"\1" + struct.pack(">I", offset) + b"\0" for offset in offsets)]
    rows += [b"\2" + struct.pack(">I", 4) + b"\0", b"\1" + struct.pack(">I", start) + b"\0"]
    table = stream(b"".join(rows), b"/Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R")
    return bytes(out + b"6 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)


def image_in_pdf(data: bytes, coder: bytes, width: int, height: int) -> bytes:
    picture = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 1 /ColorSpace /DeviceGray" % (
        width,
        height,
    )
    return raw_pdf(
        stream(b"q 500 0 0 500 0 0 cm /I Do Q"),
        stream(data, picture + b" /Filter /" + coder),
        page=b"/Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>",
    )


def jbig2_bomb() -> bytes:
    page = struct.pack(">IBBI", 0, 0x30, 1, 19) + struct.pack(">IIIIBH", 60_000, 60_000, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", 60_000, 60_000, 0, 0, 0) + b"\x08\x03\xff\xfd\xff\x02\xfe\xfe\xfe" + b"\0" * 32
    return image_in_pdf(page + struct.pack(">IBBI", 1, 0x26, 1, len(region)) + region, b"JBIG2Decode", 60_000, 60_000)


def bad_font() -> bytes:
    broken = b"\0\1\0\0\0\x09\0\x80\0\3\0\x10" + b"glyf" + b"\xff" * 200
    return raw_pdf(
        stream(b"BT /F1 18 Tf 60 760 Td (organic) Tj ET"),
        b"<< /Type /Font /Subtype /TrueType /BaseFont /Bad /FirstChar 32 /LastChar 33 /Widths [500 500]"
        b" /FontDescriptor 6 0 R >>",
        b"<< /Type /FontDescriptor /FontName /Bad /Flags 32 /FontBBox [0 0 1 1] /ItalicAngle 0 /Ascent 1 /Descent 0"
        b" /CapHeight 1 /StemV 1 /FontFile2 7 0 R >>",
        stream(broken, b"/Length1 %d" % len(broken)),
        page=b"/Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>",
    )


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count)
    return assemble([CATALOG % b"", tree, *([page] * count)])


def assemble_again(data: bytes) -> bytes:
    """The same PDF with a new table, after its bytes were changed."""
    pdf = pikepdf.open(io.BytesIO(data))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
