"""The dated record of shipments: rendered after every change, stored by its hash, and named in the public record."""

from django.conf import settings

from nopic.certificates.issuance.paper import AREA
from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.pdf.boxes_v1 import day
from nopic.certificates.pdf.shipments import Row, ShipmentRecord, render_record
from nopic.documents import files
from nopic.frames import queries as frames
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim


def render_shipments(claim: Claim) -> None:
    """Print what stands now. A change meanwhile owes it again, so the newest record always wins."""
    with tenant(claim.certifier_id):
        facts = _facts(claim)
        if facts is None:
            claim.finish()
            return
    stored = files.store_bytes(claim.certifier_id, render_record(facts), area=AREA)
    with tenant(claim.certifier_id):
        PublicRecord.objects.filter(certifier_id=claim.certifier_id, certificate_id=claim.subject_id).update(
            record_sha256=stored.sha256, record_size=stored.size, record_at=facts.as_of
        )
        claim.finish()


def _facts(claim: Claim) -> ShipmentRecord | None:
    certificate = (
        Certificate.objects.select_related("request__policy")
        .filter(certifier_id=claim.certifier_id, pk=claim.subject_id)
        .first()
    )
    allowance = frames.allowance_of(claim.certifier_id, claim.subject_id)
    if certificate is None or not certificate.number or allowance is None or certificate.request.policy is None:
        return None
    data, at = certificate.data, now()
    return ShipmentRecord(
        number=certificate.number, certifier=data["certifier"]["name"], exporter=data["exporter"]["name"],
        importer=data["importer"]["name"], product=data["product"]["name"], hts=data["hts"], cap=allowance.cap_kg,
        shipped=allowance.shipped_kg, planned=allowance.planned_kg, first=allowance.first_on, last=allowance.last_on,
        as_of=at, as_of_words=f"{day(at.date().isoformat())}, {at:%H:%M} UTC",
        cancelled=certificate.cancel_requested_at is not None, registry_is_mock=settings.OID_IS_MOCK,
        page_size=certificate.page_size,
        rows=[
            Row(one.number, one.status, one.departs_on, one.kg, tuple(one.lots), one.unit, one.document, one.arrived_on)
            for one in reversed(frames.standing(allowance))
        ],
    )  # fmt: skip
