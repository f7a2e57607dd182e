"""Beginnings of other kinds of files, and two kinds in one."""

import io
import struct
import zipfile

from tests.documents.corpus.papers import text_pdf


def zipped(name: str = "a.txt", data: bytes = b"hello") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


def pdf_with_zip_before_its_table() -> bytes:
    """A ZIP between the last object and the cross-reference table; its comment runs to the end of the file."""
    plain = text_pdf()
    table = plain.rindex(b"xref\n0")
    rest = plain[table:].rsplit(b"startxref", 1)[0]
    archive = zipped()
    start = table + len(archive)
    tail = rest + b"startxref\n%d\n%%%%EOF\n" % start
    return plain[:table] + archive[:-2] + struct.pack("<H", len(tail)) + tail


EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HTML = b"<!doctype html><script>alert(1)</script>"
EXE = b"MZ\x90\0\3\0\0\0" + b"\0" * 120
MHT = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Location: a\r\n\r\n<p>\r\n--b--\r\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
PHOTO, JPG = "photo.jpg", "image/jpeg"
SCAN, PNG = "scan.png", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
