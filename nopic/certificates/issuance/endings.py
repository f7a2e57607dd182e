"""How the work on a certificate ends: issued, abandoned or cancelled; and where its kilograms go."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.certificates import policies, printed, projection, shipping
from nopic.certificates.models import CancelWish, Certificate, RegistryOperation, Revision
from nopic.certificates.statuses import (
    CLOSED_OPERATION,
    OPEN_REVISION,
    CertificateStatus,
    Corrected,
    OperationKind,
    OperationStatus,
    RevisionStatus,
)
from nopic.fees import actions as fees
from nopic.ledger import accounts, inputs
from nopic.ledger.models import Account
from nopic.oid.payloads import fingerprint
from nopic.requests.facts import LineFacts, load
from nopic.requests.lending import drawn_by
from nopic.tenants.models import Importer
from nopic.workflow.audit import Actor, record
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import advance


@dataclass(frozen=True)
class Goods:
    """The kilograms of one certificate and where they are accounted."""

    account: Account
    kg: Decimal
    line_id: int
    turn: int


def goods_of(certificate: Certificate) -> Goods:
    """An approved line has an account and a weight."""
    line = certificate.line
    assert line.account is not None and line.net_kg is not None  # noqa: S101, PT018
    # What the certificate says now: a revision has lowered it and given the difference back.
    kg = Decimal(certificate.data["net_weight_kg"]) if certificate.version > 1 else line.net_kg
    return Goods(line.account, kg, line.pk, certificate.request.turn)


def issued(certificate: Certificate, number: str, *, at: datetime, by: Actor) -> None:
    """Published: what was held is certified now, the public record begins, and the PDF is owed."""
    advance(
        certificate, CertificateStatus.ISSUED, by=by, note=number, number=number, issued_at=at, attention=""
    )  # fmt: skip
    goods = goods_of(certificate)
    if certificate.replaces_id:
        take_the_place(certificate, goods, at=at, by=by)
    else:
        accounts.issue(goods.account, goods.kg, line_id=goods.line_id, turn=goods.turn, by=by)
    inputs.use(goods.line_id, turn=goods.turn, by=by)
    fees.fall_due(
        certifier_id=certificate.certifier_id, request_id=certificate.request_id, line_id=goods.line_id, by=by
    )
    if policies.is_time_frame(certificate):
        shipping.begin(certificate)
    projection.refresh(certificate)
    owe("render", certificate.pk, certifier_id=certificate.certifier_id)
    owe("index_request", certificate.request_id, certifier_id=certificate.certifier_id)  # it is found by its number


def take_the_place(new: Certificate, goods: Goods, *, at: datetime, by: Actor) -> None:
    """The certificate that it replaces is dead from this moment; its kilograms go over, under one lock of the accounts.

    Given back first and certified anew then: neither order of the readers ever sees more than the allocation. The caller
    holds the locks of both certificates, the older one's first.
    """
    old = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("request__policy", "line__account")
        .get(certifier_id=new.certifier_id, pk=new.replaces_id)
    )
    shipping.replaced(old, by=by)
    theirs = goods_of(old)
    accounts.lock({goods.account.pk, theirs.account.pk})
    accounts.give_back(
        theirs.account, theirs.kg, line_id=theirs.line_id, turn=theirs.turn, by=by, reason=f"replaced by {new.number}"
    )  # fmt: skip
    held = accounts.held_for([goods.line_id]).get(goods.line_id, Decimal(0))
    accounts.swap(goods.account, goods.kg, held=held, line_id=goods.line_id, turn=goods.turn, by=by)
    if inputs.used_by(theirs.line_id):
        inputs.swap(
            goods.line_id, {each.pk: kg for each, kg in _facts_of(new).drawn.values()}, old=theirs.line_id, turns=(theirs.turn, goods.turn),
            by=by, reason=f"replaced by {new.number}",
        )  # fmt: skip
    drop_changes(old, OperationKind.REVISE, OperationKind.WEIGHTS, by=by)
    advance(
        old, CertificateStatus.SUPERSEDED, by=by, note=new.number or "", superseded_at=at,
        attention=policies.registry_differs(old),
    )  # fmt: skip
    if (wish := policies.wish_to_cancel(old)) is not None:  # whoever asked that it end reads that it has
        wish.answer(CancelWish.Outcome.REPLACED, by=new.approved_by)
    new.non_organic_kg = old.non_organic_kg  # what was treated on the way stays so, whatever the number
    new.save(update_fields=["non_organic_kg"])
    record(new, "took the place", by=by, old=old.number or "", new=new.number or "", kg=str(goods.kg))
    projection.refresh(old)
    owe("render", old.pk, certifier_id=old.certifier_id)
    owe("hand_over", old.pk, certifier_id=old.certifier_id)


def abandon(certificate: Certificate, operation: RegistryOperation, *, by: Actor) -> None:
    """Cancelled, and the registry provably holds nothing: close every open operation and release the hold."""
    for one in certificate.operations.exclude(status__in=CLOSED_OPERATION):
        if one.status == OperationStatus.SENT:
            advance(one, OperationStatus.IN_DOUBT, by=by)
        advance(one, OperationStatus.SUPERSEDED, by=by)
    advance(certificate, CertificateStatus.ABANDONED, by=by, note=certificate.cancel_note, attention="")
    goods = goods_of(certificate)
    held = accounts.held_for([goods.line_id]).get(goods.line_id)  # a replacement may hold less than it weighs
    if held:
        accounts.release(
            goods.account, held, line_id=goods.line_id, turn=goods.turn, by=by, reason="not issued"
        )  # fmt: skip
    inputs.release([goods.line_id], turn=goods.turn, by=by, reason="not issued")
    if certificate.cancel_wishes.filter(certifier_id=certificate.certifier_id, outcome="cancelled").exists():
        owe("hand_over", certificate.pk, certifier_id=certificate.certifier_id)


def cancelled(certificate: Certificate, *, at: datetime, by: Actor, note: str = "") -> None:
    """The registry has cancelled it. Its kilograms may be certified again, unless the goods have left with it."""
    goods = goods_of(certificate)
    used, given_back = shipping.stays_used(certificate, goods.kg)
    kept = used > 0
    stays = _("The goods have left: %(kg)s kg stay used.") % {"kg": used} if kept else ""
    advance(
        certificate, CertificateStatus.CANCELLED, by=by, note=" ".join(filter(None, (note, stays))),
        cancelled_at=at, kilograms_kept=kept, attention=policies.registry_differs(certificate),
    )  # fmt: skip
    if kept:
        record(certificate, "kilograms stay used", by=by, note=stays, kg=str(used))
    # What was treated on the way is never certified again.
    given_back = min(given_back, goods.kg - certificate.non_organic_kg)
    if given_back > 0:
        certified = accounts.used_by(goods.line_id, goods.account.pk)
        accounts.give_back(
            goods.account, given_back, line_id=goods.line_id, turn=goods.turn, by=by, reason=certificate.cancel_reason
        )  # fmt: skip
        inputs.give_back(
            goods.line_id, turn=goods.turn, by=by, reason=certificate.cancel_reason, share=given_back / max(certified, given_back)
        )  # fmt: skip
    projection.refresh(certificate)
    owe("hand_over", certificate.pk, certifier_id=certificate.certifier_id)


def revised(certificate: Certificate, version: int, *, at: datetime, by: Actor) -> None:
    """The registry has taken the next version: it holds from now on, and the kilograms saved may be certified again."""
    revision = Revision.objects.get(
        certifier_id=certificate.certifier_id, certificate=certificate, version=version, status=RevisionStatus.APPROVED
    )
    goods, file = goods_of(certificate), printed.file_to_hand_out(certificate)
    certified = accounts.used_by(goods.line_id, goods.account.pk)  # without what never left and was given back before
    saved = max(certified - revision.net_kg, Decimal(0))
    advance(
        revision, RevisionStatus.PUBLISHED, by=by, published_at=at, before=certificate.data,
        before_file=file.sha256 if file else "",
    )  # fmt: skip
    certificate.version, certificate.revised_at, certificate.data = version, at, revision.data
    certificate.data_sha256 = fingerprint(certificate.data)
    if revision.corrects == Corrected.IMPORTER:  # who may read it goes with the right NOP ID
        certificate.importer = Importer.objects.get(nop_id=revision.corrected_to)
    certificate.save(update_fields=["version", "revised_at", "data", "data_sha256", "importer"])
    record(certificate, "revised", by=by, version=version, kg=str(revision.net_kg), given_back=str(saved))
    if saved:
        accounts.reduce(goods.account, saved, line_id=goods.line_id, version=version, by=by)
    if saved and (used := inputs.used_by(goods.line_id)):
        lots = [(lot["code"], Decimal(lot["kg"]) if lot.get("kg") else None) for lot in revision.lots]
        left = drawn_by(_facts_of(certificate), lots, used=used, before=certified, net_kg=revision.net_kg)
        inputs.reduce(goods.line_id, left, version=version, by=by)
    certificate.attention = policies.registry_differs(certificate)
    certificate.save(update_fields=["attention"])
    projection.refresh(certificate)
    owe("render", certificate.pk, certifier_id=certificate.certifier_id)
    owe("frame", certificate.pk, certifier_id=certificate.certifier_id)  # what never left may have waited for it


def _facts_of(certificate: Certificate) -> LineFacts:
    """Its line with lots and the transaction certificates that they name."""
    return next(each for each in load(certificate.request).lines if each.line.pk == certificate.line_id)


def weights_reported(certificate: Certificate, operation: RegistryOperation, *, at: datetime, by: Actor) -> None:
    """The registry knows what really left."""
    certificate.actual_kg, certificate.weights_reported_at = Decimal(operation.payload["net_weight_kg"]), at
    certificate.attention = policies.registry_differs(certificate)
    certificate.save(update_fields=["actual_kg", "weights_reported_at", "attention"])
    record(certificate, "weights reported", by=by, sequence=operation.generation, kg=str(certificate.actual_kg))


def drop_changes(certificate: Certificate, *kinds: OperationKind, by: Actor) -> None:
    """Close what is still owed of these kinds: the certificate ends, or a newer one says it better.

    Also what was sent and not answered: a dead number keeps no version, and an older report never wins over a newer.
    """
    mine = certificate.operations.filter(certifier_id=certificate.certifier_id, kind__in=kinds)
    for one in mine.exclude(status__in=CLOSED_OPERATION):
        if one.status == OperationStatus.SENT:
            advance(one, OperationStatus.IN_DOUBT, by=by)
        advance(one, OperationStatus.SUPERSEDED, by=by)
    if OperationKind.REVISE in kinds:
        open_ones = certificate.revisions.filter(certifier_id=certificate.certifier_id, status__in=OPEN_REVISION)
        for revision in open_ones:
            advance(revision, RevisionStatus.WITHDRAWN, by=by, note="the certificate ends")
            fees.let_go_revision(certifier_id=certificate.certifier_id, revision_id=revision.pk, by=by)
