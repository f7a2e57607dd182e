"""Who loses its standing puts live certificates on hold, and a person decides what becomes of each."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from nopic.certificates.models import Certificate
from nopic.certificates.policies import obstacles_to_ship
from nopic.delivery import notices
from nopic.presentation.words import day
from nopic.products import actions as products
from nopic.requests.checks import findings
from nopic.requests.models import CertificateRequest, Lot, RequestLine, Supplier
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter, Importer
from nopic.watch import actions, queries
from nopic.watch.models import Concern, ConcernDecision
from nopic.workflow import clock
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.factories import World, signed_in, submitted


def today() -> date:
    """Asked anew by each test: a run may go on past midnight."""
    return clock.today("UTC")


@pytest.fixture
def consignment(world: World) -> Consignment:
    return consignments.make(world.here, world.importer, lines=2)


def noticed(world: World) -> list[Concern]:
    with tenant(world.here.certifier):
        actions.notice(certifier_id=world.here.certifier.pk, today=today())
        return queries.open_concerns(world.here.certifier.pk)


def holds(consignment: Consignment) -> list[str]:
    with tenant(consignment.side.certifier):
        found = Certificate.objects.filter(certifier=consignment.side.certifier).order_by("pk")
        return [one.on_hold_why for one in found]


def suspend_importer(world: World) -> None:
    Importer.objects.filter(pk=world.importer.pk).update(status="suspended")


def test_while_everybody_is_in_good_standing_nothing_is_noticed(world: World, consignment: Consignment) -> None:
    submitted(world.here)
    assert noticed(world) == []
    assert holds(consignment) == ["", ""]


def test_a_suspended_importer_puts_its_live_certificates_on_hold_once(world: World, consignment: Consignment) -> None:
    suspend_importer(world)
    [concern] = noticed(world)
    assert (concern.kind, concern.standing, concern.name) == ("importer", "suspended", "Bay Bridge Coffee")
    assert [bool(why) for why in holds(consignment)] == [True, True]
    assert "Bay Bridge Coffee is suspended" in holds(consignment)[0]
    with tenant(world.here.certifier):
        assert obstacles_to_ship(Certificate.objects.earliest("pk")) == [holds(consignment)[0]]
        events = AuditEvent.objects.filter(verb="put on hold").count()
    assert [one.pk for one in noticed(world)] == [concern.pk]
    with tenant(world.here.certifier):
        assert AuditEvent.objects.filter(verb="put on hold").count() == events == 2


def test_the_office_is_written_to_once_of_each_concern(world: World, consignment: Consignment) -> None:
    suspend_importer(world)
    [concern] = noticed(world)
    noticed(world)
    consignments.work("concern_noticed", "mail")
    [told] = mail.outbox
    assert (told.subject, told.to) == ("Lost standing: Bay Bridge Coffee", [world.here.certifier.email])
    for words in (
        "Importer: Bay Bridge Coffee, suspended.",
        "0 open requests name it.",
        "2 live certificates on hold.",
        f"/watch/{concern.pk}/",
    ):
        assert words in told.body
    assert world.here.certifier.name in told.from_email


def test_long_addresses_that_begin_alike_are_each_written_to(
    world: World, consignment: Consignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = [f"{who}@office.example" for who in ("a" * 110 + "1", "a" * 110 + "2")]
    monkeypatch.setattr(notices, "office_addresses", lambda _certifier: to)
    suspend_importer(world)
    noticed(world)
    consignments.work("concern_noticed", "mail")
    assert [one.to for one in mail.outbox] == [[each] for each in to]


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({"status": "suspended"}, "suspended"),
        ({"registry_status": "revoked"}, "revoked"),
        ({"certified_to": timedelta(days=-1)}, "expired"),
    ],
)
def test_an_exporter_is_watched_by_the_offices_word_the_registrys_and_its_date(
    world: World, consignment: Consignment, facts: dict[str, object], standing: str
) -> None:
    with tenant(world.here.certifier):
        days = {name: today() + value for name, value in facts.items() if isinstance(value, timedelta)}
        Exporter.objects.filter(pk=world.here.exporter.pk).update(**{**facts, **days})
    assert [(one.kind, one.standing) for one in noticed(world)] == [("exporter", standing)]


def test_a_product_that_is_suspended_or_ends_is_noticed(world: World, consignment: Consignment) -> None:
    with tenant(world.here.certifier):
        products.set_status(version=world.here.version, status="removed", by="ana", reason="residues")
        assert Dispatch.objects.filter(topic="standing", done_at=None).count() == 1
    assert [(one.kind, one.standing) for one in noticed(world)] == [("product", "removed")]


def test_a_supplier_of_a_lot_is_noticed_and_stands_against_approval_until_it_is_let_pass(
    world: World, consignment: Consignment
) -> None:
    side, request = world.here, submitted(world.here)
    with tenant(side.certifier):
        supplier = Supplier.objects.create(
            certifier=side.certifier, exporter=side.exporter, name="El Huabo", nop_id="9010000001",
            registry_status="surrendered",
        )  # fmt: skip
        Lot.objects.filter(line=RequestLine.objects.get(request=request)).update(supplier=supplier)
        found = [one for one in findings(request, moment="approval") if one.rule == "suppliers_are_certified"]
        assert [(one.severity, one.can_be_waived) for one in found] == [("stop", True)]
    assert [(one.kind, one.name) for one in noticed(world)] == [("supplier", "El Huabo")]
    with tenant(side.certifier):
        impact = queries.impact(queries.open_concerns(side.certifier.pk)[0], today())
        assert ([one.reference for one in impact.requests], impact.certificates) == ([request.reference], [])


def test_the_other_certifiers_rows_are_never_touched(world: World, consignment: Consignment) -> None:
    there = consignments.make(world.there, world.importer, reference="2026-0999")
    suspend_importer(world)
    noticed(world)
    assert holds(there) == [""]


def test_what_can_still_be_stopped_stands_first(world: World) -> None:
    afloat = consignments.make(
        world.here, world.importer, departure_on=today() - timedelta(days=3), reference="2026-0001"
    )
    waits = consignments.make(world.here, world.importer, reference="2026-0002")
    over = consignments.make(
        world.here, world.importer, departure_on=today() - timedelta(days=90), arrival_in=20, reference="2026-0003"
    )
    suspend_importer(world)
    [concern] = noticed(world)
    with tenant(world.here.certifier):
        reached = queries.impact(concern, today()).certificates
    assert [(one.certificate.pk, one.at_stake) for one in reached] == [
        (waits.certificate.pk, 0),
        (afloat.certificate.pk, 2),
    ]
    assert over.certificate.pk not in [one.certificate.pk for one in reached]


def test_a_person_lets_one_go_on_and_keeps_the_other_on_hold(world: World, consignment: Consignment) -> None:
    suspend_importer(world)
    [concern] = noticed(world)
    one, other = (certificate.pk for certificate in consignment.certificates)
    with tenant(world.here.certifier):
        for pk, goes_on in ((one, True), (other, False)):
            actions.decide(
                concern=concern,
                certificates=[pk],
                goes_on=goes_on,
                reason="Afloat since Monday",
                by="ines",
                today=today(),
            )
    assert [bool(why) for why in holds(consignment)] == [False, True]
    noticed(world)  # the next night changes nothing of it
    assert [bool(why) for why in holds(consignment)] == [False, True]
    with tenant(world.here.certifier), pytest.raises(Refused):
        actions.settle(concern=concern, note="done", by="ines", today=today())


def test_a_restored_standing_lifts_no_hold_by_itself(world: World, consignment: Consignment) -> None:
    suspend_importer(world)
    noticed(world)
    Importer.objects.filter(pk=world.importer.pk).update(status="certified")
    [concern] = noticed(world)
    assert concern.restored_at is not None
    assert all(holds(consignment))
    with tenant(world.here.certifier):
        actions.settle(concern=concern, note="Certified again", by="ines", today=today())
    assert holds(consignment) == ["", ""]
    with tenant(world.here.certifier), pytest.raises(Overtaken):
        actions.settle(concern=concern, note="again", by="marco", today=today())


def test_goods_that_arrived_long_ago_are_not_put_on_hold_and_a_hold_stays(
    world: World, consignment: Consignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_after = clock.now() + timedelta(days=400)
    monkeypatch.setattr("nopic.watch.actions.concerns.now", lambda: long_after)
    suspend_importer(world)
    assert noticed(world)
    assert holds(consignment) == ["", ""]
    with tenant(world.here.certifier):
        Certificate.objects.filter(pk=consignment.certificate.pk).update(on_hold_since=clock.now(), on_hold_why="Kept.")
    noticed(world)
    assert [bool(why) for why in holds(consignment)] == [True, False]


def test_a_decision_needs_a_reason_and_a_certificate(world: World, consignment: Consignment) -> None:
    suspend_importer(world)
    [concern] = noticed(world)
    for certificates, reason in (([consignment.certificate.pk], " "), ([], "why"), ([10**12], "why")):
        with tenant(world.here.certifier), pytest.raises(Refused):
            actions.decide(
                concern=concern, certificates=certificates, goes_on=True, reason=reason, by="ines", today=today()
            )


def test_staff_see_whom_it_reaches_and_decide_on_its_page(world: World, consignment: Consignment) -> None:
    suspend_importer(world)
    [concern] = noticed(world)
    staff = signed_in(world.here.reviewer)
    slug = world.here.certifier.slug
    listed = staff.get(reverse("certificates", kwargs={"certifier": slug})).content.decode()
    assert "1 party or product changed its standing" in listed
    page = reverse("concern", kwargs={"certifier": slug, "concern_id": concern.pk})
    assert consignment.number in staff.get(page).content.decode()
    Dispatch.objects.all().delete()
    assert [staff.post(page, {"do": "read"}).status_code for _click in range(2)] == [302, 302]
    assert [(one.topic, one.subject_id) for one in Dispatch.objects.all()] == [("party", world.importer.pk)]
    refused = staff.post(page, {"do": "goes_on", "reason": "Sold before the suspension"})
    assert refused.status_code == 422
    assert "Choose at least one certificate" in refused.content.decode()
    assert "Sold before the suspension" in refused.content.decode()
    chosen = staff.post(page, {"do": "goes_on", "reason": "", "certificate": [consignment.certificate.pk]})
    assert chosen.status_code == 422
    assert f'id="c-{consignment.certificate.pk}" checked' in chosen.content.decode()
    done = staff.post(page, {"do": "goes_on", "reason": "Sold before", "certificate": [consignment.certificate.pk]})
    assert done.status_code == 302
    assert [bool(why) for why in holds(consignment)] == [False, True]
    seen = staff.get(page).context["seen"]
    kept = {"do": "hold", "reason": "Ask the buyer", "certificate": [consignment.certificate.pk] * 2, "seen": seen}
    assert [staff.post(page, kept).status_code for _click in range(2)] == [302, 302]
    late = signed_in(world.here.colleague).post(page, {**kept, "do": "goes_on", "reason": "It is afloat"})
    assert (late.status_code, "meanwhile: Ask the buyer" in late.content.decode()) == (422, True)
    assert "It is afloat" in late.content.decode()
    assert [bool(why) for why in holds(consignment)] == [True, True]
    with tenant(world.here.certifier):
        assert ConcernDecision.objects.count() == 2


def test_a_settled_concern_says_what_was_on_hold_and_the_day_the_goods_left(
    world: World, consignment: Consignment
) -> None:
    suspend_importer(world)
    [concern] = noticed(world)
    page = reverse("concern", kwargs={"certifier": world.here.certifier.slug, "concern_id": concern.pk})
    staff = signed_in(world.here.reviewer)
    kept = {"do": "hold", "reason": "Ask first", "certificate": [consignment.certificate.pk]}
    assert staff.post(page, kept).status_code == 302
    Importer.objects.filter(pk=world.importer.pk).update(status="certified")
    noticed(world)
    assert staff.post(page, {"do": "settle", "reason": "Certified again"}).status_code == 302
    with tenant(world.here.certifier):
        request = consignment.certificate.request
        CertificateRequest.objects.filter(pk=request.pk).update(departed_on=request.departure_on + timedelta(days=3))
    shown = staff.get(page).content.decode()
    assert "Was on hold" in shown
    assert "To decide" not in shown
    assert day(request.departure_on + timedelta(days=3), today()) in shown


def test_the_exporter_reads_on_the_certificate_why_it_is_on_hold(world: World, consignment: Consignment) -> None:
    suspend_importer(world)
    noticed(world)
    address = reverse(
        "my_certificate", kwargs={"certifier": world.here.certifier.slug, "certificate_id": consignment.certificate.pk}
    )
    assert "No new shipments since" in signed_in(world.here.sender).get(address).content.decode()


def test_a_night_asks_about_suppliers_and_everybodys_standing(world: World) -> None:
    from nopic.watch.tasks import every_night

    with tenant(world.here.certifier):
        for name, nop_id in (("Known", "9010000001"), ("Unnumbered", "")):
            Supplier.objects.create(
                certifier=world.here.certifier, exporter=world.here.exporter, name=name, nop_id=nop_id
            )
    request = submitted(world.here)
    Dispatch.objects.filter(topic="index_request").delete()
    every_night()
    assert Dispatch.objects.filter(topic="supplier_status", done_at=None).count() == 1
    assert [one.subject_id for one in Dispatch.objects.filter(topic="index_request", done_at=None)] == [request.pk]
    assert Dispatch.objects.filter(topic="standing", done_at=None).count() == 2


def test_whoever_loses_standing_has_open_requests_weighed_again(world: World) -> None:
    request = submitted(world.here)
    Dispatch.objects.filter(topic="index_request").delete()
    noticed(world)
    assert not Dispatch.objects.filter(topic="index_request").exists()
    suspend_importer(world)
    noticed(world)
    assert [one.subject_id for one in Dispatch.objects.filter(topic="index_request")] == [request.pk]


def test_dates_of_the_future_are_no_doubt() -> None:
    from nopic.watch.standing import _of_party

    assert _of_party("certified", date(2026, 12, 31), date(2026, 12, 31)) == ""
    assert _of_party("unknown", None, date(2026, 12, 31)) == ""


def test_the_list_is_for_staff_only(world: World) -> None:
    address = reverse("concerns", kwargs={"certifier": world.here.certifier.slug})
    assert signed_in(world.here.sender).get(address).status_code == 403
    assert Client().get(address).status_code == 302
