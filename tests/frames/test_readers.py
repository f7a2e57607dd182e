"""What staff, importer, broker and machines see of a time frame; and how many statements the lists take."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nopic.certificates.models import PublicRecord
from nopic.delivery.presenters import as_json, for_ace, show
from nopic.tenants.context import tenant
from tests.delivery.consignments import text_of, work
from tests.factories import Side, World, signed_in
from tests.frames.stories import asked_for, issued, truck


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def record_of(side: Side, certificate: Any) -> PublicRecord:
    with tenant(side.certifier):
        return PublicRecord.objects.select_related("importer", "certifier").get(certificate_id=certificate.pk)


def test_the_importer_sees_what_is_left_and_copies_the_values_of_each_shipment(here: Side, world: World) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000, lots=("VV-1", "VV-2"), unit="ABC-123")
        truck(here, certificate.pk, 3_000, has_left=False)
    text = signed_in(world.importer_user).get(f"/in/{certificate.number}/").content.decode()
    assert "25,000 kg left" in text
    assert "ABC-123" in text
    assert "up to 40,000 kg" in text
    assert for_ace([record_of(here, certificate)]) == f"{certificate.number}\t0901.11.0015\t12000\tVV-1, VV-2"


def test_many_shipments_are_shown_in_parts_and_every_one_is_reached(
    here: Side, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        for number in range(1, 6):
            truck(here, certificate.pk, number * 100, unit=f"PLATE-{number}-")
    monkeypatch.setattr("nopic.presentation.parts.SIZE", 2)
    slug, of = here.certifier.slug, f"of={certificate.number}&amp;"
    doors = [
        (here.sender, f"/{slug}/my-certificates/{certificate.pk}/shipments/", ""),
        (here.reviewer, f"/{slug}/certificates/{certificate.pk}/", ""),
        (world.importer_user, f"/in/{certificate.number}/", of),
    ]
    for person, page, name in doors:
        browser, start, seen = signed_in(person), 0, []
        while True:
            text = browser.get(f"{page}?{name.replace('&amp;', '&')}from={start}").content.decode()
            seen += [number for number in range(1, 6) if f"PLATE-{number}-" in text]
            start += 2
            if f'"?{name}from={start}#' not in text:
                break
        assert seen == [4, 5, 2, 3, 1], page
        assert browser.get(f"{page}?from=x").status_code == 200


def test_machines_read_the_balances_and_the_public_none_of_the_shipments(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000)
    record = record_of(here, certificate)
    body = as_json(record, "importer")
    assert (body["time_frame"], body["shipped_kg"], body["planned_kg"], len(body["shipments"])) == (
        True,
        "12000",
        "0",
        1,
    )
    assert "shipments" not in as_json(record, "public")
    assert show(record).standing.name == "valid"


def test_staff_see_every_time_frame_with_its_draw_down_in_a_fixed_number_of_statements(here: Side) -> None:
    staff = signed_in(here.reviewer)
    address = f"/{here.certifier.slug}/time-frames/"

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = staff.get(address)
        assert answer.status_code == 200
        return len(captured)

    first = issued(here)
    with tenant(here.certifier):
        truck(here, first.pk, 30_000)
    staff.get(address)
    one = statements()
    issued(here, kg="5,000")
    asked_for(here, item=here.second_item)
    assert statements() == one
    text = staff.get(address).content.decode()
    assert "10,000 kg left" in text
    assert "5,000 kg left" in text
    assert f"{here.exporter.name}, Organic white quinoa CANARY-tierra" in text
    page = staff.get(f"/{here.certifier.slug}/certificates/{first.pk}/").content.decode()
    assert "30,000" in page


def test_the_exporters_first_page_draws_open_time_frames_in_a_fixed_number_of_statements(here: Side) -> None:
    exporter = signed_in(here.sender)
    address = f"/{here.certifier.slug}/requests/"
    first = issued(here)
    exporter.get(address)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            exporter.get(address)
        return len(captured)

    one = statements()
    issued(here, kg="5,000")
    assert statements() == one
    text = exporter.get(address).content.decode()
    assert f"/my-certificates/{first.pk}/shipments/" in text
    assert "40,000 kg left" in text


def test_the_dated_record_is_a_pdf_of_its_own_for_everybody_concerned(here: Side, world: World) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000, lots=("VV-1",), unit="ABC-123")
        truck(here, certificate.pk, 3_000, has_left=False)
    work("shipment_record")
    doors = [
        (here.sender, f"/{here.certifier.slug}/certificates/{certificate.pk}/shipments.pdf"),
        (here.reviewer, f"/{here.certifier.slug}/certificates/{certificate.pk}/shipments.pdf"),
        (world.importer_user, f"/in/{certificate.number}/shipments.pdf"),
        (world.broker_user, f"/in/{certificate.number}/shipments.pdf"),
    ]
    bodies = set()
    for person, address in doors:
        answer = signed_in(person).get(address)
        assert answer.status_code == 200, address
        bodies.add(b"".join(answer.streaming_content))
    assert len(bodies) == 1
    text = " ".join(text_of(bodies.pop()).split())
    for said in ("MOCK: not valid for customs entry", "25,000 kg left of 40,000 kg", "ABC-123", "VV-1", "12,000"):
        assert said in text
    assert signed_in(world.other_importer_user).get(doors[2][1]).status_code == 404
