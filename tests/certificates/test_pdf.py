"""The certificate's page: what it shows, in which order, with which letters, on how many sheets."""

import gc
import io
import re
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pypdfium2
import pytest
import zxingcpp

from nopic.certificates import pdf
from nopic.certificates.pdf import CertificateDocument, boxes_v1, engine, fonts

from . import samples


def printed(data=samples.COFFEE, issue=samples.ISSUE, page_size="A4"):
    document = CertificateDocument.from_json(data, issue)
    return pdf.render(document, template_version="v1", page_size=page_size)


def previewed(data=samples.COFFEE):
    return pdf.preview(CertificateDocument.from_json(data), template_version="v1", page_size="A4")


def text_of(rendered, page=None):
    with pypdfium2.PdfDocument(rendered.pdf) as document:
        pages = range(len(document)) if page is None else [page]
        text = "\n".join(document[number].get_textpage().get_text_range() for number in pages)
    return " ".join(text.replace("\ufffe", "-").split())


def fonts_of(rendered):
    import pikepdf

    with pikepdf.open(io.BytesIO(rendered.pdf)) as file:
        return {
            str(o.FontName).split("+")[-1]
            for o in file.objects
            if isinstance(o, pikepdf.Dictionary) and "/FontName" in o
        }


def codes_of(rendered, page=0):
    with pypdfium2.PdfDocument(rendered.pdf) as document:
        image = document[page].render(scale=300 / 72, grayscale=True).to_pil()
    return {
        str(code.format).rpartition(".")[2].replace(" ", "").lower(): code for code in zxingcpp.read_barcodes(image)
    }


@pytest.fixture(scope="module")
def coffee():
    return printed()


# What it shows


def test_the_boxes_can_be_read_out_in_their_order(coffee):
    text = text_of(coffee)
    headings = [
        "1 Certificate number 417-8150004127-000318",
        "2 Coverage and date of issue Single shipment Issued 12 November 2026 First departure 14 November 2026 Last departure 18 November 2026",
        "3 Certifying agent Tierra Firme Certification SAC",
        "4 Exporter, final certified handler Cooperativa Agraria Cafetalera Valle Verde",
        "5 Importer of record Bay Bridge Coffee Traders LLC",
        "6 Delivery place / ultimate consignee Embarcadero Dry Storage, Unit 7",
        "7 Product as labeled Organic green coffee, Arabica, washed Label category Organic",
        "8 US tariff code (HTS) 0901.11.0015",
        "9 Organic standard USDA organic 7 CFR part 205",
        "10 Net weight 38,400 kg thirty-eight thousand four hundred kilograms",
        "11 Packages, gross weight 640 jute bags 39,040 kg gross",
        "12 Lot numbers VV-26-088 9,600 kg, VV-26-089 9,600 kg, VV-26-090 9,600 kg, VV-26-091 9,600 kg",
        "13 Origin Peru San Ignacio and Jaén, Cajamarca Last processing in Peru",
        "14 Means of transport, containers, seals By sea, Andes Courier, voyage 0646N Pacific Crane Lines APLU 417512 5 seal PE881960",
        "15 Route Callao, Peru to Oakland, CA Leaves 14 November 2026 Expected 3 December 2026 US port code 2811",
        "16 Treatment declared by the exporter None No fumigation with prohibited substances, no ionizing radiation Phytosanitary certificate seen",
        "17 Valid for 1 shipment",
        "18 Documents reviewed Commercial invoice, Packing list, Traceability declaration",
        "19 Statement of the certifying agent Tierra Firme Certification SAC reviewed the request and the documents in box 18 and published this certificate. Inés Carrasco León",
        "20 Issued electronically 12 November 2026, 15:42:07 UTC",
        "K7QW 3M9X 2R4T 8VBC",
        "For the customs broker: ACE entry, agency AMS, message set OR2",
        "417-8150004127-000318 0901.11.0015 38400 VV-26-088, VV-26-089, VV-26-090, VV-26-091",
    ]  # fmt: skip
    places = []
    for heading in headings:
        places.append(text.find(heading, places[-1] if places else 0))
        assert places[-1] >= 0, (heading, text)
    assert places == sorted(places)


def test_it_says_that_it_is_a_record_and_that_the_entry_prevails(coffee):
    real = printed(issue=samples.ISSUE | {"registry_is_mock": False})
    said = "published in Organic INTEGRITY on 12 November 2026, 15:42:07 UTC. The INTEGRITY entry prevails."
    assert said in text_of(real)
    assert said not in text_of(coffee)  # nothing was published there
    assert "published in a mock of Organic INTEGRITY on" in text_of(coffee)


def test_while_the_registry_is_a_mock_every_part_that_can_be_torn_off_says_so(coffee):
    import pikepdf

    assert text_of(coffee).count("MOCK: not valid for customs entry") == 3  # heading, tear-off, foot of the page
    with pikepdf.open(io.BytesIO(coffee.pdf)) as file:
        assert (
            str(file.docinfo["/Title"])
            == "MOCK: not valid for customs entry. NOP Import Certificate 417-8150004127-000318"
        )
    real = printed(issue=samples.ISSUE | {"registry_is_mock": False})
    assert "mock" not in text_of(real).lower()


def test_the_codes_read_back_from_a_300_dpi_print(coffee):
    for rendered in (coffee, printed(samples.crowded(), page_size="Letter")):
        codes = codes_of(rendered)
        assert codes["qrcode"].text == samples.ISSUE["verification_url"]
        assert codes["code128"].text == "417-8150004127-000318"


def test_a_final_handler_who_is_not_the_exporter_is_named_with_its_certifier():
    text = text_of(printed(samples.crowded()))
    assert "4 Exporter Cooperativa" in text
    assert f"Final certified handler {samples.LONG_FR}, NOP ID 8150007733, certified by Contrôle Biologique" in text


def test_what_replaces_and_what_does_not_hold_is_said_on_the_page():
    issue = samples.ISSUE | {"replaces": "417-8150004127-000301", "statuses": list(boxes_v1.STATUSES)}
    text = text_of(printed(issue=issue))
    assert "Replaces 417-8150004127-000301" in text
    for why in ("not yet published", "cancelled", "used up", "expired"):
        assert f"Not valid for import: {why}" in text
    assert "Not valid for import" not in text_of(printed())


def test_a_treatment_is_named_and_who_saw_its_paper():
    data = deepcopy(samples.COFFEE) | {
        "treatment": {"kind": "permitted", "text": "Hot water, 46 °C, 75 minutes", "phyto_seen": False}
    }
    text = text_of(printed(data))
    assert "Hot water, 46 °C, 75 minutes Permitted for organic products Phytosanitary certificate not seen" in text


@pytest.mark.parametrize(
    ("kg", "figures", "words"),
    [
        ("1", "1 kg", "one kilogram"),
        ("38400.000", "38,400 kg", "thirty-eight thousand four hundred kilograms"),
        ("1234.560", "1,234.56 kg", "one thousand two hundred thirty-four point five six kilograms"),
        ("25000000", "25,000,000 kg", "twenty-five million kilograms"),
        ("0.5", "0.5 kg", "zero point five kilograms"),
    ],
)
def test_weights_are_written_in_figures_and_words(kg, figures, words):
    data = samples.COFFEE | {"net_weight_kg": kg}
    context = boxes_v1.context(CertificateDocument.from_json(data), "A4", boxes_v1.Typesetter())
    assert (context["net"], context["net_words"]) == (figures, words)


def test_the_line_of_the_certifier_stands_at_the_foot_of_every_page_and_without_one_the_bytes_stay(coffee):
    line = "Accredited since 2004, registration 417, www.tierrafirme.example"
    data = deepcopy(samples.COFFEE)
    data["lots"] = [{"code": f"VV-26-{n:03}-LONG-NAME", "kg": "100"} for n in range(60)]
    data["certifier"]["footer"] = line
    footed = printed(data)
    assert footed.pages == 2
    assert [line in text_of(footed, page) for page in range(2)] == [True, True]
    assert printed(data).sha256 == footed.sha256
    assert "foot-own" not in coffee.html
    plain = deepcopy(samples.COFFEE)
    plain["certifier"]["footer"] = None
    assert printed(plain).html == coffee.html


def test_a_preview_has_no_number_no_codes_and_no_data():
    rendered = previewed()
    text = text_of(rendered)
    assert "PREVIEW, NOT VALID" in text
    assert codes_of(rendered) == {}
    assert not re.search(r"\d{3}-\d{10}-\d{6}", text)
    assert "draft" not in rendered.html.lower().replace("draft bill of lading", "")
    with pypdfium2.PdfDocument(rendered.pdf) as document:
        assert document.count_attachments() == 0


# How it fits


@pytest.mark.long
def test_every_realistic_row_is_one_page_on_both_papers_and_memory_stays_flat():
    """One test, because two processes would print all of them twice."""
    import psutil

    pages, memory = {}, []
    for name, data in samples.realistic().items():
        for page_size in ("A4", "Letter"):
            pages[name, page_size] = printed(data, page_size=page_size).pages
            gc.collect()  # the tests' own collections are rare
            memory.append(psutil.Process().memory_info().rss / 2**20)
    assert len(pages) >= 60
    assert {row: count for row, count in pages.items() if count != 1} == {}
    # A shared image cache would add 190 MiB here.
    assert memory[-1] - memory[9] < 30, [round(m) for m in memory]


def test_threads_that_print_at_the_same_time_take_turns(coffee, monkeypatch):
    """The sweeper prints in threads when the broker is down; two at once in Pango end the process, sooner or later."""
    inside, most, layout = [], [], engine.Renderer.layout

    def watched(self, *page):
        inside.append(page)
        most.append(len(inside))
        time.sleep(0.02)
        try:
            return layout(self, *page)
        finally:
            inside.pop()

    monkeypatch.setattr(engine.Renderer, "layout", watched)
    with ThreadPoolExecutor(3) as hands:
        made = list(hands.map(lambda _: printed().sha256, range(6)))
    assert set(made) == {coffee.sha256}
    assert most == [1] * 6


@pytest.mark.parametrize("page_size", ["A4", "Letter"])
def test_the_paper_has_the_size_that_was_asked_for(page_size):
    with pypdfium2.PdfDocument(printed(page_size=page_size).pdf) as document:
        width, height = document[0].get_size()
    assert (round(width), round(height)) == {"A4": (595, 842), "Letter": (612, 792)}[page_size]


@pytest.mark.parametrize("page_size", ["A4", "Letter"])
def test_forty_long_lots_are_all_on_the_annex(page_size):
    rendered = printed(samples.many_lots(), page_size=page_size)
    assert rendered.pages == 2
    assert "12 Lot numbers 40 lots Listed in full on the annex" in text_of(rendered, page=0)
    annex = text_of(rendered, page=1)
    assert "Annex to NOP Import Certificate 417-8150004127-000318" in annex
    assert "Box 12, continued" in annex
    places = [annex.find(lot["code"]) for lot in samples.many_lots()["lots"]]
    assert -1 not in places
    assert places == sorted(places)


def test_a_ship_full_of_containers_continues_on_the_annex():
    data = deepcopy(samples.COFFEE)
    data["transport"]["containers"] = [{"number": f"MSKU 40{n:04} 1", "seal": f"PE{n:06}"} for n in range(31)]
    rendered = printed(data)
    assert rendered.pages == 2
    annex = text_of(rendered, page=1)
    assert all(f"MSKU 40{n:04} 1 PE{n:06}" in annex for n in range(31))


def test_text_without_end_runs_on_to_more_pages_and_is_never_cut():
    data = deepcopy(samples.COFFEE)
    data["product"]["name"] = "X" * 6000 + " end of the name"
    data["exporter"]["address_lines"] = [f"Line {n}" for n in range(300)] + ["end of the address"]
    rendered = printed(data)
    assert rendered.pages > 1
    assert "end of the address" in text_of(rendered)
    assert "end of the name" in text_of(rendered)


# Letters


NAMES = ["Đặng Thị Nguyễn", "Țară Șofran", "Őrség Ökogazdaság", "Łódź łąka", "Işıldağ", "Ñandú Piñón", "Ελαιώνας", "Чайка Ґанок", "Hawaiʻi kō"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_printed_with_shipped_fonts_and_reads_back(name):
    data = deepcopy(samples.COFFEE)
    data["exporter"]["name"] = data["decided_by"]["name"] = name
    rendered = previewed(data)
    assert text_of(rendered).count(name) == 2
    assert {font.partition("-")[0] for font in fonts_of(rendered)} == {
        "Certificate"
    }  # the family of our own @font-face


def test_a_letter_that_no_shipped_font_has_is_reported_and_not_printed():
    data = deepcopy(samples.COFFEE)
    data["exporter"]["name"] = "บริษัท Siam 有机"
    document = CertificateDocument.from_json(data, samples.ISSUE)
    with pytest.raises(pdf.UnprintableText) as refused:
        pdf.render(document, template_version="v1", page_size="A4")
    assert {"บ", "有", "机"} <= set(refused.value.characters)
    assert pdf.unprintable(document) == refused.value.characters
    assert pdf.unprintable(CertificateDocument.from_json(samples.crowded())) == []


def test_every_weight_of_a_family_has_the_same_letters():
    for family in ("atkinson-cert", "noto-sans-cert"):
        regular, semibold, bold = (fonts.coverage(f"{family}-{weight}.ttf") for weight in (400, 600, 700))
        assert regular == semibold == bold


def test_every_letter_the_fonts_promise_is_printed_and_reads_back():
    promised = fonts.coverage(fonts.FIRST) | fonts.coverage(fonts.WIDE)
    letters = sorted(sign for sign in promised if fonts.clean(sign) == sign and unicodedata.category(sign)[0] in "LNPS")
    set_ = boxes_v1.Typesetter()
    printer = engine.renderer()
    page = printer.layout("<html lang=en>" + "".join(f"<p>[{set_(letter)}]</p>" for letter in letters), "v1", "A4")
    with pypdfium2.PdfDocument(printer.pdf(page, identity="letters", attachments={}, at=None)) as document:
        text = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in document)
    assert set_.missing == set()
    assert [letter for letter in letters if f"[{letter}]" not in text] == [
        "‧"
    ]  # a hyphenation point, which PDFium drops
    assert len(letters) > 1400


def test_invisible_characters_do_not_reach_the_page():
    assert fonts.clean("VV\u202e-26\u200b-\ufeff088\n\x00 e\u0301") == "VV-26-088 é"
