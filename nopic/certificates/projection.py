"""What readers outside the tenant see of a certificate; written in the same transaction as every change of it."""

from typing import Any

from nopic.certificates import policies, printed, standing
from nopic.certificates.models import Certificate, PublicRecord
from nopic.frames import queries as frames
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest
from nopic.tenants import secrets
from nopic.tenants.models import Broker
from nopic.workflow.dispatch import owe


def verification_secret(number: str, key: str) -> str:
    """What opens the public record: number and key together."""
    return f"{number}:{key}"


def refresh(certificate: Certificate) -> None:
    """Bring the public record in line; the caller holds the certificate's lock. Without a number there is none.

    `cancelled_at` is set from the moment the cancellation was asked for: nobody may rely on it while the registry has
    yet to confirm.
    """
    if not certificate.number or not certificate.issued_at:
        return
    # Read after the certificate's lock: what was joined to it may have been read while waiting for that lock.
    certificate.request = request = CertificateRequest.objects.select_related("policy", "dossier").get(
        certifier_id=certificate.certifier_id, pk=certificate.request_id
    )
    file, registrys = printed.file_to_hand_out(certificate), policies.registry_paper(certificate)
    facts = {
        "request_id": certificate.request_id,
        "importer_id": certificate.importer_id,
        "broker_id": _broker_id(request.broker_email),
        "number": certificate.number,
        "status": certificate.status,
        "data": certificate.data,
        "version": certificate.version,
        "revised_at": certificate.revised_at,
        "issued_at": certificate.issued_at,
        "departure_on": policies.departure_of(certificate),
        "departure_ends_at": policies.departure_ends(certificate),
        "departed_on": policies.said_left(certificate),
        **_shipments(certificate),
        "arrival_on": policies.arrival_of(certificate),
        "cancelled_at": certificate.cancel_requested_at or certificate.cancelled_at,
        "cancel_reason": policies.why_cancelled(certificate),
        "replaces": (certificate.replaces.number if certificate.replaces else "") or "",
        "replaced_by": _number_of(standing.replacement_of(certificate)) if certificate.superseded_at else "",
        "superseded_at": certificate.superseded_at,
        "final_document_owed": final_document_owed(request),
        "routing": certificate.routing,
        "non_organic_kg": certificate.non_organic_kg,
        "file_sha256": file.sha256 if file else "",
        "file_size": file.size if file else None,
        "registry_sha256": registrys.sha256 if registrys else "",
        "registry_size": registrys.size if registrys else None,
    }
    # The certificate's row is locked by whoever changes it, so nobody else creates the record meanwhile.
    mine = PublicRecord.objects.filter(certificate_id=certificate.pk, certifier_id=certificate.certifier_id)
    owe("owed_documents", certificate.request_id, certifier_id=certificate.certifier_id)
    if not mine.update(**facts):
        PublicRecord.objects.create(certificate_id=certificate.pk, certifier_id=certificate.certifier_id, **facts)
        secrets.register(
            "verify",
            verification_secret(certificate.number, certificate.verification_key),
            subject_id=certificate.pk,
            certifier_id=certificate.certifier_id,
            expires_at=None,
        )


def _shipments(certificate: Certificate) -> dict[str, Any]:
    """What was recorded under it: the balances, and every shipment that stands."""
    time_frame = policies.is_time_frame(certificate)
    facts = {"time_frame": time_frame, "used_up_on": certificate.used_up_on if time_frame else None}
    allowance = frames.allowance_of(certificate.certifier_id, certificate.pk)
    if allowance is None:
        return facts
    return facts | {
        "planned_kg": allowance.planned_kg,
        "shipped_kg": allowance.shipped_kg,
        "shipments": [frames.as_json(one) for one in frames.standing(allowance)],
    }


def refresh_request(request: CertificateRequest) -> None:
    """The same for every certificate of a request: its departure or its transport document has changed.

    Each is locked and read now: whoever cancels one meanwhile comes before or after, and is never written over.
    """
    mine = Certificate.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    for certificate in mine.select_for_update(of=("self",)).order_by("pk"):
        refresh(certificate)


def final_document_owed(request: CertificateRequest) -> bool:
    """Whether the definitive transport document has still to come (needed before customs clearance)."""
    return any(slot.lacks_final for slot in load(request).slots)


def _number_of(certificate: Certificate | None) -> str:
    return (certificate.number if certificate else "") or ""


def _broker_id(email: str) -> int | None:
    """A broker is found by its exact address only."""
    if not email:
        return None
    return Broker.objects.filter(email=email.strip().lower()).values_list("pk", flat=True).first()
