"""How the work on a certificate ends: issued, abandoned or cancelled; and where its kilograms go."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.certificates import policies, projection
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import CLOSED_OPERATION, CertificateStatus, OperationStatus
from nopic.ledger import accounts
from nopic.ledger.models import Account
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
    return Goods(line.account, line.net_kg, line.pk, certificate.request.turn)


def issued(certificate: Certificate, number: str, *, at: datetime, by: Actor) -> None:
    """Published: what was held is certified now, the public record begins, and the PDF is owed."""
    advance(
        certificate, CertificateStatus.ISSUED, by=by, note=number, number=number, issued_at=at, attention=""
    )  # fmt: skip
    goods = goods_of(certificate)
    accounts.issue(goods.account, goods.kg, line_id=goods.line_id, turn=goods.turn, by=by)
    projection.refresh(certificate)
    owe("render", certificate.pk, certifier_id=certificate.certifier_id)
    owe("index_request", certificate.request_id, certifier_id=certificate.certifier_id)  # it is found by its number


def abandon(certificate: Certificate, operation: RegistryOperation, *, by: Actor) -> None:
    """Cancelled, and the registry provably holds nothing: close every open operation and release the hold."""
    for one in certificate.operations.exclude(status__in=CLOSED_OPERATION):
        if one.status == OperationStatus.SENT:
            advance(one, OperationStatus.IN_DOUBT, by=by)
        advance(one, OperationStatus.SUPERSEDED, by=by)
    advance(certificate, CertificateStatus.ABANDONED, by=by, note=certificate.cancel_note, attention="")
    goods = goods_of(certificate)
    accounts.release(
        goods.account, goods.kg, line_id=goods.line_id, turn=goods.turn, by=by, reason="not issued"
    )  # fmt: skip


def cancelled(certificate: Certificate, *, at: datetime, by: Actor, note: str = "") -> None:
    """The registry has cancelled it. Its kilograms may be certified again, unless the goods have left with it."""
    goods = goods_of(certificate)
    kept = policies.goods_have_left(certificate)
    stays = _("The goods have left: %(kg)s kg stay used.") % {"kg": goods.kg} if kept else ""
    advance(
        certificate, CertificateStatus.CANCELLED, by=by, note=" ".join(filter(None, (note, stays))),
        cancelled_at=at, kilograms_kept=kept, attention=policies.registry_differs(certificate),
    )  # fmt: skip
    if kept:
        record(certificate, "kilograms stay used", by=by, note=stays, kg=str(goods.kg))
    elif goods.kg > certificate.non_organic_kg:  # what was treated on the way is never certified again
        accounts.give_back(
            goods.account, goods.kg - certificate.non_organic_kg, line_id=goods.line_id, turn=goods.turn, by=by, reason=certificate.cancel_reason
        )  # fmt: skip
    projection.refresh(certificate)
    owe("hand_over", certificate.pk, certifier_id=certificate.certifier_id)
