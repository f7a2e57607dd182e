"""What each change of a published certificate says to the registry, how it shows there, and what follows here.

A change is safe to repeat, because the registry takes it once: a number is cancelled once, a version follows the one
before it, an older report of weights never wins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from nopic.certificates import policies
from nopic.certificates.issuance.desk import BY, Desk
from nopic.certificates.issuance.endings import cancelled, revised, weights_reported
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import OperationKind
from nopic.oid.client import Record, Registration
from nopic.oid.payloads import cancel_payload
from nopic.tenants.context import tenant


@dataclass(frozen=True)
class Act:
    """One kind of change.

    `call` is its word in the attempts, `payload` what is sent first (repeats send what was written down), `send` the
    call, `shows` since when the registry's record of the number says that it holds (None: it does not), `record` what
    follows here. `read_is_proof`: the number itself says whether it holds, whoever asked for it.
    """

    call: str
    payload: Callable[[Desk], dict[str, Any]]
    send: Callable[[Desk, dict[str, Any]], Registration]
    shows: Callable[[Record, dict[str, Any]], datetime | None]
    record: Callable[[Certificate, RegistryOperation, datetime], None]
    read_is_proof: bool = False


def _frozen(desk: Desk) -> dict[str, Any]:
    return dict(desk.operation.payload)


def _reason(desk: Desk) -> dict[str, Any]:
    """Number and sentence are known only when the issue before it is done."""
    assert desk.certificate.number is not None  # noqa: S101 - the issue before it is done
    with tenant(desk.claim.certifier_id):
        text = policies.cancel_sentence(desk.certificate)
    return cancel_payload(desk.certificate.number, desk.certificate.cancel_reason, text)


def _cancelled_since(there: Record, _payload: dict[str, Any]) -> datetime | None:
    return (there.cancelled_at or there.published_at) if there.status == "cancelled" else None


def _revised_since(there: Record, payload: dict[str, Any]) -> datetime | None:
    shown = (there.version, there.net_weight_kg, there.hts, there.importer_nop_id)
    asked = (
        payload["version"], Decimal(payload["net_weight_kg"]), payload["hts"], payload["importer"]["nop_id"],
    )  # fmt: skip
    return there.published_at if shown == asked and there.status == "published" else None


def _weighed_since(there: Record, payload: dict[str, Any]) -> datetime | None:
    same = there.weights_sequence == payload["sequence"]
    return there.published_at if same and there.actual_net_weight_kg == Decimal(payload["net_weight_kg"]) else None


ACTS: dict[str, Act] = {
    OperationKind.CANCEL: Act(
        "cancel",
        _reason,
        lambda desk, told: desk.registry.cancel(
            desk.operation.client_ref, told["number"], told["reason"], told["text"]
        ),
        _cancelled_since,
        lambda certificate, _operation, at: cancelled(certificate, at=at, by=BY),
        read_is_proof=True,
    ),
    OperationKind.REVISE: Act(
        "revise",
        _frozen,
        lambda desk, told: desk.registry.revise(desk.operation.client_ref, told),
        _revised_since,
        lambda certificate, operation, at: revised(certificate, operation.generation, at=at, by=BY),
    ),
    OperationKind.WEIGHTS: Act(
        "weight",
        _frozen,
        lambda desk, told: desk.registry.report_weights(desk.operation.client_ref, told),
        _weighed_since,
        lambda certificate, operation, at: weights_reported(certificate, operation, at=at, by=BY),
    ),
}
