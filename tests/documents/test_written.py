"""Office files: what a reader sees of them, and what the text that is searched has of it."""

import pytest

from nopic.documents.acceptance import NotAccepted
from nopic.documents.inspection import Crashed, PagePicture, _written_page, inspect, rasterise
from nopic.documents.models import PageImage
from nopic.documents.sandbox.sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS
from nopic.documents.statuses import DocumentStatus, Organic
from nopic.tenants.context import tenant
from tests.documents.conftest import work
from tests.documents.corpus.office import LETTER, LIST, docx, field, line, packed, rels, xlsx
from tests.documents.test_inspection import held


def pages(data: bytes, kind: str = "xlsx") -> list[PagePicture]:
    with held(data) as file:
        count, found = inspect(file, kind).pages, list(rasterise(file, kind))
    assert count == len(found)
    assert all(page.picture == b"" and page.words == [] for page in found)
    return found


def table(rows: list[list[str]], more_rows: int = 0, more_columns: int = 0) -> dict[str, object]:
    return {"rows": rows, "more_rows": more_rows, "more_columns": more_columns}


def cells(*values: tuple[str, str, int], kind: str = "n") -> str:
    """A row of cells: (column, value, style)."""
    inner = "".join(f'<c r="{at}1" t="{kind}" s="{style}"><v>{value}</v></c>' for at, value, style in values)
    return f'<row r="1">{inner}</row>'


def test_a_workbook_is_shown_sheet_by_sheet_without_empty_rows_and_columns():
    first, second = pages(xlsx(sheets='<sheet name="Old &amp; gone" sheetId="2" r:id="s2" state="veryHidden"/>'))
    rows = [["Lot", "organic green coffee"], ["VV-26-118", "19080"]]
    assert first.blocks == [{"heading": "Packing list"}, table(rows)]
    assert first.text == "Packing list\nLot\torganic green coffee\nVV-26-118\t19080"
    assert second.blocks == [{"heading": "Old & gone"}, {"note": "hidden_sheet", "count": 0}, table(rows)]


@pytest.mark.parametrize(
    "value, style, shown",
    [
        ("901110015", 1, "0901110015"),  # a tariff code whose zero only the format keeps
        ("25", 2, "25"),  # a colour in brackets and a quoted d make no date
        ("46329", 3, "2026-11-03"),
        ("46329.604166666664", 4, "2026-11-03 14:30"),
        ("0.25", 3, "06:00"),
        ("1E+300", 3, "1" + "0" * (LONGEST_CELL - 2) + "…"),  # no day of any calendar
        ("0.255", 5, "25.5%"),
        ("1.92E4", 0, "19200"),
        ("0.1", 0, "0.1"),
        ("-0.30000000000000004", 0, "-0.3"),
    ],
)
def test_a_number_is_shown_as_its_format_means_it(value, style, shown):
    (page,) = pages(xlsx(cells(("A", value, style))))
    assert page.blocks[1] == table([[shown]])


def test_a_workbook_that_counts_days_from_1904_is_read_as_it_counts():
    book = '<workbook xmlns:r="x"><workbookPr date1904="1"/><sheets><sheet name="n" sheetId="1" r:id="s1"/></sheets></workbook>'
    (page,) = pages(xlsx(cells(("A", "44867", 3)), {"xl/workbook.xml": book}))
    assert page.blocks[1] == table([["2026-11-03"]])


def test_texts_errors_and_formulas_are_shown_by_their_value():
    row = (
        '<row><c t="str"><f>A1&amp;"x"</f><v>calculated</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c>'
        "<c><f>SUM(A1:A3)</f></c></row>"
    )
    assert pages(xlsx(row))[0].blocks[1] == table([["calculated", "TRUE", "#REF!", "=SUM(A1:A3)"]])


@pytest.mark.parametrize(
    "sheet",
    [
        '<row hidden="1"><c><v>1</v></c></row>',
        '<cols><col min="1" max="2" hidden="1"/></cols><row><c r="B1"><v>1</v></c></row>',
    ],
)
def test_what_is_hidden_in_a_sheet_is_shown_and_said_to_be(sheet):
    assert pages(xlsx(sheet))[0].blocks[1:] == [{"note": "hidden_cells", "count": 0}, table([["1"]])]


def test_a_long_and_wide_sheet_is_shown_up_to_the_limits_and_says_what_more_there_is():
    wide = cells(*((chr(65 + n // 26 - 1) * (n > 25) + chr(65 + n % 26), str(n), 0) for n in range(MOST_COLUMNS + 3)))
    shown = pages(xlsx(wide + "<row><c><v>7</v></c></row>" * (MOST_ROWS + 10)))[0].blocks[1]
    assert (len(shown["rows"]), shown["more_rows"], shown["more_columns"]) == (MOST_ROWS, 11, 3)
    assert {len(row) for row in shown["rows"]} == {MOST_COLUMNS}
    long = '<row><c t="str"><v>%s</v></c></row>' % ("organic " * 100)
    shown = pages(xlsx(long * 400))[0].blocks[1]
    assert (len(shown["rows"]), shown["more_rows"]) == (199, 201)  # 60,000 letters, at 300 and a separator each
    assert shown["rows"][0][0] == ("organic " * 100)[: LONGEST_CELL - 1] + "…"


def test_a_text_document_is_shown_with_its_letterhead_once():
    (page,) = pages(docx(), "docx")
    assert page.blocks == [
        {"text": "Cooperativa Valle Verde"},
        {"text": "We ship organic green coffee."},
        table([["Net", "19,080 kg"]]),
    ]
    assert page.text == "Cooperativa Valle Verde\nWe ship organic green coffee.\nNet\t19,080 kg"


def test_boxes_lists_of_changes_and_tables_in_tables_keep_their_text():
    box = f"<w:p><w:r><w:t>before</w:t></w:r><w:pict>{line('boxed')}</w:pict><Fallback>{line('boxed')}</Fallback></w:p>"
    changed = (
        "<w:p><w:del><w:r><w:delText>18,000</w:delText></w:r></w:del><w:ins><w:r><w:t>19,080</w:t></w:r></w:ins></w:p>"
    )
    inner = f"<w:tbl><w:tr><w:tc>{line('inner')}</w:tc></w:tr></w:tbl>"
    nested = f"<w:tbl><w:tr><w:tc>{line('outer')}{inner}</w:tc><w:tc>{line('b')}</w:tc></w:tr></w:tbl>"
    (page,) = pages(docx(box + changed + nested + field("PAGE"), links=rels()), "docx")
    assert page.blocks == [
        {"note": "changes", "count": 0},
        {"text": "before"},
        {"text": "boxed"},
        {"text": "19,080"},
        table([["outer\ninner", "b"]]),
    ]


def test_a_long_text_is_cut_into_pages_between_paragraphs_and_can_be_gone_on_with():
    data = docx(line("organic " * 300) * 5 + line("x" * 12_000), links=rels())
    found = pages(data, "docx")
    assert [len(page.text) for page in found] == [4799, 4799, 2399, 5000, 5000, 2000]
    with held(data) as file:
        assert [page.number for page in rasterise(file, "docx", first=5)] == [5, 6]


def test_pictures_that_are_not_shown_are_counted():
    (page,) = pages(docx(more={"word/media/image1.png": b"x", "word/media/image2.png": b"y"}), "docx")
    assert page.blocks[-1] == {"note": "pictures", "count": 2}


@pytest.mark.parametrize(
    "answer",
    [
        {"page": 1},
        {"page": 1, "blocks": []},
        {"page": 1, "blocks": ["text"]},
        {"page": 1, "blocks": [{"note": "<script>"}]},
        {"page": 1, "blocks": [{"html": "<b>"}]},
        {"page": 1, "blocks": [{"rows": [["a"]]}]},
        {"page": "one", "blocks": [{"text": "a"}]},
    ],
)
def test_what_a_taken_over_child_says_is_taken_only_if_it_is_a_page(answer):
    with pytest.raises(Crashed):
        _written_page(answer)


def test_nothing_but_text_reaches_the_database():
    page = _written_page({"page": 1, "blocks": [{"text": "a\0b", "html": "<b>"}, table([["c\0", 7]])]})  # type: ignore[list-item]
    assert page.blocks == [{"text": "ab"}, table([["c", "7"]])]


def test_a_received_workbook_is_read_and_named_organic_and_its_original_stays(desk):
    data = xlsx()
    document = desk.send(data, name=LIST)
    assert work(document).done_at is not None
    now = desk.now(document)
    assert (now.status, now.organic, now.organic_page) == (DocumentStatus.UNSCANNED, Organic.FOUND, 1)
    assert "organic green coffee" in now.organic_snippet
    assert now.media_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    with tenant(desk.side.certifier):
        page = PageImage.objects.get(document=document)
    assert (page.sha256, page.blocks[0]) == ("", {"heading": "Packing list"})


@pytest.mark.parametrize(
    "sheet, said",
    [
        ("<row><c><v>7</v></c></row>", Organic.NOT_FOUND),
        ("<row><c><v>7</v></c></row>" * (MOST_ROWS + 1), Organic.NOT_IN_PART),
        (cells(*((f"A{chr(65 + n)}" if n < 26 else f"B{chr(39 + n)}", "7", 0) for n in range(MOST_COLUMNS + 1))), Organic.NOT_IN_PART),
        (f'<row><c t="str"><v>{"x" * LONGEST_CELL} organic</v></c></row>', Organic.NOT_IN_PART),
    ],
    ids=["whole", "rows", "columns", "cell"],
)  # fmt: skip
def test_not_found_in_a_table_of_which_only_a_part_is_read_is_said_to_be_so(desk, sheet, said):
    document = desk.send(xlsx(sheet), name=LIST)
    work(document)
    assert desk.now(document).organic == said


def test_a_row_of_the_list_may_leave_office_files_out(desk):
    with pytest.raises(NotAccepted, match="type_of_row"):
        desk.send(docx(), name=LETTER, accepts={"pdf", "jpeg"})


def test_a_package_without_the_list_of_types_is_no_office_file(desk):
    with pytest.raises(NotAccepted, match="unreadable"):
        desk.send(packed({"xl/workbook.xml": "<a/>"}), name=LIST)
