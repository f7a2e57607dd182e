"""What the registry accepts: the hash fits, both parties are certified today, the certifier may speak for the exporter."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from nopic.oid.payloads import canonical, fingerprint

from .models import Certifier, Operation
from .problems import Refused
from .statuses import OperationKind, OperationStatus


def payload_fits_its_hash(payload: Mapping[str, Any], sha256: str) -> None:
    """The hash that came along is that of the payload that arrived."""
    try:
        raw = canonical(payload)
    except (TypeError, ValueError) as error:
        raise Refused("shape", "The payload has no canonical form.", {"payload": str(error)[:200]}) from error
    if b"\\u0000" in raw:
        raise Refused("shape", "The payload holds a character that cannot be stored.")
    if fingerprint(payload) != sha256:
        raise Refused("hash", "The hash is not that of the payload.", {"sha256": "The payload has another hash."})


def may_be_registered(certifier: Certifier, payload: Mapping[str, Any], today: datetime) -> tuple[Operation, Operation]:
    """The exporter and the importer of a payload that may be registered today."""
    if payload["certifier"]["nop_code"] != certifier.code:
        raise Refused(
            "certifier_not_allowed",
            "The key belongs to another certifier.",
            {"payload.certifier.nop_code": "This is not the caller's code."},
        )
    if Decimal(payload["net_weight_kg"]) <= 0:
        raise Refused("weight", "The net weight must be above zero.", {"payload.net_weight_kg": "Must be above zero."})
    first, last = payload["coverage"]["first_departure"], payload["coverage"]["last_departure"]
    if first > last:
        raise Refused(
            "dates", "The period is backwards.", {"payload.coverage": "The first departure is after the last."}
        )
    exporter = _certified("exporter", payload["exporter"]["nop_id"], OperationKind.EXPORTER, today)
    if certifier.code not in exporter.certifiers:
        raise Refused(
            "certifier_not_allowed",
            "The exporter is certified by another certifier.",
            {"payload.exporter.nop_id": "Not an operation of this certifier."},
        )
    if payload["final_handler"] is not None:
        _certified("final_handler", payload["final_handler"]["nop_id"], None, today)
    return exporter, importer(payload, today)


def importer(payload: Mapping[str, Any], today: datetime) -> Operation:
    """The importer that a payload names, certified today."""
    return _certified("importer", payload["importer"]["nop_id"], OperationKind.IMPORTER, today)


def _certified(party: str, nop_id: str, kind: OperationKind | None, today: datetime) -> Operation:
    field = f"payload.{party}.nop_id"
    operation = Operation.objects.filter(pk=nop_id).first()
    if operation is None:
        raise Refused(f"{party}_unknown", f"No operation has the NOP ID {nop_id}.", {field: "Not listed."})
    if operation.status != OperationStatus.CERTIFIED or operation.certified_on > today.date():
        raise Refused(
            f"{party}_not_certified",
            f"{operation.name} is not certified today: {operation.status} since {operation.status_since}.",
            {field: "Not certified today."},
        )
    if kind is not None and operation.kind not in (kind, OperationKind.BOTH):
        raise Refused(f"{party}_wrong_kind", f"{operation.name} is not listed as {kind}.", {field: f"Not an {kind}."})
    return operation
