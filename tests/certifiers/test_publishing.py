"""The keying sheet as staff use it: in the registry's order, back with the number, and a second person."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import nopic.documents.tasks  # noqa: F401  registers the handler, as a worker does at its start
from nopic.certificates import actions as certificates
from nopic.certificates import assisted
from nopic.certificates.models import Certificate, RegistryEntry
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from nopic.workflow.clock import now
from nopic.workflow.models import Dispatch
from tests.browser import PageAt, assert_accessible, assert_no_overflow, show, wait_until
from tests.certificates import by_hand
from tests.certificates.by_hand import NUMBER
from tests.documents.corpus import papers
from tests.factories import World, signed_in
from tests.faults import lab, replacing


@pytest.fixture
def approved(world: World) -> list[Certificate]:
    return by_hand.approved(world.here, 2)


def sheet(world: World, certificate: Certificate) -> str:
    return f"/{world.here.certifier.slug}/cases/{certificate.request.reference}/publish/"


def text(client: Client, url: str, status: int = 200, **posted: str) -> str:
    answer = client.post(url, posted) if posted else client.get(url)
    if answer.status_code == 302:
        answer = client.get(answer["Location"])
    assert answer.status_code == status, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("&#x27;", "'")


def press(client: Client, world: World, certificate: Certificate, do: str, status: int = 200, **said: str) -> str:
    one = by_hand.operation_of(certificate).pk
    prefix = {"confirm": f"o{one}-c", "correct": f"o{one}-w"}.get(do, f"o{one}")
    posted = {f"{prefix}-{name}": value for name, value in said.items()}
    return text(client, sheet(world, certificate), status, do=do, operation=str(one), **posted)


def at_now() -> str:
    return now().strftime("%Y-%m-%dT%H:%M")


def test_the_queue_asks_to_publish_and_the_sheet_leads_from_key_to_record(
    world: World, approved: list[Certificate]
) -> None:
    here, (first, _second) = world.here, approved
    ines, marco = signed_in(here.reviewer), signed_in(here.colleague)
    assert "Publish 2 certificates in INTEGRITY" in text(ines, f"/{here.certifier.slug}/queue/")
    assert first.request.reference in text(ines, f"/{here.certifier.slug}/publish/")
    assert "Begin to key it" in text(ines, sheet(world, first))
    shown = press(ines, world, first, "start")
    order = ["Exporter NOP ID", "Importer NOP ID", "HTS code", "Net weight, kg", "Lots", "US port of entry"]
    places = [shown.index(label) for label in order]
    assert places == sorted(places)
    said = press(ines, world, first, "enter", number=NUMBER, published_at=at_now(), still_there="on")
    assert "You entered it yourself: a colleague looks in INTEGRITY and confirms it." in said
    assert "1 to confirm" in text(marco, f"/{here.certifier.slug}/publish/")
    assert NUMBER not in text(marco, sheet(world, first))  # typed by both, copied by neither
    press(marco, world, first, "confirm", number=NUMBER, looked="on")
    with tenant(here.certifier):
        first.refresh_from_db()
    assert (first.status, first.number) == ("issued", NUMBER)
    assert "Publish 1 certificate in INTEGRITY" in text(ines, f"/{here.certifier.slug}/queue/")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9010004127", "That is an operation's NOP ID"),
        ("901-9010004127-000318 draft", "The number must have 3, 10 and 6 digits. Numbers with ‘draft’ are not valid."),
        ("", "Enter the number that INTEGRITY shows"),
    ],
)
def test_a_wrong_number_is_said_at_its_field_and_what_was_typed_stays(
    world: World, approved: list[Certificate], typed: str, sentence: str
) -> None:
    ines = signed_in(world.here.reviewer)
    press(ines, world, approved[0], "start")
    one = by_hand.operation_of(approved[0]).pk
    posted = {"do": "enter", "operation": str(one), f"o{one}-number": typed, f"o{one}-published_at": "2026-11-27T10:05"}
    answer = ines.post(sheet(world, approved[0]), posted | {f"o{one}-still_there": "on"})
    page = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422
    assert page.count(sentence) == 2  # in the summary and at the field
    assert f'value="{typed}"' in page or not typed
    assert "2026-11-27T10:05" in page


def test_a_number_that_is_taken_names_its_request(world: World, approved: list[Certificate]) -> None:
    here, (first, second) = world.here, approved
    with tenant(here.certifier):
        by_hand.issue(here, first)
    ines = signed_in(here.reviewer)
    press(ines, world, second, "start")
    said = press(ines, world, second, "enter", 422, number=NUMBER, published_at=at_now(), still_there="on")
    assert f"000318 is already on request {first.request.reference}." in said


def test_what_a_colleague_finished_meanwhile_is_said_kindly(world: World, approved: list[Certificate]) -> None:
    ines, marco = signed_in(world.here.reviewer), signed_in(world.here.colleague)
    press(ines, world, approved[0], "start")
    assert "A colleague changed it a moment ago." in press(marco, world, approved[0], "start")
    with tenant(world.here.certifier):
        by_hand.issue(world.here, approved[0])
    assert "A colleague finished it a moment ago." in press(marco, world, approved[0], "start")


def test_exporter_and_importer_see_no_number_before_the_second_person(
    world: World, approved: list[Certificate]
) -> None:
    here = world.here
    with tenant(here.certifier):
        entry = by_hand.entered(here, approved[0])
    rosa, bo = signed_in(here.sender), signed_in(world.importer_user)
    hub = text(rosa, f"/{here.certifier.slug}/requests/{approved[0].request.reference}/")
    assert "being published in the US database" in hub
    pages = [hub, text(rosa, f"/{here.certifier.slug}/my-certificates/"), text(bo, "/in/")]
    assert [page for page in pages if NUMBER in page] == []
    with tenant(here.certifier):
        assisted.confirm(entry=entry, typed=NUMBER, by=here.colleague)
    assert NUMBER in text(bo, "/in/")


def test_the_registrys_pdf_is_read_and_compared(world: World, approved: list[Certificate]) -> None:
    here, (first, _second) = world.here, approved
    ines = signed_in(here.reviewer)
    press(ines, world, first, "start")
    one = by_hand.operation_of(first)
    pdf = SimpleUploadedFile("noPIC.pdf", papers.text_pdf(), content_type="application/pdf")
    answer = ines.post(f"{sheet(world, first)}{one.pk}/pdf/", {"pdf": pdf})
    assert answer.status_code == 302
    assert "It is being read" in text(ines, sheet(world, first))
    (row,) = Dispatch.objects.filter(topic="pages", done_at=None)
    dispatch.run(row.pk)
    shown = text(ines, sheet(world, first))
    assert "Not found" in shown
    assert "facts were not found in the text of the PDF: compare them by eye." in shown
    not_pdf = SimpleUploadedFile("a.pdf", io.BytesIO(b"MZ no pdf").read(), content_type="application/pdf")
    assert ines.post(f"{sheet(world, first)}{one.pk}/pdf/", {"pdf": not_pdf}).status_code == 302


@pytest.mark.parametrize("end", ["cancelled", "replaced"])
def test_the_registrys_pdf_goes_along_until_the_certificate_is_cancelled_or_replaced(
    world: World, approved: list[Certificate], end: str
) -> None:
    here, (first, _second) = world.here, approved
    ines = signed_in(here.reviewer)
    press(ines, world, first, "start")
    one = by_hand.operation_of(first)
    content = papers.text_pdf()
    pdf = SimpleUploadedFile("noPIC.pdf", content, content_type="application/pdf")
    ines.post(f"{sheet(world, first)}{one.pk}/pdf/", {"pdf": pdf})
    press(ines, world, first, "enter", number=NUMBER, published_at=at_now(), still_there="on")
    marco = signed_in(here.colleague)
    said = press(marco, world, first, "confirm", 422, number=NUMBER, looked="on")
    assert "The PDF is still being read." in said
    (row,) = Dispatch.objects.filter(topic="pages", done_at=None)
    dispatch.run(row.pk)
    compared = text(marco, sheet(world, first))  # typed by both, copied by neither: not from the comparison either
    assert ("as entered" in compared, NUMBER in compared, NUMBER in text(ines, sheet(world, first))) == (
        True,
        False,
        True,
    )
    press(marco, world, first, "confirm", number=NUMBER, looked="on")
    with tenant(here.certifier):
        (entry,) = RegistryEntry.objects.all()
    assert {fact["label"]: fact["found"] for fact in entry.compared}["Number"] is False
    readers = [
        (here.sender, f"/{here.certifier.slug}/certificates/{first.pk}/integrity.pdf"),
        (here.reviewer, f"/{here.certifier.slug}/certificates/{first.pk}/integrity.pdf"),
        (world.importer_user, f"/in/{NUMBER}/integrity.pdf"),
        (world.broker_user, f"/in/{NUMBER}/integrity.pdf"),
    ]
    for reader, url in readers:
        answer = signed_in(reader).get(url)
        assert (answer.status_code, b"".join(answer.streaming_content)) == (200, content)
        assert answer["Content-Disposition"].startswith("attachment")
    assert "INTEGRITY's own PDF" in text(signed_in(world.importer_user), f"/in/{NUMBER}/")
    assert signed_in(world.other_importer_user).get(f"/in/{NUMBER}/integrity.pdf").status_code == 404
    if end == "replaced":
        new = replacing.approved(here, first)
        with tenant(here.certifier):
            by_hand.issue(here, new, typed="901-9010004127-000399")
    else:
        with tenant(here.certifier):
            certificates.cancel(certificate=first, by=here.reviewer, reason="issued_in_error")
    assert [signed_in(reader).get(url).status_code for reader, url in readers] == [404] * 4


def test_the_list_costs_the_same_with_any_number_of_requests(world: World) -> None:
    ines = signed_in(world.here.reviewer)
    url = f"/{world.here.certifier.slug}/publish/"
    by_hand.approved(world.here)
    ines.get(url)
    with CaptureQueriesContext(connection) as few:
        ines.get(url)
    lab.begun(world.here, 2)
    lab.begun(world.here)
    with CaptureQueriesContext(connection) as many:
        ines.get(url)
    assert len(many) == len(few)


def test_the_sheet_is_accessible_and_fits_on_a_phone(
    world: World, approved: list[Certificate], page_at: PageAt
) -> None:
    ines = signed_in(world.here.reviewer)
    press(ines, world, approved[0], "start")
    with tenant(world.here.certifier):
        by_hand.entered(world.here, approved[1], "901-9010004127-000319")
    html = signed_in(world.here.colleague).get(sheet(world, approved[0])).content.decode()
    for width in (390, 1280):
        page = page_at(width, permissions=["clipboard-read", "clipboard-write"])
        show(page, html, "/publish/")
        assert_no_overflow(page)
        assert_accessible(page)
    page.keyboard.press("c")
    wait_until(page, "() => document.querySelector('[data-copied]').textContent === '1'")
    page.keyboard.press("c")
    wait_until(page, "() => document.querySelector('[data-copied]').textContent === '2'")
    assert page.evaluate("navigator.clipboard.readText()") == world.here.exporter.name


def test_a_cancellation_says_that_staff_key_it_into_the_registry(world: World) -> None:
    here, (only,) = world.here, by_hand.approved(world.here)
    ines, keyed = signed_in(here.reviewer), sheet(world, only)
    with tenant(here.certifier):
        by_hand.issue(here, only)
    done = text(ines, keyed)
    assert ("Nothing left to publish of" in done, "Publish 0 certificates" in done) == (True, False)
    page = f"/{here.certifier.slug}/certificates/{only.pk}/cancel/"
    assert "Key it into INTEGRITY now" in text(ines, page, reason="issued_in_error", note="Another lot")
    assert "1. Cancel:" in text(ines, keyed)
