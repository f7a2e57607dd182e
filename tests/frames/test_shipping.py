"""Shipments under a certificate: its state, its readers, warnings once each, the rest released once, and the pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

import nopic.certificates.tasks
import nopic.delivery.tasks  # noqa: F401 - both register what the worker does
from nopic.certificates import actions as certificates
from nopic.certificates import limits, queries, shipping
from nopic.certificates.issuance import endings
from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.shipping import settling
from nopic.delivery.models import Mail
from nopic.delivery.queries import stands
from nopic.frames.actions import Said
from nopic.frames.models import Allowance, Notice, Shipment
from nopic.frames.presenters import drawn
from nopic.ledger.models import Account, Entry
from nopic.presentation import words
from nopic.requests.models import CertificateRequest
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.workflow import clock
from nopic.workflow.transitions import Refused
from tests.certificates.test_purchases_follow import issued as single
from tests.delivery import consignments
from tests.delivery.consignments import work
from tests.factories import Side, World, rules, signed_in, submitted
from tests.frames.stories import issued, truck

CAP = Decimal(40_000)


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    moment = clock.now() + timedelta(days=days)
    for module in ("nopic.workflow.clock", "nopic.certificates.shipping.settling", "nopic.certificates.shipping",
                   "nopic.certificates.policies", "nopic.frames.actions.shipping", "nopic.delivery.mails.frames",
                   "nopic.delivery.queries"):  # fmt: skip
        monkeypatch.setattr(f"{module}.now", lambda: moment)


def account(side: Side) -> tuple[Decimal, Decimal]:
    with tenant(side.certifier):
        found = Account.objects.get(pk=side.account.pk)
        return found.held, found.issued


def look(side: Side, certificate: Certificate) -> None:
    """The worker looks at what is due, as if its time had come."""
    with tenant(side.certifier):
        from nopic.workflow.dispatch import owe

        owe("frame", certificate.pk, certifier_id=side.certifier.pk, due=timezone.now() - timedelta(days=1))
    work("frame", "frame_notice")


def test_the_account_opens_when_the_certificate_is_issued_and_never_before(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        allowance = Allowance.objects.get(certificate_id=certificate.pk)
        record = PublicRecord.objects.get(certificate_id=certificate.pk)
    assert (allowance.time_frame, allowance.cap_kg, allowance.first_on) == (True, CAP, clock.today("America/Lima"))
    assert (record.time_frame, record.shipped_kg) == (True, 0)


def test_what_was_recorded_stands_in_the_public_record_at_once(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000, lots=("A", "B"), unit="ABC-123")
        truck(here, certificate.pk, 5_000, has_left=False)
        record = PublicRecord.objects.get(certificate_id=certificate.pk)
    assert (record.shipped_kg, record.planned_kg) == (12_000, 5_000)
    assert [(one["net_weight_kg"], one["status"], one["lots"]) for one in record.shipments] == [
        ("5000", "planned", []),
        ("12000", "departed", ["A", "B"]),
    ]


def test_a_certificate_is_used_up_by_its_last_kilogram_and_valid_again_when_that_is_taken_back(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        shipment = truck(here, certificate.pk, CAP)
        certificate = queries.find(here.certifier.pk, certificate.pk)  # type: ignore[assignment]
        assert queries.state(certificate, clock.today("America/Lima")) == "used_up"
        assert stands(PublicRecord.objects.get(certificate_id=certificate.pk)).name == "used_up"
        shipping.undo(certificate=certificate, shipment=shipment, seen=1, by=here.sender, reason="wrong certificate")
        certificate.refresh_from_db()
        assert queries.state(certificate, clock.today("America/Lima")) == "issued"


def test_a_time_frame_ends_after_its_last_departure(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        found = queries.find(here.certifier.pk, certificate.pk)
        assert found is not None
        assert queries.state(found, clock.today("America/Lima") + timedelta(days=59)) == "issued"
        assert queries.state(found, clock.today("America/Lima") + timedelta(days=60)) == "ended"


def test_what_never_left_is_released_once_after_the_last_departure_and_settling(
    here: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000)
    assert account(here) == (0, CAP)
    look(here, certificate)
    assert account(here) == (0, CAP)
    later(monkeypatch, 70)
    for _time in range(3):
        look(here, certificate)
    assert account(here) == (0, 12_000)
    with tenant(here.certifier):
        assert Entry.objects.filter(kind="rest").count() == 1
        with pytest.raises(Refused):
            truck(here, certificate.pk, 1)
        allowance = Allowance.objects.get(certificate_id=certificate.pk)
        assert drawn(allowance, allowance.last_on).left == "28,000 kg left"
        assert drawn(allowance, allowance.last_on + timedelta(days=1)).left == "28,000 kg not shipped"


def test_a_planned_shipment_keeps_the_rest_from_being_released(here: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000, has_left=False)
    later(monkeypatch, 70)
    look(here, certificate)
    assert account(here) == (0, CAP)


def test_who_planned_a_shipment_is_asked_whether_it_left_before_the_rest_is_released(
    here: Side, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000, has_left=False, unit="ABC 123")
        truck(here, certificate.pk, 9_000)
    dashboard = f"/{here.certifier.slug}/requests/"
    assert "was planned to leave before today" not in browser.get(dashboard).content.decode()
    with tenant(here.certifier):
        Shipment.objects.filter(number=1).update(departs_on=clock.today("America/Lima") - timedelta(days=2))
    assert "1 shipment was planned to leave before today. Has it left?" in browser.get(dashboard).content.decode()
    assert browser.get(page(here, certificate)).content.decode().count('left-time act">Has it left?') == 1
    later(monkeypatch, 70)
    for _time in range(2):
        look(here, certificate)
    work("mail")
    asked = [one for one in mailoutbox if "has what was planned left?" in one.subject]
    assert len(asked) == 1
    assert "12,000 kg · ABC 123" in asked[0].body
    assert "Shipment 2" not in asked[0].body


def test_the_actual_weight_of_a_single_shipment_reaches_the_registry_and_the_rest_is_free(
    here: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = single(here, submitted(here))
    with tenant(here.certifier):
        truck(here, certificate.pk, "19150.5")
    assert account(here) == (0, 19_200)
    later(monkeypatch, 40)
    for _time in range(2):
        look(here, certificate)
    with tenant(here.certifier):
        reports = [one.payload for one in certificate.operations.filter(kind="weights")]
    assert account(here) == (0, Decimal("19150.5"))
    assert [(one["net_weight_kg"], len(one["shipments"])) for one in reports] == [("19150.5", 1)]
    shown = signed_in(here.sender).get(page(here, certificate)).content.decode()
    assert "19,150.5 kg shipped <span" in shown
    assert "not shipped 49.5" in " ".join(shown.split())
    assert "Its weight is final" in shown
    assert "time frame" not in shown
    assert "kg left" not in shown


def test_a_cancelled_time_frame_gives_back_what_has_not_left(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier, here.reviewer):
        truck(here, certificate.pk, 12_000)
        truck(here, certificate.pk, 8_000, has_left=False, on=clock.today("America/Lima") + timedelta(days=5))
        certificates.cancel(certificate=certificate, by=here.reviewer, reason="issued_in_error")
        with pytest.raises(Refused) as refused:
            truck(here, certificate.pk, 1)
        fresh = shipping.lock(certificate)
        endings.cancelled(fresh, at=clock.now(), by="the test")
    assert refused.value.findings == [("", "The certificate was cancelled. No shipment may be recorded under it.")]
    assert account(here) == (0, 12_000)


def test_warnings_go_out_at_the_policys_levels_once_each(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 33_000)
    look(here, certificate)
    assert _mails(here) == []
    with tenant(here.certifier):
        truck(here, certificate.pk, 2_000)
    look(here, certificate)
    look(here, certificate)
    assert _mails(here) == ["exporter"]
    with tenant(here.certifier):
        truck(here, certificate.pk, 4_000)
        kinds = set(Notice.objects.values_list("kind", flat=True))
    look(here, certificate)
    with tenant(here.certifier):
        kinds = set(Notice.objects.values_list("kind", flat=True))
    assert (kinds, _mails(here)) == ({"low_15", "low_5"}, ["exporter", "exporter"])


def test_two_weeks_and_one_week_before_the_end_the_parties_are_told(
    here: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = issued(here)
    later(monkeypatch, 46)
    look(here, certificate)
    assert sorted(_mails(here)) == ["exporter", "importer"]
    later(monkeypatch, 7)
    look(here, certificate)
    assert sorted(_mails(here)) == ["exporter", "exporter", "importer"]


def _mails(side: Side) -> list[str]:
    with tenant(side.certifier):
        mails = Mail.objects.filter(certifier=side.certifier, template="v1/frame_notice").order_by("pk")
        return list(mails.values_list("recipient_kind", flat=True))


@pytest.mark.parametrize(("begun_days_ago", "for_how_long"), [(9, ", about 1 day"), (5, "")])
def test_the_letter_says_how_much_is_left_and_for_how_long_once_there_is_a_pace(
    here: Side, mailoutbox: list[Any], begun_days_ago: int, for_how_long: str
) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 35_000)
        begun = clock.today("UTC") - timedelta(days=begun_days_ago)  # the office counts
        Allowance.objects.filter(certificate_id=certificate.pk).update(first_on=begun)
    look(here, certificate)
    work("mail")
    letters = [one for one in mailoutbox if "left" in one.subject]
    with tenant(here.certifier):  # the whole number: its last digits may be another exporter's too
        number, product = certificate.number, certificate.data["product"]["name"]
    assert [one.subject for one in letters] == [f"{number}: 5,000 kg left{for_how_long}"]
    assert f"Product: {product}" in letters[0].body


def test_a_shipment_recorded_later_than_the_policy_asks_is_marked(here: Side) -> None:
    certificate = issued(here)
    found = Certificate(pk=certificate.pk, certifier_id=here.certifier.pk)
    with tenant(here.certifier):
        found = shipping.lock(found)
        today = clock.today("America/Lima") + timedelta(days=14)
        late = [shipping.is_late(found, today - timedelta(days=days), has_left=True, today=today) for days in (0, 9)]
    assert late == [False, True]


def test_settling_waits_for_the_working_days_to_record(here: Side) -> None:
    from datetime import date

    allowance = Allowance(last_on=date(2026, 11, 27))  # a Friday
    assert settling.settles_on(allowance, Office(rules())) == date(2026, 12, 2)


# --- the pages ---------------------------------------------------------------------------------------------------------
def page(side: Side, certificate: Certificate, number: str = "") -> str:
    return f"/{side.certifier.slug}/my-certificates/{certificate.pk}/shipments/{number}"


def form(**changes: object) -> dict[str, object]:
    return {
        "left": "yes", "departs_on": clock.today("America/Lima").isoformat(), "kg": "18,400", "lots": "VV-1, VV-2",
        "unit": "ABC 123", "document": "CMR 1", "key": str(uuid4()), **changes,
    }  # fmt: skip


def test_a_truck_is_recorded_on_the_page_twice_tapped_and_once_counted(here: Side) -> None:
    certificate, browser, tap = issued(here), signed_in(here.sender), form()
    assert [browser.post(page(here, certificate), tap).status_code for _time in range(2)] == [302, 302]
    text = browser.get(page(here, certificate)).content.decode()
    assert "21,600 kg left" in text
    assert text.count("Shipment 1, 18,400 kg") == 1
    assert "Shipment 2" not in text


def test_kilograms_of_a_shipment_may_bear_another_unit_and_stay_what_they_are_when_it_leaves(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    planned = browser.post(page(here, certificate), form(left="no", kg="12 t"), follow=True).content.decode()
    assert "Shipment 1 is recorded: 12,000 kg." in planned
    browser.post(page(here, certificate), form(left="no", kg="150.1250", unit="XYZ 9", document="CMR 2"))
    for number, kilograms in ((1, Decimal(12_000)), (2, Decimal("150.125"))):
        offered = browser.get(page(here, certificate, f"{number}/")).context["forms"]["depart"].initial
        said = {**offered, "departs_on": offered["departs_on"].isoformat(), "verb": "depart", "seen": "1"}
        assert browser.post(page(here, certificate, f"{number}/"), said).status_code == 302
        with tenant(here.certifier):
            assert Shipment.objects.get(certifier=here.certifier, number=number).kg == kilograms


def test_too_much_is_said_at_the_field_and_nothing_is_lost(here: Side) -> None:
    certificate = issued(here)
    answer = signed_in(here.sender).post(page(here, certificate), form(kg="40,001"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("At most 40,000 kg are possible") == 2
    assert 'value="40,001"' in text
    assert 'value="VV-1, VV-2"' in text


def test_one_shipments_page_says_that_it_left_arrived_was_wrong_and_never_was(here: Side) -> None:
    certificate, browser = issued(here), signed_in(here.sender)
    browser.post(page(here, certificate), form(left="no"))
    here_ = page(here, certificate, "1/")
    said = {name: value for name, value in form(kg="18,350").items() if name not in ("left", "key")}
    assert browser.post(here_, {"verb": "depart", "seen": "1", **said}).status_code == 302
    assert (
        browser.post(here_, {"verb": "correct", "seen": "2", **said, "kg": "18,360", "reason": ""}).status_code == 422
    )
    assert (
        browser.post(here_, {"verb": "correct", "seen": "2", **said, "kg": "18,360", "reason": "scale"}).status_code
        == 302
    )
    assert browser.post(here_, {"verb": "arrive", "seen": "3", "arrived_on": said["departs_on"]}).status_code == 302
    assert browser.post(here_, {"verb": "undo", "seen": "1", "reason": "an old page"}).status_code == 409
    with tenant(here.certifier):
        shipment = Shipment.objects.get(certifier=here.certifier)
        kinds = list(shipment.entries.order_by("sequence").values_list("kind", flat=True))
    assert (shipment.status, shipment.kg, kinds) == ("arrived", 18_360, ["plan", "depart", "correct", "arrive"])
    assert "18,360 kg" in browser.get(here_).content.decode()


def test_a_hold_stops_no_weight_of_a_single_shipment_that_has_left(world: World) -> None:
    side, today = world.here, clock.today("America/Lima")
    consignment = consignments.make(side, world.importer, departure_on=today + timedelta(days=3))
    certificate, browser = consignment.certificate, signed_in(side.sender)
    with tenant(side.certifier):
        Certificate.objects.filter(pk=certificate.pk).update(on_hold_since=clock.now(), on_hold_why="Bay is suspended.")
    told = form(kg="38,120", departs_on=today.isoformat())
    assert "Bay is suspended" in browser.post(page(side, certificate), told).content.decode()
    with tenant(side.certifier):
        CertificateRequest.objects.filter(pk=consignment.request.pk).update(departed_on=today)
    assert "Record shipment" in browser.get(page(side, certificate)).content.decode()
    assert browser.post(page(side, certificate), told).status_code == 302


def test_of_a_single_shipment_the_actual_weight_is_recorded_once_and_only_downwards(world: World) -> None:
    side = world.here
    consignment = consignments.make(side, world.importer, departure_on=clock.today("America/Lima"))
    certificate, browser = consignment.certificate, signed_in(side.sender)
    too_much = browser.post(page(side, certificate), form(kg="38,400.5"))
    assert "At most 38,400 kg are possible" in too_much.content.decode()
    slip = browser.post(page(side, certificate), form(kg="38,12"))
    asked = "The certificate says 38,400 kg, and this is 38.12 kg (0.03812 t). Is it so few?"
    assert (slip.status_code, asked in slip.content.decode()) == (422, True)
    assert browser.post(page(side, certificate), form(kg="38,120")).status_code == 302
    second = browser.post(page(side, certificate), form(kg="10", unit="other", document="other"))
    assert "This certificate is for one shipment, and that is recorded" in second.content.decode()
    with tenant(side.certifier):
        record = PublicRecord.objects.get(certificate_id=certificate.pk)
    assert (record.shipped_kg, record.time_frame) == (38_120, False)


def test_a_single_shipment_recorded_as_left_has_left_for_everybody_until_that_is_taken_back(world: World) -> None:
    side, today = world.here, clock.today("America/Lima")
    consignment = consignments.make(side, world.importer, departure_on=today + timedelta(days=3))
    certificate, browser = consignment.certificate, signed_in(side.sender)
    before = (today - timedelta(days=9)).isoformat()
    early = browser.post(page(side, certificate), form(kg="38,120", departs_on=before))
    assert (early.status_code, list(early.context["form"].errors)) == (422, ["departs_on"])
    assert "The certificate was published on" in early.content.decode()

    def standing() -> tuple[str, str, list[str]]:
        with tenant(side.certifier):
            fresh = Certificate.objects.select_related("request__policy").get(pk=certificate.pk)
            public = stands(PublicRecord.objects.get(certificate_id=certificate.pk))
            return queries.state(fresh, today), public.name, limits.obstacles_to_correct(fresh)

    assert standing()[:2] == ("issued", "valid")
    assert "The goods have not left yet" in standing()[2][0]
    assert browser.post(page(side, certificate), form(kg="38,120", departs_on=today.isoformat())).status_code == 302
    assert standing()[:2] == ("shipped", "shipped")
    for person, where in ((side.sender, "my-certificates"), (side.reviewer, "certificates")):
        shown = signed_in(person).get(f"/tierra/{where}/{certificate.pk}/").content.decode()
        assert f"Shipped on {words.day(today)}" in shown
    assert not any("have not left" in sentence for sentence in standing()[2])
    told = {"verb": "correct", "seen": "1", "kg": "38,120", "departs_on": before, "reason": "Typed wrong"}
    assert browser.post(page(side, certificate, "1/"), told).status_code == 422
    undo = {"verb": "undo", "seen": "1", "reason": "It is still there"}
    assert browser.post(page(side, certificate, "1/"), undo).status_code == 302
    assert standing()[:2] == ("issued", "valid")


def test_what_is_reported_to_the_registry_is_the_sum_of_what_has_left(here: Side) -> None:
    from nopic.frames.queries import actuals
    from nopic.oid.payloads import weights_payload

    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000)
        truck(here, certificate.pk, "9999.5", unit="B")
        truck(here, certificate.pk, 1_000, has_left=False)
        told = actuals(Allowance.objects.get(certificate_id=certificate.pk))
    payload = weights_payload(str(certificate.number), sequence=1, net_kg=told.net_kg, shipments=told.shipments)
    assert (payload["net_weight_kg"], told.left_kg) == ("21999.5", Decimal("18000.5"))
    assert [one["net_weight_kg"] for one in payload["shipments"]] == ["12000", "9999.5"]


def test_actual_weights_are_owed_to_the_registry_before_the_end_once_and_again_only_when_they_changed(
    here: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        truck(here, certificate.pk, 12_000)

    def reports() -> list[str]:
        with tenant(here.certifier):
            owed = certificate.operations.filter(kind="weights").order_by("generation")
            return [one.payload["net_weight_kg"] for one in owed]

    look(here, certificate)
    assert reports() == []
    later(monkeypatch, 58)
    look(here, certificate)
    look(here, certificate)
    assert reports() == ["12000"]
    with tenant(here.certifier):
        truck(here, certificate.pk, 1_000, on=clock.today("America/Lima"))
    later(monkeypatch, 12)
    look(here, certificate)
    assert reports() == ["12000", "13000"]


def test_a_hold_lets_no_shipment_begin_but_what_was_planned_before_may_have_left_or_was_wrong(here: Side) -> None:
    certificate = issued(here)
    with tenant(here.certifier):
        gone, wrong, never = (truck(here, certificate.pk, kg, has_left=False) for kg in (12_000, 9_000, 7_000))
        Certificate.objects.filter(pk=certificate.pk).update(on_hold_since=clock.now(), on_hold_why="Bay is suspended.")
        certificate.refresh_from_db()
        with pytest.raises(Refused, match="Bay is suspended"):
            truck(here, certificate.pk, 1_000)
        shipping.depart(
            certificate=certificate, shipment=gone, said=Said(gone.departs_on, gone.kg), seen=1, by=here.sender
        )
        shipping.correct(
            certificate=certificate, shipment=wrong, said=Said(wrong.departs_on, Decimal(8_000)), seen=1,
            by=here.sender, reason="Weighed again.",
        )  # fmt: skip
        shipping.undo(certificate=certificate, shipment=never, seen=1, by=here.sender, reason="It never left.")
        account_of_it = Allowance.objects.get(certificate_id=certificate.pk)
    assert (account_of_it.shipped_kg, account_of_it.planned_kg) == (Decimal(12_000), Decimal(8_000))
