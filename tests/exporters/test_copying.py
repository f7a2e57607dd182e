"""A request like an earlier one: what is copied and what never is, the one short page, templates, the same truck."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from nopic.requests import actions
from nopic.requests.checks import findings
from nopic.requests.models import CertificateRequest, Lot, RequestTemplate
from nopic.tenants.context import tenant
from nopic.workflow import clock
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Refused
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.sent


@pytest.fixture
def sender(world: World) -> Client:
    return factories.signed_in(world.here.sender)


def newest(world: World) -> CertificateRequest:
    with tenant(world.here.certifier):
        return CertificateRequest.objects.filter(certifier=world.here.certifier).latest("pk")


def at(request: CertificateRequest, tail: str = "") -> str:
    return f"/tierra/requests/{request.reference}/{tail}"


def leaves(days: int = 30) -> date:
    return clock.today("UTC") + timedelta(days=days)


def test_a_copy_has_importer_products_and_route_and_nothing_that_is_new_every_day(world: World) -> None:
    source = factories.submitted(world.here)
    with tenant(world.here.certifier):
        copied = actions.copy(source=source, by=world.here.sender)
        copied.refresh_from_db()
        line = copied.lines.get()
        assert copied.copied_from == source
        assert copied.status == "draft"
        assert copied.importer == source.importer
        assert (line.item, line.net_kg, line.packages) == (world.here.item, source.lines.get().net_kg, 320)
        assert list(Lot.objects.filter(line=line)) == []
        assert (copied.place_of_loading, copied.carrier) == ("Callao", "Pacific Crane Lines")
        assert (copied.departure_on, copied.arrival_on, copied.late_reason) == (None, None, "")
        assert (copied.vessel, copied.containers, copied.transport_document) == ("", [], "")
        assert not copied.dossier.documents.exists()
        event = AuditEvent.objects.get(subject_id=copied.pk, verb="copied")
        assert (event.old, event.new) == (source.reference, copied.reference)


def test_one_post_says_what_is_new_today_and_leads_to_the_documents(world: World, sender: Client) -> None:
    source = factories.submitted(world.here)
    answer = sender.post(at(source, "copy/"), {"go": "copy", "key": "8f14e45f-ceea-467f-a8f5-5f2b1c9d0b11"})
    copied = newest(world)
    assert answer["Location"] == at(copied, "today/")
    page = sender.get(at(copied, "today/")).content.decode()
    assert f"begins with the answers of {source.reference}" in page
    assert "Empty: 18 days after the departure, as last time" in page
    answer = sender.post(
        at(copied, "today/"),
        {
            "revision": copied.revision, "departure_on": leaves().isoformat(), "lines-0-net": "19,200",
            "lines-0-packages": "320", "lines-0-gross": "19,520", "lines-0-lots-0-code": "VV-26-130, VV-26-131",
            "lines-0-lots-0-supplier": "own", "vessel": "Andes Courier 0650N", "containers-0-number": "APLU 417512 5",
            "containers-0-seal": "PE1", "transport_document": "BL-1",
        },
    )  # fmt: skip
    assert answer["Location"] == at(copied, "documents/")
    with tenant(world.here.certifier):
        copied.refresh_from_db()
        assert (copied.departure_on, copied.arrival_on) == (leaves(), leaves(48))
        assert [lot.code for lot in copied.lines.get().lots.all()] == ["VV-26-130", "VV-26-131"]
        assert {one.rule for one in findings(copied, moment="submit") if one.is_stop} == {"documents_are_complete"}


def test_a_bought_lot_without_its_number_is_asked_for_beside_one_of_own_production(
    world: World, sender: Client
) -> None:
    source = factories.submitted(world.here)
    sender.post(at(source, "copy/"), {"go": "copy"})
    copied = newest(world)
    with tenant(world.here.certifier):
        bought = str(factories.supplier(world.here).pk)
    answer = sender.post(
        at(copied, "today/"),
        {
            "revision": copied.revision, "departure_on": leaves().isoformat(), "lines-0-net": "19,200",
            "lines-0-packages": "320", "lines-0-gross": "19,520", "lines-0-lots-0-code": "VV-26-130",
            "lines-0-lots-0-supplier": "own", "lines-0-lots-1-code": "", "lines-0-lots-1-supplier": bought,
            "lines-0-lots-2-code": "", "lines-0-lots-2-supplier": "own",
        },
    )  # fmt: skip
    assert answer["Location"] == at(copied, "documents/")
    [line] = newest(world).raw["products"]["lines"]
    assert [(lot["code"], lot["supplier"]) for lot in line["lots"]] == [("VV-26-130", "own"), ("", bought)]
    assert "enter the lot number" in sender.get(at(copied, "check/")).content.decode()


def test_a_second_click_is_the_same_copy(world: World) -> None:
    source = factories.submitted(world.here)
    key = uuid4()
    with tenant(world.here.certifier):
        one = actions.copy(source=source, by=world.here.sender, key=key)
        again = actions.copy(source=source, by=world.here.sender, key=key)
        assert (one.pk, one.revision) == (again.pk, again.revision)


def test_what_cannot_be_right_is_saved_and_said_at_its_field(world: World, sender: Client) -> None:
    source = factories.submitted(world.here)
    sender.post(at(source, "copy/"), {"go": "copy"})
    copied = newest(world)
    answer = sender.post(
        at(copied, "today/"), {"revision": copied.revision, "departure_on": "2020-01-01", "lines-0-net": "many"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "That day has passed" in page
    assert 'value="many"' in page
    assert newest(world).raw["departure"]["departure_on"] == "2020-01-01"


def test_an_arrival_that_nobody_typed_follows_the_departure_when_that_is_mended(world: World, sender: Client) -> None:
    source = factories.submitted(world.here)
    sender.post(at(source, "copy/"), {"go": "copy"})
    for departure, typed, arrives in ((leaves(-9), "", 9), (leaves(30), leaves(9), 48), (leaves(31), leaves(60), 60)):
        copied = newest(world)
        sender.post(
            at(copied, "today/"),
            {
                "revision": copied.revision,
                "departure_on": departure.isoformat(),
                "arrival_on": typed and typed.isoformat(),
            },
        )
        assert newest(world).raw["transport"]["arrival_on"] == leaves(arrives).isoformat()


def test_another_tab_is_noticed_and_nothing_typed_is_lost(world: World, sender: Client) -> None:
    source = factories.submitted(world.here)
    sender.post(at(source, "copy/"), {"go": "copy"})
    copied = newest(world)
    post = {"revision": copied.revision, "departure_on": leaves().isoformat(), "vessel": "First"}
    assert sender.post(at(copied, "today/"), post).status_code == 302
    answer = sender.post(at(copied, "today/"), {**post, "vessel": "Second"})
    assert answer.status_code == 422
    assert 'value="Second"' in answer.content.decode()
    assert newest(world).vessel == "First"


def test_the_same_truck_for_another_importer_keeps_the_journey_and_no_lot(world: World, sender: Client) -> None:
    source = factories.submitted(world.here)
    answer = sender.post(at(source, "copy/"), {"go": "truck"})
    copied = newest(world)
    assert answer["Location"] == at(copied, "importer/")
    with tenant(world.here.certifier):
        copied.refresh_from_db()
        assert (copied.departure_on, copied.containers) == (source.departure_on, source.containers)
        assert (copied.importer, copied.lines.get().net_kg) == (None, None)


def test_templates_are_kept_started_from_renamed_and_deleted(world: World, sender: Client) -> None:
    source = factories.submitted(world.here)
    sender.post(at(source, "copy/"), {"go": "template", "name": "Bay Bridge weekly coffee"})
    page = sender.get("/tierra/requests/new/").content.decode()
    assert "Bay Bridge weekly coffee" in page
    assert f"Copy request {source.reference}" in page
    with tenant(world.here.certifier):
        kept = RequestTemplate.objects.get(certifier=world.here.certifier)
    place = f"/tierra/requests/templates/{kept.pk}/"
    assert sender.post(place, {"go": "start"})["Location"] == at(newest(world), "today/")
    assert sender.post(place, {"go": "rename", "name": " "}).status_code == 422
    sender.post(place, {"go": "rename", "name": "Weekly"})
    assert "Weekly" in sender.get("/tierra/requests/templates/").content.decode()
    sender.post(place, {"go": "delete"})
    with tenant(world.here.certifier):
        assert not RequestTemplate.objects.exists()
        verbs = AuditEvent.objects.filter(subject_type="requests.requesttemplate").order_by("pk")
        assert [each.verb for each in verbs] == ["template kept", "template renamed", "template deleted"]


def test_two_templates_of_one_company_have_two_names(world: World) -> None:
    source = factories.draft(world.here)
    with tenant(world.here.certifier):
        actions.keep_as_template(source=source, name="Weekly", by=world.here.sender)
        with pytest.raises(Refused, match="called “Weekly” already"):
            actions.keep_as_template(source=source, name="  Weekly ", by=world.here.sender)


def test_the_same_truck_on_the_same_day_is_pointed_out_and_stops_nothing(world: World, sender: Client) -> None:
    first = factories.submitted(world.here)
    again = factories.complete_draft(world.here)
    with tenant(world.here.certifier):
        found = [one for one in findings(again, moment="submit") if one.rule == "is_not_there_twice"]
    assert [(one.severity, one.inputs["others"]) for one in found] == [("note", [first.reference])]
    page = sender.get(at(again)).content.decode()
    assert f"{first.reference} of" in page
    assert "is this another one?" in page
    assert "APLU 417512 5 · Bay Bridge Coffee" in page


def lots_beside(world: World, code: str, kilograms: str) -> list[tuple[str, str, str]]:
    """What is said of the lots of another request in the same container: severity, field and sentence."""
    lots = [{"code": code, "kg": kilograms, "supplier": "own"}, {"code": "VV-26-130", "kg": kilograms, "supplier": "own"}]  # fmt: skip
    again = factories.complete_draft(world.here, lines=[factories.line_answers(world.here, lots=lots)])
    with tenant(world.here.certifier):
        found = [one for one in findings(again, moment="submit") if one.rule == "lots_are_not_counted_twice"]
        CertificateRequest.objects.filter(pk=again.pk).update(status="withdrawn")
    return [(one.severity, one.field, one.sentence) for one in found]


def test_a_lot_in_two_requests_of_one_truck_is_said_at_its_kilograms(world: World) -> None:
    first = factories.submitted(world.here)
    place = "products#lines-0-lots-0-kg"
    (same,) = lots_beside(world, "vv-26-118", "9,600")  # however it is written
    assert same[:2] == ("note", place)
    assert f"with 9,600 kg is in {first.reference} already, for the same importer" in same[2]
    (shared,) = lots_beside(world, "VV-26-118", "4,600")
    assert shared[:2] == ("note", place)
    assert "Enter here only the kilograms of this request" in shared[2]
    (unsaid,) = lots_beside(world, "VV-26-118", "")
    assert unsaid[:2] == ("stop", place)
    assert "Enter its kilograms in both" in unsaid[2]
    assert lots_beside(world, "VV-26-119", "") == []
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=first.pk).update(departure_on=leaves(days=21))
    assert lots_beside(world, "VV-26-118", "") == []


@pytest.mark.sent(False)
def test_what_was_sent_without_kilograms_of_its_lots_stops_no_other_request(world: World) -> None:
    two = [{"code": code, "supplier": "own"} for code in ("VV-26-118", "VV-26-119")]
    lines = [factories.line_answers(world.here, lots=two)]
    first = factories.submitted(world.here, lines=lines)
    ((severity, _field, sentence),) = lots_beside(world, "VV-26-118", "4,600")
    assert (severity, f"{first.reference} too, which was sent without" in sentence) == ("note", True)
    assert [each[0] for each in lots_beside(world, "VV-26-118", "")] == ["stop"]  # this one can still be typed
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=first.pk).update(status="withdrawn")
    factories.complete_draft(world.here, lines=lines)
    assert [each[0] for each in lots_beside(world, "VV-26-118", "4,600")] == ["stop"]  # and so can a draft


def test_lists_and_case_tell_requests_of_one_day_apart(world: World, sender: Client) -> None:
    found = factories.submitted(world.here)
    assert "APLU 417512 5" in sender.get("/tierra/requests/all/").content.decode()
    staff = factories.signed_in(world.here.reviewer)
    assert "APLU 417512 5 · Bay Bridge Coffee" in staff.get("/tierra/queue/").content.decode()
    assert "Travels in" in staff.get(f"/tierra/cases/{found.reference}/").content.decode()
