"""Vessel, containers and arrival change beside the certificate; treated goods stay used and are marked."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from nopic.certificates.models import Certificate, PublicRecord
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.watch import actions, queries
from nopic.workflow import clock
from nopic.workflow.transitions import Refused
from tests.databases import owner
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.factories import World, signed_in


def today() -> date:
    """Asked anew by each test: a run may go on past midnight."""
    return clock.today("UTC")


@pytest.fixture
def consignment(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


def record(consignment: Consignment) -> PublicRecord:
    with tenant(consignment.side.certifier):
        return PublicRecord.objects.get(certificate=consignment.certificate)


def reroute(consignment: Consignment, **values: object) -> None:
    with tenant(consignment.side.certifier):
        actions.change_routing(certificate=consignment.certificate, values=values, note="Rolled", by="rosa")


def treat(consignment: Consignment, kg: str = "1200", **facts: object) -> None:
    with tenant(consignment.side.certifier):
        actions.report_treatment(
            certificate=consignment.certificate, kg=Decimal(kg), by="bo",
            **{"treatment": "fumigation", "agent": "Methyl bromide", "treated_on": today(), "place": "Oakland",
               "note": "", "reported_as": "importer", **facts},
        )  # fmt: skip


def test_a_change_on_the_way_is_seen_by_the_importer_and_keeps_number_and_paper(
    world: World, consignment: Consignment
) -> None:
    before = record(consignment)
    arrival = (today() + timedelta(days=40)).isoformat()
    reroute(consignment, vessel="Andes Pilot, voyage 12", arrival_on=arrival)
    after = record(consignment)
    assert (after.number, after.data, after.file_sha256) == (before.number, before.data, before.file_sha256)
    assert after.routing == {"vessel": "Andes Pilot, voyage 12", "arrival_on": arrival}
    assert after.arrival_on == today() + timedelta(days=40)
    page = signed_in(world.importer_user).get(reverse("inbox_certificate", kwargs={"number": after.number}))
    assert "Andes Pilot, voyage 12" in page.content.decode()


@pytest.mark.parametrize(
    ("day", "sentence"), [("2020-01-01", "it must be after"), ("9999-12-31", "it is more than a year after")]
)
def test_an_arrival_that_does_not_follow_the_departure_is_refused_as_the_form_refuses_it(
    consignment: Consignment, day: str, sentence: str
) -> None:
    before = record(consignment).arrival_on
    with pytest.raises(Refused, match=f"Enter the estimated arrival date, {sentence}"):
        reroute(consignment, arrival_on=day)
    assert record(consignment).arrival_on == before


def test_what_did_not_change_is_not_recorded(consignment: Consignment) -> None:
    with tenant(consignment.side.certifier):
        now = queries.current_routing(consignment.certificate)
        assert actions.change_routing(certificate=consignment.certificate, values=now, note="", by="rosa") is None
        assert queries.routing_changes(consignment.certificate) == []


def test_importer_and_broker_are_written_to_once_for_each_change(world: World, consignment: Consignment) -> None:
    reroute(consignment, vessel="Andes Pilot")
    consignments.work("routing_changed", "mail")
    assert sorted(to for one in mail.outbox for to in one.to) == ["buyer@baybridge.example", "desk@harborline.example"]
    assert "Andes Pilot" in mail.outbox[0].body
    consignments.work()
    assert len(mail.outbox) == 2


def test_beside_a_cancelled_certificate_nothing_is_recorded(consignment: Consignment) -> None:
    consignments.cancel(consignment)
    with pytest.raises(Refused):
        reroute(consignment, vessel="Andes Pilot")


def test_an_exporter_types_the_change_and_a_wrong_container_is_said_at_its_field(
    world: World, consignment: Consignment
) -> None:
    address = reverse(
        "routing", kwargs={"certifier": world.here.certifier.slug, "certificate": consignment.certificate.pk}
    )
    sender = signed_in(world.here.sender)
    typed = {"vessel": "Andes Pilot", "containers": "APLU 417512 4, PE881960", "arrival_on": "", "note": ""}
    refused = sender.post(address, typed)
    assert refused.status_code == 422
    assert "Andes Pilot" in refused.content.decode()
    typed["containers"] = "APLU 417512 5, PE881960"
    assert sender.post(address, typed).status_code == 302
    assert record(consignment).routing["containers"] == [{"number": "APLU 417512 5", "seal": "PE881960"}]


def test_a_page_opened_before_somebody_elses_change_does_not_undo_it(world: World, consignment: Consignment) -> None:
    address = reverse(
        "routing", kwargs={"certifier": world.here.certifier.slug, "certificate": consignment.certificate.pk}
    )
    arrival = (today() + timedelta(days=50)).isoformat()
    sender = signed_in(world.here.sender)
    form = sender.get(address).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"arrival_on": arrival, "note": ""}
    reroute(consignment, vessel="Andes Pilot")
    assert sender.post(address, typed).status_code == 302
    assert record(consignment).routing == {"vessel": "Andes Pilot", "arrival_on": arrival}
    reroute(consignment, carrier="Andes Lines", vessel="Andes Star")
    both = sender.post(address, typed | {"vessel": "Andes Comet", "transport_document": "APL 7"})
    assert (both.status_code, "recorded “Andes Star” meanwhile" in both.content.decode()) == (422, True)
    form = both.context["form"]
    again = {name: form[name].value() for name in form.fields}
    assert (again["vessel"], again["carrier"], again["transport_document"]) == ("Andes Comet", "Andes Lines", "APL 7")
    assert sender.post(address, again).status_code == 302
    assert record(consignment).routing | {"containers": []} == {
        "vessel": "Andes Comet", "arrival_on": arrival, "carrier": "Andes Lines", "transport_document": "APL 7",
        "containers": [],
    }  # fmt: skip


def test_what_is_wrong_with_a_change_is_said_at_its_field(world: World, consignment: Consignment) -> None:
    address = reverse(
        "routing", kwargs={"certifier": world.here.certifier.slug, "certificate": consignment.certificate.pk}
    )
    typed = {"vessel": "Andes Pilot", "arrival_on": "2020-01-01", "containers": "APLU 417512 5, PE881960"}
    form = signed_in(world.here.sender).post(address, typed).context["form"]
    assert list(form.errors) == ["arrival_on"]
    typed |= {"arrival_on": "", "containers": "APLU 417512 5, PE881960 HLXU 876543 3"}
    form = signed_in(world.here.sender).post(address, typed).context["form"]
    [said] = form.errors["containers"]
    assert said == "“APLU 417512 5, PE881960 HLXU 876543 3”: write each container in a line of its own"
    treated = {"treatment": "fumigation", "kg": "1200", "place": "Oakland", "treated_on": "2999-01-01"}
    for treated_on, sentence in (
        ("2999-01-01", "today or earlier"),
        ("2020-01-01", "more than a year before"),
    ):
        told = treated | {"treated_on": treated_on, "meant": "1200.000"}
        form = signed_in(world.here.sender).post(address.replace("routing", "treatment"), told).context["form"]
        assert list(form.errors) == ["treated_on"]
        assert sentence in form.errors["treated_on"][0]


def test_few_kilograms_are_asked_about_before_a_report_that_stays(world: World, consignment: Consignment) -> None:
    address = reverse("inbox_treatment", kwargs={"number": consignment.number})
    said = {"treatment": "fumigation", "kg": "1,5", "place": "Oakland", "treated_on": today().isoformat()}
    importer = signed_in(world.importer_user)
    asked = importer.post(address, said)
    assert asked.status_code == 422
    assert "Of 38,400 kg, 1.5 kg (0.0015 t) were treated. Is it so few? A report stays." in asked.content.decode()
    assert 'type="checkbox" name="meant"' in asked.content.decode()
    assert record(consignment).non_organic_kg == 0
    assert importer.post(address, said | {"meant": "1.500"}).status_code == 302
    assert record(consignment).non_organic_kg == Decimal("1.5")


def test_treated_kilograms_are_marked_everywhere_and_the_rest_lives(world: World, consignment: Consignment) -> None:
    treat(consignment)
    treat(consignment)  # a second click
    assert record(consignment).non_organic_kg == Decimal(1200)
    public = reverse("verify", kwargs={"number": consignment.number}) + f"?k={consignment.key}"
    assert "1,200 kg under this number were treated" in signed_in(world.stranger).get(public).content.decode()
    consignments.work("treatment_reported", "mail")
    assert len(mail.outbox) == 4
    [office] = [one for one in mail.outbox if one.to == [world.here.certifier.email]]
    assert f"/tierra/certificates/{consignment.certificate.pk}/" in office.body
    assert "Reported by bo." in office.body
    treat(consignment, "100", reported_as="staff")
    consignments.work("treatment_reported", "mail")
    assert len(mail.outbox) == 7  # who reports it as staff needs no e-mail of it


def test_more_than_is_left_and_a_day_to_come_are_refused(consignment: Consignment) -> None:
    treat(consignment, "38000")
    with pytest.raises(Refused, match="at most 400 kg"):
        treat(consignment, "400.001")
    with pytest.raises(Refused, match="today or earlier"):
        treat(consignment, "1", treated_on=today() + timedelta(days=2))
    assert record(consignment).non_organic_kg == Decimal(38000)


@pytest.mark.parametrize(
    ("zone", "hour", "ahead"),
    [("America/Lima", 1, -1), ("Asia/Tokyo", 23, 1)],  # 20:00 of the day before; 08:00 of the day after
)
def test_the_day_of_a_treatment_is_that_of_the_office(
    world: World, consignment: Consignment, zone: str, hour: int, ahead: int
) -> None:
    side, request = world.here, consignment.request
    with tenant(side.certifier):
        request.policy = Policy.objects.create(
            certifier=side.certifier, version=2, data={**side.policy.data, "time_zone": zone}, by="a test"
        )
        request.save(update_fields=["policy"])
    moment = clock.now().replace(hour=hour, minute=0)
    here = moment.date() + timedelta(days=ahead)
    with time_machine.travel(moment, tick=False):
        with pytest.raises(Refused, match="today or earlier"):
            treat(consignment, treated_on=here + timedelta(days=1))
        treat(consignment, treated_on=here)
    assert record(consignment).non_organic_kg == Decimal(1200)


def test_the_importer_reports_what_the_port_did(world: World, consignment: Consignment) -> None:
    address = reverse("inbox_treatment", kwargs={"number": consignment.number})
    importer = signed_in(world.importer_user)
    typed = {"treatment": "irradiation", "kg": "38,400.5", "treated_on": today().isoformat(), "place": "Miami"}
    refused = importer.post(address, typed)
    assert refused.status_code == 422
    assert "Enter at most 38,400 kg" in refused.content.decode()
    assert importer.post(address, {**typed, "kg": "38,400"}).status_code == 302
    with tenant(world.here.certifier):
        [report] = queries.treatment_reports(consignment.certificate)
    assert (report.reported_as, report.treatment) == ("importer", "irradiation")
    assert importer.get(address).status_code == 200
    assert signed_in(world.other_importer_user).post(address, typed).status_code == 404


def test_reports_and_changes_are_never_edited(committed_world: World) -> None:
    consignment = consignments.make(committed_world.here, committed_world.importer)
    reroute(consignment, vessel="Andes Pilot")
    treat(consignment)
    with owner() as admin:
        for table in ("watch_routingchange", "watch_treatmentreport"):
            with pytest.raises(Exception, match="append-only"), admin.transaction():
                admin.execute(f"UPDATE {table} SET by = 'nobody'")


def test_a_certificate_says_to_staff_and_exporter_what_was_noted(world: World, consignment: Consignment) -> None:
    reroute(consignment, vessel="Andes Pilot")
    treat(consignment)
    slug = world.here.certifier.slug
    for person, name in ((world.here.reviewer, "certificate"), (world.here.sender, "my_certificate")):
        address = reverse(name, kwargs={"certifier": slug, "certificate_id": consignment.certificate.pk})
        page = signed_in(person).get(address).content.decode()
        assert "Andes Pilot" in page
        assert "1,200 kg not organic" in page
    with tenant(world.here.certifier):
        assert Certificate.objects.get(pk=consignment.certificate.pk).routing == {"vessel": "Andes Pilot"}


@pytest.mark.parametrize("page", ["routing", "treatment", "revise", "split", "replace"])
def test_who_may_not_send_reads_who_can_and_changes_nothing(world: World, consignment: Consignment, page: str) -> None:
    address = f"/tierra/certificates/{consignment.certificate.pk}/{page}/"
    member = signed_in(world.here.member)
    assert "Somebody of your company who may send requests can" in member.get(address).content.decode()
    assert member.post(address, {"vessel": "Andes Pilot"}).status_code == 403
    assert record(consignment).routing == {}
