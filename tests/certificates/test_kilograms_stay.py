"""Kilograms that may not come free: treated ones, those of a purchase, what has left, and what went to a replacement."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from uuid import uuid4

import pytest

from nopic.certificates import actions as certificates
from nopic.certificates import limits, policies, shipping
from nopic.certificates.actions import revising
from nopic.certificates.issuance import endings, publishing
from nopic.certificates.issuance.desk import Changed
from nopic.certificates.limits import Wish
from nopic.certificates.models import Certificate
from nopic.certificates.shipping import settling
from nopic.certificates.statuses import OperationStatus
from nopic.frames.models import Allowance
from nopic.frames.statuses import Closed
from nopic.ledger.models import Account
from nopic.requests import actions as filing
from nopic.tenants.context import tenant
from nopic.watch import actions as watch
from nopic.workflow.clock import now, today
from nopic.workflow.models import Dispatch
from nopic.workflow.transitions import Refused, advance
from tests import factories
from tests.certificates.test_purchases_follow import fresh, issued, of
from tests.factories import Side, World
from tests.faults import replacing
from tests.ledger.test_inputs import send

pytestmark = pytest.mark.sent

NET = 19_200  # kilograms of a request of the factory


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def certified(side: Side) -> Decimal:
    with tenant(side.certifier):
        return Account.objects.get(pk=side.account.pk).issued


def treat(side: Side, certificate: Certificate, kg: int) -> None:
    with tenant(side.certifier):
        watch.report_treatment(
            certificate=certificate, kg=Decimal(kg), by="bo", treatment="fumigation", agent="MB",
            treated_on=today("UTC") - timedelta(days=1), place="Oakland", note="", reported_as="importer",
        )  # fmt: skip


def revise(side: Side, certificate: Certificate, kg: int, lots: list[tuple[str, Decimal | None]] | None = None) -> None:
    """Asked for, approved and published; the packages fit."""
    with tenant(side.certifier, side.reviewer):
        found = fresh(certificate)
        named = lots or [(lot["code"], None) for lot in found.data["lots"]]
        same = Decimal(kg) == Decimal(found.data["net_weight_kg"])
        packing = {} if same else {"gross_kg": Decimal(kg + 20), "packages": max(1, kg // 60)}
        wish = Wish(Decimal(kg), named, "", "As it left.", **packing)
        revision = revising.ask(certificate=found, wish=wish, by=side.sender)
        revising.approve(revision=revision, by=side.reviewer)
        endings.revised(fresh(certificate), revision.version, at=now(), by="a test")


def leave(side: Side, certificate: Certificate, kg: int) -> Allowance:
    """Recorded as left today; the certified day of departure has not come."""
    with tenant(side.certifier, side.sender):
        shipping.record_shipment(
            certificate=fresh(certificate), said=shipping.Said(today("America/Lima"), Decimal(kg), lots=("A",)), has_left=True,
            key=uuid4(), by=side.sender,
        )  # fmt: skip
        return Allowance.objects.get(certificate_id=certificate.pk)


def settle(side: Side, certificate: Certificate, allowance: Allowance) -> bool:
    """Long after its last departure."""
    with tenant(side.certifier):
        found, office = fresh(certificate), shipping.office_of(fresh(certificate))
        return settling._settle(found, allowance, office, settling.settles_on(allowance, office))


def test_treated_kilograms_are_not_freed_by_a_version_with_less(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    treat(here, certificate, 5_000)
    with pytest.raises(Refused, match="5,000 kg are reported as treated"):
        revise(here, certificate, 4_999)
    revise(here, certificate, 5_000)
    assert certified(here) == 5_000


def test_treated_kilograms_are_not_replaced_by_fewer(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    treat(here, certificate, 5_000)
    draft = replacing.started(here, certificate, Decimal(4_999))
    with tenant(here.certifier, here.sender), pytest.raises(Refused, match="5,000 kg of the certificate are reported"):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)


@pytest.mark.parametrize(("treated", "left"), [(0, 20_000), (5_000, 15_000), (12_000, 8_000)])
def test_a_cancellation_keeps_the_purchase_of_what_was_treated(here: Side, treated: int, left: int) -> None:
    bought = factories.transaction_certificate(here)
    certificate = issued(here, send(here, "12,000"))
    if treated:
        treat(here, certificate, treated)
    with tenant(here.certifier, here.reviewer):
        certificates.cancel(certificate=fresh(certificate), by=here.reviewer, reason="goods_not_shipped", note="x")
        endings.cancelled(fresh(certificate), at=now(), by="a test")
    assert certified(here) == treated
    assert of(here, bought) == (0, treated, left)


def test_a_renamed_lot_frees_nothing_of_its_purchase(here: Side) -> None:
    bought = factories.transaction_certificate(here)
    certificate = issued(here, send(here, "12,000"))
    revise(here, certificate, 12_000, [("CB-01", None)])
    assert of(here, bought) == (0, 12_000, 8_000)
    revise(here, certificate, 9_000, [("CB-001", None)])
    assert of(here, bought) == (0, 9_000, 11_000)


@pytest.mark.parametrize(
    ("lots", "sentence"),
    [
        ([("CB-1", Decimal(6_000)), ("CB-1", Decimal(6_000))], "Lot CB-1 is there twice"),
        ([("CB-1", Decimal(50_000)), ("CB-2", None)], "The lots add up to 50,000 kg"),
    ],
)
def test_lots_that_cannot_be_are_refused(here: Side, lots: list[tuple[str, Decimal]], sentence: str) -> None:
    factories.transaction_certificate(here)
    certificate = issued(here, send(here, "12,000"))
    with pytest.raises(Refused, match=sentence):
        revise(here, certificate, 12_000, lots)


def test_what_never_left_frees_its_purchase_too_and_a_later_version_frees_nothing_twice(here: Side) -> None:
    bought = factories.transaction_certificate(here)
    certificate = issued(here, send(here, "12,000"))
    allowance = leave(here, certificate, 9_000)
    assert settle(here, certificate, allowance)
    assert (certified(here), of(here, bought)) == (9_000, (0, 9_000, 11_000))
    with pytest.raises(Refused, match="9,000 kg are recorded as shipped"):
        revise(here, certificate, 8_000)
    revise(here, certificate, 9_000)
    assert (certified(here), of(here, bought)) == (9_000, (0, 9_000, 11_000))
    with tenant(here.certifier):
        allowance.refresh_from_db()
        assert (allowance.cap_kg, allowance.released_kg) == (9_000, 0)


def test_the_rest_is_released_once_a_version_under_way_is_published(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    allowance = leave(here, certificate, 18_000)
    with tenant(here.certifier, here.reviewer):
        lots = [(lot["code"], None) for lot in certificate.data["lots"]]
        wish = Wish(Decimal(18_500), lots, "", "As it left.", gross_kg=Decimal(18_900), packages=310)
        revision = revising.ask(certificate=fresh(certificate), wish=wish, by=here.sender)
        revising.approve(revision=revision, by=here.reviewer)
    assert not settle(here, certificate, allowance)
    with tenant(here.certifier):
        endings.revised(fresh(certificate), 2, at=now(), by="a test")
        assert Dispatch.objects.filter(topic="frame", subject_id=certificate.pk, done_at=None).exists()
    assert settle(here, certificate, allowance)
    assert certified(here) == 18_000


def test_no_more_is_reported_as_treated_than_an_approved_version_will_say(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    with tenant(here.certifier, here.reviewer):
        lots = [(lot["code"], None) for lot in certificate.data["lots"]]
        wish = Wish(Decimal(5_000), lots, "", "Less.", gross_kg=Decimal(5_100), packages=80)
        revision = revising.ask(certificate=fresh(certificate), wish=wish, by=here.sender)
        revising.approve(revision=revision, by=here.reviewer)
    with pytest.raises(Refused, match="at most 5,000 kg"):
        treat(here, certificate, 5_001)
    treat(here, certificate, 5_000)


def test_what_was_treated_stays_counted_when_the_rest_is_released(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    treat(here, certificate, 19_000)
    assert settle(here, certificate, leave(here, certificate, 1_000))
    assert certified(here) == 19_000


def test_what_is_recorded_as_left_is_not_replaced(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    with tenant(here.certifier):
        assert limits.obstacles_to_replace(fresh(certificate)) == []
    leave(here, certificate, 9_000)
    with tenant(here.certifier, here.sender), pytest.raises(Refused, match="The goods have left"):
        certificates.replace(certificate=fresh(certificate), by=here.sender)


def test_a_replacement_is_not_published_for_goods_that_left_meanwhile(here: Side) -> None:
    old = issued(here, factories.submitted(here))
    draft = replacing.started(here, old, Decimal(NET))
    with tenant(here.certifier, here.sender):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
    with tenant(here.certifier, here.reviewer):
        new = certificates.begin(line=draft.lines.select_related("request", "account").get(), by=here.reviewer)
        sentence = "Goods are recorded as left under the certificate that it replaces."
        assert sentence not in policies.obstacles_to_publish(fresh(new))
    leave(here, old, 9_000)
    with tenant(here.certifier):
        assert sentence in policies.obstacles_to_publish(fresh(new))


def test_nothing_leaves_under_a_certificate_whose_replacement_is_being_published(here: Side) -> None:
    old = issued(here, factories.submitted(here))
    draft = replacing.started(here, old, Decimal(NET))
    with tenant(here.certifier, here.sender):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
    with tenant(here.certifier, here.reviewer):
        new = certificates.begin(line=draft.lines.select_related("request", "account").get(), by=here.reviewer)
        operation = new.operations.get()
        advance(operation, OperationStatus.SENT, by="a test", last_sent_at=now())
    with pytest.raises(Refused, match="Its replacement is being published"):
        leave(here, old, 9_000)
    with tenant(here.certifier):
        advance(operation, OperationStatus.PENDING, by="a test", last_sent_at=None)
    leave(here, old, 9_000)  # the registry has nothing of it, so that this stops it
    with tenant(here.certifier), pytest.raises(Changed):
        publishing._intend(SimpleNamespace(moment=now()), fresh(new), operation)


def test_nothing_leaves_under_a_replaced_certificate_and_nothing_is_released_again(here: Side) -> None:
    old = issued(here, factories.submitted(here))
    with tenant(here.certifier):
        shipping.begin(fresh(old))
    draft = replacing.started(here, old, Decimal(NET))
    with tenant(here.certifier, here.sender):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
    issued(here, draft)
    with tenant(here.certifier):
        allowance = Allowance.objects.get(certificate_id=old.pk)
    assert allowance.closed_why == Closed.REPLACED
    assert not settle(here, old, allowance)
    assert certified(here) == NET
