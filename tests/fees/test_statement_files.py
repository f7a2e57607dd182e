"""The monthly statement as a PDF: asked for, made by a worker, made again after a change, and equal to the CSV."""

import csv
from datetime import date
from io import StringIO
from typing import Any

import pypdfium2

from nopic.certificates.pdf.statements import Row, StatementPaper, render_statement
from nopic.fees import actions, queries
from nopic.fees.models import Charge, StatementFile
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.models import Dispatch
from tests.delivery.consignments import work
from tests.factories import World
from tests.fees.test_charges import RULES, client, issued, price, sent


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


def test_it_is_being_made_until_a_worker_made_it_and_says_what_the_csv_says(world: World) -> None:
    here = world.here
    with tenant(here.certifier, here.sender):
        price(here)
        request = sent(here)
        issued(here, request)
    today = now().date()
    base = f"/{here.certifier.slug}"
    mine = f"{base}/fees/{today.year}-{today.month}"
    staff = f"{base}/operations/{here.exporter.nop_id}/fees/{today.year}-{today.month}"
    rosa, ines = client(here.sender), client(here.reviewer)
    assert "Make the PDF" in rosa.get(f"{base}/fees/").content.decode()
    assert rosa.get(f"{mine}.pdf").status_code == 404
    assert [rosa.post(f"{mine}.pdf").status_code, ines.post(f"{staff}.pdf").status_code] == [302, 302]
    assert Dispatch.objects.filter(topic="statement", done_at=None).count() == 1
    assert "The PDF is being made" in rosa.get(f"{base}/fees/").content.decode()
    assert rosa.get(f"{mine}.pdf").status_code == 302
    work("statement")
    for answer in (
        rosa.get(f"{mine}.pdf"),
        ines.get(f"{staff}.pdf"),
    ):  # not by its place in the storage, and never inline
        assert answer["Content-Disposition"].startswith('attachment; filename="statement-')
        assert body(answer)
    first = body(rosa.get(f"{mine}.pdf"))
    assert body(ines.get(f"{staff}.pdf")) == first
    table = list(csv.reader(StringIO(rosa.get(f"{mine}.csv").content.decode().lstrip("\ufeff"))))
    [(currency, total)] = [(row[4], row[5]) for row in table if row[2] == "Total"]
    assert f"Owed {currency} {total}" in text_of(first)
    assert request.reference in text_of(first)
    with tenant(here.certifier, here.reviewer):
        actions.waive(charge=Charge.objects.get(), by=here.reviewer, reason="Our own fault")
        assert StatementFile.objects.get().sha256 == ""
    work("statement")
    second = text_of(body(rosa.get(f"{mine}.pdf")))
    assert "Owed USD 0.00" in second
    assert "Waived: Our own fault" in second
    with tenant(here.certifier):
        found = queries.statement(here.certifier.pk, here.exporter.pk, today, RULES)
    assert list(found.totals.values()) == [0]


def test_nobody_else_gets_it_and_only_a_month_with_fees_has_one(world: World) -> None:
    here, there = world.here, world.there
    with tenant(here.certifier, here.sender):
        price(here)
    rosa = client(here.sender)
    assert rosa.post(f"/{here.certifier.slug}/fees/2026-1.pdf").status_code == 404
    assert rosa.post(f"/{here.certifier.slug}/fees/2026-13.pdf").status_code == 404
    stranger = client(there.reviewer)
    assert stranger.post(f"/{here.certifier.slug}/operations/{here.exporter.nop_id}/fees/2026-1.pdf").status_code == 404
    assert StatementFile.objects.count() == 0


def test_the_number_of_a_certificate_stands_in_one_line() -> None:
    row = Row("29 November 2026", "901-9010004127-000005", "Revision", "USD 1,135.00", "USD 1,135.00", "")
    facts = StatementPaper(
        "Tierra", "Lima", "Valle Verde", "9010004127", date(2026, 11, 1), "A4", ["USD 1,135.00"], [row]
    )
    said = text_of(render_statement(facts))
    assert "29 November 2026 901-9010004127-000005 Revision USD 1,135.00 USD 1,135.00" in said
