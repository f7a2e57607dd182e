"""What the registry does: register, cancel, replace, weigh; each act one transaction and one entry in the control log.

In idempotent mode the same reference with the same hash answers with what was recorded first, and another hash is a
conflict. In the other mode every registration makes a certificate, so a caller that repeats itself makes a duplicate.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from . import checks
from .access import key_hash
from .deadlines import Deadline
from .models import Behaviour, Certificate, Certifier, LogEntry, Operation, Serial
from .problems import Conflict, Refused
from .serializers.answered import LoadSerializer
from .statuses import CertificateStatus, LogKind


def behaviour() -> Behaviour:
    """How the server behaves now; the start's settings until somebody changes it."""
    return Behaviour.objects.get_or_create(pk=1, defaults={"idempotent": settings.IDEMPOTENT})[0]


def register(
    *, certifier: Certifier, client_ref: str, sha256: str, payload: Mapping[str, Any], deadline: Deadline
) -> tuple[LogEntry, bool]:
    """Publish a certificate; returns its log entry and whether it is new."""
    checks.payload_fits_its_hash(payload, sha256)

    def publish() -> LogEntry:
        certificate = _publish(certifier, client_ref, sha256, payload)
        return _log(certificate, LogKind.REGISTER, client_ref, sha256, payload)

    return _once(certifier, client_ref, sha256, deadline, publish)


def cancel(
    *, certifier: Certifier, number: str, client_ref: str, sha256: str, payload: Mapping[str, Any], deadline: Deadline
) -> tuple[LogEntry, bool]:
    """Cancel a published certificate; its number stays used."""
    _is_about(number, payload, sha256)

    def act() -> LogEntry:
        certificate = _published(certifier, number)
        certificate.status = CertificateStatus.CANCELLED
        certificate.cancelled_at = timezone.now()
        certificate.cancel_reason = payload["reason"]
        certificate.cancel_text = payload["text"]
        certificate.save()
        return _log(certificate, LogKind.CANCEL, client_ref, sha256, payload)

    return _once(certifier, client_ref, sha256, deadline, act)


def replace(
    *, certifier: Certifier, number: str, client_ref: str, sha256: str, payload: Mapping[str, Any], deadline: Deadline
) -> tuple[LogEntry, bool]:
    """Publish a new certificate in the place of a published one; both know each other."""
    _is_about(number, payload, sha256)

    def act() -> LogEntry:
        return _replace(_published(certifier, number), client_ref, sha256, payload)

    return _once(certifier, client_ref, sha256, deadline, act)


def replace_reference(
    *,
    certifier: Certifier,
    reference: str,
    client_ref: str,
    sha256: str,
    payload: Mapping[str, Any],
    deadline: Deadline,
) -> tuple[LogEntry, bool]:
    """The same for the one certificate published under the caller's `reference`, whose number it need not know."""
    checks.payload_fits_its_hash(payload, sha256)
    if payload["replaces"] != reference:
        raise Refused(
            "shape", "The payload is about another reference.", {"payload.replaces": "Not the addressed one."}
        )

    def act() -> LogEntry:
        mine = Certificate.objects.filter(certifier=certifier, client_ref=reference)
        valid = [one.number for one in mine if one.status == CertificateStatus.PUBLISHED]
        if len(valid) > 1:
            raise Conflict("reference_ambiguous", f"Several certificates are published under {reference}.")
        numbers = valid or [one.number for one in mine]
        if not numbers:
            raise Refused(
                "reference_unknown", f"No certificate under {reference}.", {"payload.replaces": "Not listed."}
            )
        return _replace(_published(certifier, numbers[0]), client_ref, sha256, payload)

    return _once(certifier, client_ref, sha256, deadline, act)


def revise(
    *, certifier: Certifier, number: str, client_ref: str, sha256: str, payload: Mapping[str, Any], deadline: Deadline
) -> tuple[LogEntry, bool]:
    """Publish the next version under the same number: never more kilograms, no version twice, a certified importer."""
    _is_about(number, payload, sha256)
    weight = Decimal(payload["net_weight_kg"])
    if weight <= 0:
        raise Refused("weight", "The net weight must be above zero.", {"payload.net_weight_kg": "Must be above zero."})

    def act() -> LogEntry:
        certificate = _published(certifier, number)
        if payload["version"] != certificate.version + 1:
            raise Conflict("version", f"Certificate {number} has version {certificate.version}.")
        if weight > certificate.net_weight_kg:
            raise Refused(
                "weight_up",
                "A revision may only lower the net weight; more needs a replacement.",
                {"payload.net_weight_kg": "More than the version before."},
            )
        if payload["importer"]["nop_id"] != certificate.importer_id:
            certificate.importer = checks.importer(payload, timezone.now())
        certificate.hts = payload["hts"]
        certificate.version = payload["version"]
        certificate.net_weight_kg = weight
        certificate.save()
        return _log(certificate, LogKind.REVISE, client_ref, sha256, payload)

    return _once(certifier, client_ref, sha256, deadline, act)


def report_weight(
    *, certifier: Certifier, number: str, client_ref: str, sha256: str, payload: Mapping[str, Any], deadline: Deadline
) -> tuple[LogEntry, bool]:
    """Record the actual net weight in kg, in total and of each shipment.

    A later report (by its sequence) takes the place of an earlier one, never the other way round.
    """
    _is_about(number, payload, sha256)
    weight = Decimal(payload["net_weight_kg"])
    if weight <= 0:
        raise Refused("weight", "The net weight must be above zero.", {"payload.net_weight_kg": "Must be above zero."})
    shipped = sum((Decimal(one["net_weight_kg"]) for one in payload["shipments"]), Decimal(0))
    if payload["shipments"] and shipped != weight:
        raise Refused("weight_sum", "The shipments do not add up to the total.", {"payload.shipments": "Another sum."})

    def act() -> LogEntry:
        certificate = _published(certifier, number)
        if payload["sequence"] <= certificate.weights_sequence:
            raise Conflict("sequence", f"Report {certificate.weights_sequence} of {number} is newer.")
        certificate.weights_sequence = payload["sequence"]
        certificate.actual_net_weight_kg = weight
        certificate.save()
        return _log(certificate, LogKind.WEIGHT, client_ref, sha256, payload)

    return _once(certifier, client_ref, sha256, deadline, act)


def load(document: Mapping[str, Any]) -> str:
    """Add or renew certifiers and operations; returns one line that says how many. Raises DRF's ValidationError."""
    data = LoadSerializer(data=document)
    data.is_valid(raise_exception=True)
    with transaction.atomic():
        for one in data.validated_data["certifiers"]:
            fields = {"name": one["name"], "key_sha256": key_hash(one["key"])}
            Certifier.objects.update_or_create(code=one["code"], defaults=fields)
        for one in data.validated_data["operations"]:
            fields = {"status_since": one["certified_on"], **one}
            Operation.objects.update_or_create(nop_id=fields.pop("nop_id"), defaults=fields)
    counts = [len(data.validated_data[name]) for name in ("certifiers", "operations")]
    return f"loaded {counts[0]} certifiers and {counts[1]} operations"


def _once(
    certifier: Certifier, client_ref: str, sha256: str, deadline: Deadline, act: Callable[[], LogEntry]
) -> tuple[LogEntry, bool]:
    """Run one act in its own transaction, unless it was recorded before; raises TooLate instead of committing late."""
    deadline.hold()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Waiting for a lock counts as well: what still waits at the deadline is given up by the database, and a
            # trigger on the log refuses to commit after it, even if this process was frozen in between.
            cursor.execute(
                "SELECT set_config('statement_timeout', %s, true), set_config('mock_oid.deadline', %s, true)",
                [str(max(int(deadline.left() * 1000), 1)), repr(deadline.at)],
            )
            # One act per reference at a time.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{certifier.code} {client_ref}"])
        if behaviour().idempotent:
            earlier = under(certifier=certifier, client_ref=client_ref).first()
            if earlier is not None and earlier.sha256 == sha256:
                return earlier, False
            if earlier is not None:
                raise Conflict("reference_used", "This reference was used for something else.")
        entry = act()
        deadline.hold()
    return entry, True


def under(*, certifier: Certifier, client_ref: str) -> QuerySet[LogEntry]:
    """Everything that was recorded under the certifier's reference, oldest first."""
    return (
        LogEntry.objects.filter(certifier=certifier, client_ref=client_ref).select_related("certificate").order_by("id")
    )


def _publish(
    certifier: Certifier, client_ref: str, sha256: str, payload: Mapping[str, Any], replaces: Certificate | None = None
) -> Certificate:
    now = timezone.now()
    exporter, importer = checks.may_be_registered(certifier, payload, now)
    return Certificate.objects.create(
        number=_next_number(certifier, exporter),
        certifier=certifier,
        exporter=exporter,
        importer=importer,
        client_ref=client_ref,
        sha256=sha256,
        payload=payload,
        hts=payload["hts"],
        net_weight_kg=Decimal(payload["net_weight_kg"]),
        published_at=now,
        replaces=replaces,
    )


def _replace(old: Certificate, client_ref: str, sha256: str, payload: Mapping[str, Any]) -> LogEntry:
    """The new certificate, the old one's end and the link between both; in the caller's transaction."""
    new = _publish(old.certifier, client_ref, sha256, payload["certificate"], replaces=old)
    old.status = CertificateStatus.REPLACED
    old.save()
    entry = _log(new, LogKind.REPLACE, client_ref, sha256, payload)
    _log(old, LogKind.REPLACED, "", "", {"replaced_by": new.number})
    return entry


def _next_number(certifier: Certifier, exporter: Operation) -> str:
    """The next number of this certifier for this exporter; the row's lock is held until the commit."""
    Serial.objects.get_or_create(certifier=certifier, exporter=exporter, defaults={"last": 0})
    serial = Serial.objects.select_for_update().get(certifier=certifier, exporter=exporter)
    if serial.last >= 999_999:
        raise Refused("serials_used_up", "All numbers of this exporter are used.")
    serial.last += 1
    serial.save()
    return f"{certifier.code}-{exporter.nop_id}-{serial.last:06d}"


def _published(certifier: Certifier, number: str) -> Certificate:
    certificate = Certificate.objects.select_for_update().filter(certifier=certifier, number=number).first()
    if certificate is None:
        raise Refused("number_unknown", f"No certificate {number} of this certifier.", {"number": "Not listed."})
    if certificate.status != CertificateStatus.PUBLISHED:
        raise Conflict(f"already_{certificate.status}", f"Certificate {number} is {certificate.status}.")
    return certificate


def _is_about(number: str, payload: Mapping[str, Any], sha256: str) -> None:
    checks.payload_fits_its_hash(payload, sha256)
    if payload["number"] != number:
        raise Refused("shape", "The payload is about another number.", {"payload.number": "Not the addressed number."})


def _log(certificate: Certificate, kind: LogKind, client_ref: str, sha256: str, payload: Mapping[str, Any]) -> LogEntry:
    return LogEntry.objects.create(
        certifier_id=certificate.certifier_id,
        certificate=certificate,
        kind=kind,
        client_ref=client_ref,
        sha256=sha256,
        payload=payload,
        recorded_at=timezone.now(),
    )
