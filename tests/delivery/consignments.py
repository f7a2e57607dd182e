"""Consignments with issued certificates, written as rows: what the handover sees when issuing and rendering are done."""

import hashlib
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdfium2

import nopic.certificates.tasks
import nopic.delivery.tasks
import nopic.watch.tasks  # noqa: F401 - they register what the worker does
from nopic.certificates import projection
from nopic.certificates.models import Certificate, CertificateFile, PublicRecord
from nopic.documents import files
from nopic.documents.models import Dossier, SlotAnswer
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.requests.snapshot import request_snapshot
from nopic.tenants import secrets
from nopic.tenants.context import tenant
from nopic.tenants.models import Importer
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe, run
from nopic.workflow.models import Dispatch
from tests.certificates.samples import COFFEE
from tests.factories import Side

PDF = b"%PDF-1.7 paper of "


@dataclass
class Consignment:
    """One request with its certificates, and what the public needs to see the first of them."""

    side: Side
    request: CertificateRequest
    certificates: list[Certificate]

    @property
    def certificate(self) -> Certificate:
        return self.certificates[0]

    @property
    def number(self) -> str:
        assert self.certificate.number
        return self.certificate.number

    @property
    def key(self) -> str:
        return self.certificate.verification_key


def make(
    side: Side,
    importer: Importer,
    *,
    lines: int = 1,
    reference: str = "2026-0426",
    rendered: bool = True,
    importer_email: str = "buyer@baybridge.example",
    broker_email: str = "desk@harborline.example",
    departure_on: date | None = None,
    arrival_in: int = 24,
    sent_days_ago: int = 0,
) -> Consignment:
    """A request of this side to this importer, decided, with one issued certificate for each line."""
    moment = now()
    departure = departure_on or moment.date() + timedelta(days=5)
    with tenant(side.certifier):
        dossier = Dossier.objects.create(certifier=side.certifier)
        SlotAnswer.objects.create(
            certifier=side.certifier, dossier=dossier, rule="phytosanitary_certificate", answer="does_not_apply",
            reason="Roasted goods need none", by="sender",
        )  # fmt: skip
        request = CertificateRequest.objects.create(
            certifier=side.certifier, exporter=side.exporter, dossier=dossier, reference=reference, status="decided",
            turn=1, created_by=side.sender, departure_on=departure, importer=importer, contact=side.contact,
            importer_email=importer_email, broker_name="Harbor Line", broker_email=broker_email, mode="sea",
            arrival_on=departure + timedelta(days=arrival_in), policy=side.policy, submitted_at=moment,
            submitted_by=side.sender, decided_at=moment, decide_by=moment,
        )  # fmt: skip
        certificates = [_certificate(side, request, importer, at, rendered) for at in range(1, lines + 1)]
        RequestVersion.objects.create(
            certifier=side.certifier,
            request=request,
            number=1,
            snapshot=request_snapshot(request),
            sent_at=moment - timedelta(days=sent_days_ago),
            sent_by="sender",
        )
    return Consignment(side, request, certificates)


def _certificate(
    side: Side, request: CertificateRequest, importer: Importer, position: int, rendered: bool
) -> Certificate:
    moment = now()
    line = RequestLine.objects.create(
        certifier=side.certifier, request=request, position=position, status="approved", item=side.item,
        version=side.version, net_kg=Decimal(38400), decided_at=moment, decided_by=side.reviewer,
    )  # fmt: skip
    number = f"{side.certifier.nop_code}-{side.exporter.nop_id}-{request.pk % 1000:03}{position:03}"
    data: dict[str, Any] = deepcopy(COFFEE)
    data["request"]["reference"] = request.reference
    data["certifier"] |= {"name": side.certifier.name, "legal_name": side.certifier.legal_name}
    data["exporter"] |= {"name": side.exporter.name, "nop_id": side.exporter.nop_id}
    data["importer"] |= {"name": importer.name, "nop_id": importer.nop_id}
    data["product"] |= {"name": side.version.wording}
    data["route"] |= {"departure_on": request.departure_on.isoformat(), "arrival_on": request.arrival_on.isoformat()}
    data["coverage"] |= dict.fromkeys(("first_departure", "last_departure"), request.departure_on.isoformat())
    certificate = Certificate.objects.create(
        certifier=side.certifier, line=line, request=request, importer=importer, status="issued", data=data,
        data_sha256="0" * 64, template_version="v1", page_size="A4", verification_key=secrets.new_key(),
        number=number, approved_at=moment, approved_by=side.reviewer, issued_at=moment,
        rendered_at=moment if rendered else None,
    )  # fmt: skip
    if rendered:
        stored = files.store(side.certifier.pk, BytesIO(PDF + number.encode()), area="certificates")
        CertificateFile.objects.create(
            certifier=side.certifier, certificate=certificate, sha256=stored.sha256, size=stored.size
        )
    projection.refresh(certificate)
    return certificate


def change(consignment: Consignment, **fields: Any) -> None:
    """Change the public record as the projection would."""
    with tenant(consignment.side.certifier):
        PublicRecord.objects.filter(certificate=consignment.certificate).update(**fields)


def cancel(consignment: Consignment) -> None:
    """Ask for a cancellation, as staff do: from this moment nobody may use the number."""
    with tenant(consignment.side.certifier):
        certificate = Certificate.objects.get(pk=consignment.certificate.pk)
        certificate.cancel_requested_at, certificate.cancel_reason = now(), "documents_late"
        certificate.save(update_fields=["cancel_requested_at", "cancel_reason"])
        projection.refresh(certificate)
        owe("hand_over", certificate.pk, certifier_id=consignment.side.certifier.pk)
        owe("render", certificate.pk, certifier_id=consignment.side.certifier.pk)


def text_of(pdf: bytes) -> str:
    """The words on all pages of a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def pdf_of(consignment: Consignment) -> bytes:
    return PDF + consignment.number.encode()


def sha256_of(consignment: Consignment) -> str:
    return hashlib.sha256(pdf_of(consignment)).hexdigest()


def owe_hand_over(consignment: Consignment) -> None:
    with tenant(consignment.side.certifier):
        for certificate in consignment.certificates:
            owe("hand_over", certificate.pk, certifier_id=consignment.side.certifier.pk)


def work(*topics: str) -> None:
    """Do what is owed, as the worker would, until nothing of these topics is due (all topics by default)."""
    for _round in range(10):
        due = Dispatch.objects.filter(done_at=None, due_at__lte=now())
        if topics:
            due = due.filter(topic__in=topics)
        ids = list(due.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return
        for pk in ids:
            run(pk)


def hand_over(consignment: Consignment) -> None:
    owe_hand_over(consignment)
    work("hand_over", "mail")
