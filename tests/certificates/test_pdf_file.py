"""The certificate's file: archivable, repeatable to the byte, sealed from files and network, and strict about its data."""

import hashlib
import io
import logging
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from nopic.certificates import pdf
from nopic.certificates.pdf import CertificateDocument, UnknownFact, engine
from nopic.oid.payloads import canonical

from . import samples

ROOT = Path(__file__).resolve().parents[2]


def printed(data=samples.COFFEE, issue=samples.ISSUE):
    return pdf.render(CertificateDocument.from_json(data, issue), template_version="v1", page_size="A4")


@pytest.fixture(scope="module")
def coffee():
    return printed()


# An archive's file


def test_the_file_declares_pdf_a_3a_and_carries_what_that_needs(coffee):
    with pikepdf.open(io.BytesIO(coffee.pdf)) as file:
        root, xmp = file.Root, file.Root.Metadata.read_bytes().decode()
        assert re.search(r'pdfaid:part(="|>)3', xmp)
        assert re.search(r'pdfaid:conformance(="|>)A', xmp)
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        assert root.MarkInfo.Marked
        assert root.StructTreeRoot
        assert str(root.Lang) == "en"
        assert [str(attached.AFRelationship) for attached in root.AF] == ["/Data"]
        figures = [o for o in file.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Figure"]
        assert sorted(str(figure.Alt) for figure in figures) == [
            "Code 128 of the certificate number", "Mark of the certifying agent", "QR code of the verification page",
        ]  # fmt: skip


def test_the_attached_data_is_the_canonical_json_and_holds_no_more(coffee):
    expected = canonical(samples.COFFEE | {"issue": samples.ISSUE})
    with pypdfium2.PdfDocument(coffee.pdf) as file:
        assert file.count_attachments() == 1
        attachment = file.get_attachment(0)
        assert attachment.get_name() == "certificate.json"
        assert bytes(attachment.get_data()) == expected


@pytest.mark.parametrize(
    ("place", "key"),
    [((), "price_usd"), (("lots", 0), "supplier"), (("exporter",), "invoice"), (("transport",), "purchase_paper")],
)
def test_a_fact_that_a_certificate_does_not_carry_is_refused(place, key):
    data = deepcopy(samples.COFFEE)
    inner = data
    for step in place:
        inner = inner[step]
    inner[key] = "El Huabo 0402"
    with pytest.raises(UnknownFact, match=key):
        CertificateDocument.from_json(data, samples.ISSUE)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"net_weight_kg": 38400.0}, "net_weight_kg"),
        ({"net_weight_kg": "3.84e4"}, "net_weight_kg"),
        ({"approved_on": "12/11/2026"}, "approved_on"),
        ({"lots": "VV-26-088"}, "lots"),
        ({"schema": "nopic-certificate/2"}, "schema"),
        ({"coverage": {"kind": "single"}}, "coverage.first_departure"),
        ({"issue": {}}, "issue"),
    ],
)
def test_data_of_another_shape_is_refused_by_the_name_of_its_place(change, named):
    with pytest.raises(UnknownFact, match=re.escape(named)):
        CertificateDocument.from_json(samples.COFFEE | change)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"number": "8150004127"}, "number"),
        ({"verification_key": "K7QW3M9X2R4T8VBO"}, "verification_key"),
        ({"verification_url": "https://portal.example/v/" + "9" * 100}, "verification_url"),
        ({"verification_url": "javascript:alert(1)"}, "verification_url"),
        ({"published_at": "2026-11-12T15:42:07"}, "published_at"),
    ],
)
def test_facts_of_the_issue_are_checked(change, named):
    with pytest.raises(UnknownFact, match=named):
        CertificateDocument.from_json(samples.COFFEE, samples.ISSUE | change)


def test_a_certificate_without_an_issue_is_not_rendered_and_an_issued_one_has_no_preview():
    issued, waiting = (
        CertificateDocument.from_json(samples.COFFEE, samples.ISSUE),
        CertificateDocument.from_json(samples.COFFEE),
    )
    with pytest.raises(ValueError, match="preview"):
        pdf.render(waiting, template_version="v1", page_size="A4")
    with pytest.raises(ValueError, match="render"):
        pdf.preview(issued, template_version="v1", page_size="A4")


# The same input, the same bytes


PRINT = """
import json, sys
from nopic.certificates import pdf
data, issue = json.load(sys.stdin)
if sys.argv[1] == "late":
    pdf.warm_up()
document = pdf.CertificateDocument.from_json(data, issue)
print(pdf.render(document, template_version="v1", page_size="A4").sha256)
"""


def test_two_fresh_processes_print_the_same_bytes(coffee):
    import json

    given = json.dumps([samples.COFFEE, samples.ISSUE])

    def fresh(*, order, zone):
        environment = {"PYTHONHASHSEED": str(len(zone)), "TZ": zone, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
        run = subprocess.run(
            [sys.executable, "-c", PRINT, order], input=given, capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        )  # fmt: skip
        return run.stdout.strip()

    assert fresh(order="first", zone="UTC") == fresh(order="late", zone="Asia/Tokyo") == coffee.sha256
    assert hashlib.sha256(coffee.pdf).hexdigest() == coffee.sha256


def test_another_weight_or_time_gives_another_file(coffee):
    assert printed(samples.COFFEE | {"net_weight_kg": "38401"}).sha256 != coffee.sha256
    assert printed(issue=samples.ISSUE | {"published_at": "2026-11-12T15:42:08+00:00"}).sha256 != coffee.sha256


def test_the_entry_names_a_version_that_exists_and_others_are_refused():
    assert pdf.current_version() == "v1"
    waiting = CertificateDocument.from_json(samples.COFFEE)
    for version in ("v999", "../v1", ""):
        with pytest.raises(LookupError):
            pdf.preview(waiting, template_version=version, page_size="A4")


# Sealed


LEAKS = [
    '<img src="file:///etc/hostname">',
    '<img src="http://127.0.0.1:9/pixel.png">',
    '<img src="relative.png">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<a rel="attachment" href="file:///etc/hostname">x</a>',
    '<link rel="stylesheet" href="http://127.0.0.1:9/a.css">',
    '<style>@import url("file:///etc/hostname");</style>',
    '<style>p { background: url("http://127.0.0.1:9/b.png") }</style>',
    '<style>@font-face { font-family: Leak; src: url("file:///etc/hostname") }</style>',
    '<object data="file:///etc/hostname"></object>',
    '<embed src="file:///etc/hostname">',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname" width="9" height="9"/></svg>',
]  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_a_page_that_reaches_outside_itself_is_not_rendered(leak):
    printer = engine.renderer()
    with pytest.raises(pdf.SealBroken):
        printer.pdf(printer.layout(f"<title>x</title><p>{leak}</p>", "v1", "A4"), identity="x", attachments={}, at=None)


def test_a_style_sheet_that_imports_is_refused():
    from weasyprint import CSS
    from weasyprint.urls import FatalURLFetchingError

    for address in ("file:///etc/hostname", "http://127.0.0.1:9/a.css", "//127.0.0.1/a.css"):
        with pytest.raises(FatalURLFetchingError):
            CSS(string=f'@import url("{address}");', url_fetcher=engine.sealed_fetcher(), base_url=engine.NOWHERE)


HOSTILE = [
    "<script>alert(1)</script>",
    "</style><h1>Valid</h1>",
    '"><img src="file:///etc/hostname">',
    "</title><link rel=attachment href=file:///etc/hostname>",
    "{{ issue.key }}{% include 'x' %}",
    "&lt;b&gt; &amp; Sons",
    "url(file:///etc/hostname)",
]  # fmt: skip


def test_hostile_text_is_printed_as_the_text_it_is():
    data = deepcopy(samples.COFFEE)
    data["product"]["name"], data["exporter"]["name"], data["importer"]["name"] = HOSTILE[0], HOSTILE[1], HOSTILE[2]
    data["certifier"]["legal_name"], data["packages"]["kind"], data["origin"]["region"] = (
        HOSTILE[3],
        HOSTILE[4],
        HOSTILE[5],
    )
    data["lots"] = [{"code": HOSTILE[6], "kg": None}]
    data["certifier"]["mark"] = "another-agent"
    rendered = printed(data)
    assert not re.search(r"<(script|img|link|style)", rendered.html)
    with pypdfium2.PdfDocument(rendered.pdf) as file:
        text = " ".join(file[0].get_textpage().get_text_range().replace("\ufffe", "-").split()).replace(" ", "")
        assert file.count_attachments() == 1
    assert [said for said in HOSTILE if said.replace(" ", "") not in text] == []


def test_a_mark_is_a_name_and_never_a_path():
    data = deepcopy(samples.COFFEE)
    data["certifier"]["mark"] = "../../../../etc/hostname"
    with pytest.raises(UnknownFact, match=r"certifier\.mark"):
        CertificateDocument.from_json(data, samples.ISSUE)


def test_weasyprint_has_nothing_to_complain_about(caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        printed(samples.crowded())
    assert caplog.records == []


def test_importing_the_package_does_not_load_weasyprint():
    code = "import sys, nopic.certificates.pdf; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
