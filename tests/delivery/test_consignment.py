"""The link of an e-mail: what it shows, what it never shows, and when it is over."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from nopic.certificates.models import PublicRecord
from nopic.delivery import presenters, queries
from nopic.delivery.access import Reader, may_download
from nopic.delivery.models import ConsignmentLink
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent
from tests.delivery import consignments
from tests.delivery.consignments import Consignment, hand_over, work
from tests.delivery.test_mails import damage, letter_to, token_in
from tests.factories import World


@pytest.fixture
def consignment(world: World) -> Consignment:
    made = consignments.make(world.here, world.importer, lines=2)
    hand_over(made)
    return made


def link_of(address: str) -> str:
    for letter in mail.outbox:
        if letter.to == [address] and "/c/" in str(letter.body):
            return f"/c/{token_in(str(letter.body))}/"
    raise AssertionError(f"no link went to {address}")


IMPORTER, BROKER = "buyer@baybridge.example", "desk@harborline.example"


def test_it_shows_every_certificate_of_the_consignment_to_copy(consignment: Consignment) -> None:
    answer = Client().get(link_of(IMPORTER))
    html = answer.content.decode()
    assert answer.status_code == 200
    for certificate in consignment.certificates:
        assert f"<output>{certificate.number}</output>" in html
    assert "<output>38400</output>" in html
    assert "<output>0901.11.0015</output>" in html
    assert "<output>VV-26-088, VV-26-089, VV-26-090, VV-26-091</output>" in html
    assert "final transport document has still to come" in html
    line = f"{consignment.number}\t0901.11.0015\t38400\tVV-26-088, VV-26-089, VV-26-090, VV-26-091"
    assert line in html


def test_the_page_is_quiet(consignment: Consignment) -> None:
    answer = Client().get(link_of(IMPORTER))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert not answer.cookies


def test_the_state_is_read_when_the_page_is(consignment: Consignment) -> None:
    address = link_of(BROKER)
    assert "Not valid for import" not in Client().get(address).content.decode()
    consignments.cancel(consignment)
    html = Client().get(address).content.decode()
    assert "Not valid for import" in html
    assert "The final documents did not come in time." in html
    assert f"{consignment.number}\t" not in html, "not among what is copied for ACE"


def test_csv_and_json_say_the_same(consignment: Consignment) -> None:
    address = link_of(IMPORTER)
    answer = Client().get(f"{address}certificates.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="certificates.csv"'
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    body = Client().get(f"{address}certificates.json").json()
    assert [row["number"] for row in rows] == [one["number"] for one in body]
    assert rows[0]["net_weight_kg"] == body[0]["net_weight_kg"] == "38400"
    assert body[0]["final_document_owed"] is True


def test_a_cell_that_looks_like_a_formula_is_text() -> None:
    for evil in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", '=HYPERLINK("http://x")'):
        assert presenters.harmless(evil).startswith("'")
    for good in ("VV-26-088", "", "38400", "a=b"):
        assert presenters.harmless(good) == good


def test_a_formula_in_a_lot_reaches_no_spreadsheet(world: World) -> None:
    made = consignments.make(world.here, world.importer)
    with tenant(world.here.certifier):
        record = PublicRecord.objects.get(number=made.number)
        record.data["lots"] = [{"code": "=cmd|' /C calc'!A0", "kg": None}]
        record.data["product"]["name"] = "@evil"
        record.save()
    [row] = csv.DictReader(StringIO(presenters.as_csv([record]).removeprefix("\ufeff")))
    assert row["lots"].startswith("'=")
    assert row["product"] == "'@evil"
    assert presenters.ace_line(record).split("\t")[3].startswith("'=")


def test_the_pdf_is_the_stored_one_and_only_saved(consignment: Consignment) -> None:
    answer = Client().get(f"{link_of(IMPORTER)}{consignment.number}.pdf")
    assert answer.getvalue() == consignments.pdf_of(consignment)
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{consignment.number}.pdf"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_cancelled_pdf_says_so_on_its_page_and_in_its_name(consignment: Consignment) -> None:
    address = f"{link_of(IMPORTER)}{consignment.number}.pdf"
    consignments.cancel(consignment)
    assert Client().get(address).status_code == 404, "the page as issued is handed out no longer"
    consignments.work("render")
    answer = Client().get(address)
    assert f'filename="{consignment.number}-CANCELLED.pdf"' in answer.headers["Content-Disposition"]
    assert "Not valid for import: cancelled" in consignments.text_of(answer.getvalue())


def test_a_damaged_file_is_refused_with_a_page_that_says_what_to_do(consignment: Consignment) -> None:
    damage(consignment)
    answer = Client().get(f"{link_of(IMPORTER)}{consignment.number}.pdf")
    assert answer.status_code == 500
    assert "We do not hand this PDF out" in answer.content.decode()
    assert consignment.side.certifier.phone in answer.content.decode()


def test_a_missing_file_is_refused_too(consignment: Consignment) -> None:
    for path in Path(settings.STORAGES["default"]["OPTIONS"]["location"]).rglob(consignments.sha256_of(consignment)):
        path.unlink()
    assert Client().get(f"{link_of(IMPORTER)}{consignment.number}.pdf").status_code == 500


@pytest.mark.parametrize("ending", ["", "certificates.csv", "certificates.json", "901-9010004127-000001.pdf"])
def test_a_token_that_nobody_made_is_not_found(consignment: Consignment, ending: str) -> None:
    good = link_of(IMPORTER)
    for token in ("x", good[3:-2], good[3:-1].lower(), good[3:-1] + "A", "%00", "a" * 3000):
        assert Client().get(f"/c/{token}/{ending}").status_code == 404


def test_it_opens_its_own_consignment_only(world: World, consignment: Consignment) -> None:
    foreign = consignments.make(world.there, world.importer, reference="2026-0001")
    neighbour = consignments.make(world.here, world.importer, reference="2026-0427")
    address = link_of(IMPORTER)
    html = Client().get(address).content.decode()
    for other in (foreign, neighbour):
        assert other.number not in html
        assert Client().get(f"{address}{other.number}.pdf").status_code == 404
    assert "CANARY-nordhof" not in html


def test_guessing_tokens_is_limited(consignment: Consignment) -> None:
    answers = [Client().get(f"/c/{n}/").status_code for n in range(61)]
    assert answers[:60] == [404] * 60
    assert answers[60] == 429


def test_the_first_opening_is_the_proof_of_the_handover(consignment: Consignment) -> None:
    address = link_of(IMPORTER)
    Client().head(address)
    assert opened(consignment) == []
    Client().get(address)
    [(kind, when, what)] = opened(consignment)
    assert kind == "importer"
    assert what[0]["number"] == consignment.number
    assert what[0]["file_sha256"] == consignments.sha256_of(consignment)
    Client().get(address)
    assert opened(consignment) == [(kind, when, what)]
    with tenant(consignment.side.certifier):
        assert AuditEvent.objects.filter(verb="opened").count() == 1
        [seen] = [
            one
            for one in queries.deliveries(
                certifier_id=consignment.side.certifier.pk, certificate_id=consignment.certificate.pk
            )
            if one.opened_at
        ]
    assert (seen.mail.to, seen.opened_at) == (IMPORTER, when)


def opened(consignment: Consignment) -> list[tuple[Any, ...]]:
    with tenant(consignment.side.certifier):
        return list(
            ConsignmentLink.objects.exclude(opened_at=None).values_list("recipient_kind", "opened_at", "opened_what")
        )


def end(consignment: Consignment) -> None:
    with tenant(consignment.side.certifier):
        ConsignmentLink.objects.update(expires_at=now() - timedelta(seconds=1))


def test_after_ninety_days_it_shows_no_data_at_all(consignment: Consignment) -> None:
    address = link_of(IMPORTER)
    end(consignment)
    for ending in ("", "certificates.csv", "certificates.json", f"{consignment.number}.pdf"):
        answer = Client().get(address + ending)
        html = answer.content.decode()
        assert answer.status_code == 410
        assert "This link is over" in html
        for secret in (consignment.number, IMPORTER, "CANARY", "coffee", consignment.side.certifier.name):
            assert secret not in html
    assert opened(consignment) == []


def test_then_a_new_link_goes_to_the_same_address_once_a_day(consignment: Consignment) -> None:
    address = link_of(IMPORTER)
    end(consignment)
    mail.outbox.clear()
    for _click in range(3):
        answer = Client().post(address, {"to": "thief@example.com"})
        assert answer.status_code == 200
        assert IMPORTER not in answer.content.decode()
    work()
    letter = letter_to(IMPORTER)
    assert len(mail.outbox) == 1
    assert Client().get(f"/c/{token_in(letter.body)}/").status_code == 200
    assert Client().get(address).status_code == 410


def test_asking_for_a_new_link_needs_the_page_it_stands_on(consignment: Consignment) -> None:
    address = link_of(IMPORTER)
    end(consignment)
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403


def test_a_link_that_works_sends_no_new_one(consignment: Consignment) -> None:
    mail.outbox_before = len(mail.outbox)  # type: ignore[attr-defined]
    address = link_of(IMPORTER)
    assert Client().post(address).status_code == 302
    work()
    assert len(mail.outbox) == mail.outbox_before  # type: ignore[attr-defined]


def test_who_may_download_is_decided_in_one_place(world: World) -> None:
    made = consignments.make(world.here, world.importer)
    with tenant(world.here.certifier):
        record = PublicRecord.objects.select_related("request").get(number=made.number)
    here, request = world.here.certifier.pk, made.request
    for reader in (
        Reader(certifier_id=here),
        Reader(certifier_id=here, exporter_id=request.exporter_id),
        Reader(importer_id=world.importer.pk),
        Reader(broker_id=world.broker.pk),
        Reader(link_request_id=request.pk),
    ):
        assert may_download(record, reader)
    for reader in (
        Reader(),
        Reader(certifier_id=world.there.certifier.pk),
        Reader(certifier_id=here, exporter_id=world.there.exporter.pk),
        Reader(importer_id=world.other_importer.pk),
        Reader(broker_id=world.broker.pk + 1),
        Reader(link_request_id=request.pk + 1),
    ):
        assert not may_download(record, reader)
    record.file_sha256 = ""
    assert not may_download(record, Reader(certifier_id=here)), "there is no PDF"
