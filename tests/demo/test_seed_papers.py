"""The demo's papers: accepted as uploads are, with the request's own figures, and wrong only where it is meant."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from nopic.demo.papers import Paper, number, papers
from nopic.demo.seed.shipments import shipment
from nopic.demo.seed.stories import STORIES
from nopic.documents import acceptance, inspection


def of(key: str, transport: str = "draft") -> dict[str, Paper]:
    story = next(each for each in STORIES if each.key == key)
    what = shipment(story, 3, leaves=date(2026, 12, 1), issued=date(2026, 11, 20))
    return {paper.rule: paper for paper in papers(what, transport=transport, with_phyto=True)}


def text(paper: Paper) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper.data))


@pytest.mark.parametrize(
    "key, transport", [("coffee-oakland", "booking"), ("sesame-sent", "final"), ("red-photo", "draft")]
)
def test_every_paper_is_accepted_as_an_upload(key: str, transport: str, tmp_path: Path) -> None:
    for paper in of(key, transport).values():
        file = tmp_path / "paper"
        file.write_bytes(paper.data)
        kind = acceptance.kind_of(paper.name, paper.declared, paper.data[:1024])
        with file.open("rb") as opened:
            assert inspection.inspect(opened, kind.code).pages == 1, paper.name


def test_papers_carry_the_requests_own_figures_and_name_the_goods_as_organic() -> None:
    for key in ("coffee-oakland", "ginger-by-air", "avocado-sent", "tomato-issued", "mango-sent"):
        made = of(key)
        story = next(each for each in STORIES if each.key == key)
        what = shipment(story, 3, leaves=date(2026, 12, 1), issued=date(2026, 11, 20))
        line = what.lines[0]
        for rule in ("commercial_invoice", "packing_list", "transport_document", "phytosanitary_certificate"):
            words = text(made[rule])
            assert number(line.net(line.packages)) in words, rule
            assert line.lots[0].code in words, rule
            assert "organic" in words.lower() or "orgánic" in words.lower(), rule


def test_the_draft_bill_of_lading_of_one_request_weighs_less() -> None:
    wrong = of("coffee-draft-bl")
    assert "318 bags" in text(wrong["transport_document"])
    assert "19,080 kg" in text(wrong["transport_document"])
    assert "19,200 kg" in text(wrong["commercial_invoice"])


def test_one_declaration_lacks_a_lot_and_one_packing_list_the_word_organic() -> None:
    quinoa = of("lot-missing")
    assert "QA-26-128" in text(quinoa["packing_list"])
    assert "QA-26-128" not in text(quinoa["traceability_declaration"])
    turmeric = of("turmeric-refused")
    assert "orgánic" not in text(turmeric["packing_list"]).lower()
    assert "orgánic" in text(turmeric["commercial_invoice"]).lower()


def test_one_packing_list_is_a_photo() -> None:
    from PIL import Image

    page = of("red-photo")["packing_list"]
    assert page.name.endswith(".jpg")
    with Image.open(BytesIO(page.data)) as picture:
        assert picture.format == "JPEG"
        assert min(picture.size) > 1000
