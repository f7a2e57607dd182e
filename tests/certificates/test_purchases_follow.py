"""What a certificate says and what was bought for it move together: transaction certificates, recorded shipments."""

from decimal import Decimal
from uuid import uuid4

import pytest

from nopic.certificates import actions as certificates
from nopic.certificates import shipping
from nopic.certificates.actions import revising
from nopic.certificates.issuance import endings
from nopic.certificates.limits import Wish
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus, OperationStatus
from nopic.frames.actions import Said
from nopic.ledger.models import InputCertificate
from nopic.requests import actions as filing
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.context import tenant
from nopic.watch import actions as watch
from nopic.workflow.clock import now, today
from nopic.workflow.transitions import Refused, advance
from tests import factories
from tests.factories import Side, World
from tests.faults import replacing
from tests.ledger.test_inputs import balance, send


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def issued(side: Side, request: CertificateRequest) -> Certificate:
    """The certificate of its one line, published: what the worker does once the registry has given the number."""
    with tenant(side.certifier, side.reviewer):
        line = RequestLine.objects.select_related("request", "account").get(request=request)
        certificate = certificates.begin(line=line, by=side.reviewer)
        for operation in certificate.operations.all():
            advance(operation, OperationStatus.SENT, by="a test", last_sent_at=now())
            advance(operation, OperationStatus.DONE, by="a test", done_at=now())
        advance(certificate, CertificateStatus.ISSUING, by="a test")
        certificate = fresh(certificate)
        endings.issued(certificate, f"901-9010004127-{certificate.pk:06}", at=now(), by="a test")
    return certificate


def fresh(certificate: Certificate) -> Certificate:
    known = Certificate.objects.select_related("request__policy", "line__account", "line__request", "replaces")
    return known.get(pk=certificate.pk)


def revised(side: Side, certificate: Certificate, kg: int) -> None:
    """The next version says so many kilograms, all of the one lot."""
    with tenant(side.certifier, side.reviewer):
        wish = Wish(
            Decimal(kg), [("CB-1", None)], "", "Part of it stays.", gross_kg=Decimal(kg + 20), packages=kg // 60
        )
        revision = revising.ask(certificate=fresh(certificate), wish=wish, by=side.sender)
        revising.approve(revision=revision, by=side.reviewer)
        endings.revised(fresh(certificate), revision.version, at=now(), by="a test")


def of(side: Side, bought: InputCertificate) -> tuple[Decimal, Decimal, Decimal]:
    """(held, used, left) kilograms of the transaction certificate; the entries add up to them."""
    with tenant(side.certifier):
        return balance(bought)


def test_a_version_with_less_frees_what_it_needs_no_more_of_the_purchase(here: Side) -> None:
    bought = factories.transaction_certificate(here)
    certificate = issued(here, send(here, "12,000"))
    assert of(here, bought) == (0, 12_000, 8_000)
    revised(here, certificate, 9_000)
    assert of(here, bought) == (0, 9_000, 11_000)
    revised(here, certificate, 6_000)
    assert of(here, bought) == (0, 6_000, 14_000)
    with tenant(here.certifier):
        certificates.cancel(
            certificate=fresh(certificate), by=here.reviewer, reason="goods_not_shipped", note="Not shipped"
        )
        endings.cancelled(fresh(certificate), at=now(), by="a test")
    assert of(here, bought) == (0, 0, 20_000)


@pytest.mark.parametrize(("kg", "held"), [(12_000, 0), (15_000, 3_000), (9_000, 0)])
def test_a_purchase_is_lent_to_the_replacement_and_goes_over_once(here: Side, kg: int, held: int) -> None:
    bought = factories.transaction_certificate(here)
    old = issued(here, send(here, "12,000"))
    draft = replacing.started(here, old, Decimal(kg))
    with tenant(here.certifier, here.sender):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
    assert of(here, bought) == (held, 12_000, 8_000 - held)
    with pytest.raises(Refused, match="are left on transaction certificate"):
        send(here, f"{8_001 - held:,}")
    new = issued(here, draft)
    assert new.replaces_id == old.pk
    assert of(here, bought) == (0, kg, 20_000 - kg)


def test_a_replacement_begins_with_what_the_certificate_says_by_now(here: Side) -> None:
    factories.transaction_certificate(here)
    old = issued(here, send(here, "12,000"))
    revised(here, old, 9_000)
    with tenant(here.certifier, here.sender):
        watch.change_routing(certificate=fresh(old), values={"vessel": "Crane Puget 42N"}, note="", by=here.sender)
        draft = certificates.replace(certificate=fresh(old), by=here.sender)
        line = draft.lines.get(removed=False)
        [lot] = line.lots.all()
        [bought] = RequestLine.objects.get(request=old.request).lots.all()
    assert (line.net_kg, line.gross_kg, line.packages) == (9_000, 9_020, 150)
    assert (lot.code, lot.kg, lot.supplier_id, lot.proof) == ("CB-1", None, bought.supplier_id, bought.proof)
    assert (draft.vessel, draft.transport_document) == ("Crane Puget 42N", old.request.transport_document)


def test_a_replacement_that_is_withdrawn_leaves_the_purchase_with_the_old_one(here: Side) -> None:
    bought = factories.transaction_certificate(here)
    old = issued(here, send(here, "12,000"))
    draft = replacing.started(here, old, Decimal(15_000))
    with tenant(here.certifier, here.sender):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
        filing.withdraw(request=draft, by=here.sender, reason="Not needed")
    assert of(here, bought) == (0, 12_000, 8_000)


def test_no_version_says_less_than_what_is_recorded_as_shipped(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    with tenant(here.certifier, here.sender):

        def leave(kg: int) -> None:
            said = Said(today("UTC"), Decimal(kg), lots=("A",))
            shipping.record_shipment(
                certificate=fresh(certificate), said=said, has_left=False, key=uuid4(), by=here.sender
            )

        leave(19_000)
        lots = [(lot["code"], None) for lot in certificate.data["lots"]]
        wish = Wish(Decimal(18_000), lots, "", "Less.", gross_kg=Decimal(18_400), packages=300)
        with pytest.raises(Refused, match="19,000 kg are recorded as shipped or planned"):
            revising.ask(certificate=fresh(certificate), wish=wish, by=here.sender)


def test_what_a_reviewer_approved_may_not_be_exceeded_before_it_is_published(here: Side) -> None:
    certificate = issued(here, factories.submitted(here))
    with tenant(here.certifier, here.sender):
        lots = [(lot["code"], None) for lot in certificate.data["lots"]]
        wish = Wish(Decimal(18_000), lots, "", "Less.", gross_kg=Decimal(18_400), packages=300)
        revision = revising.ask(certificate=fresh(certificate), wish=wish, by=here.sender)
        revising.approve(revision=revision, by=here.reviewer)
        for kg, fits in ((18_001, False), (18_000, True)):
            said = Said(today("UTC"), Decimal(kg), lots=("A",))
            facts = {"certificate": fresh(certificate), "said": said, "has_left": False, "key": uuid4()}
            if fits:
                shipping.record_shipment(by=here.sender, **facts)
            else:
                with pytest.raises(Refused, match="At most 18,000 kg are possible"):
                    shipping.record_shipment(by=here.sender, **facts)
