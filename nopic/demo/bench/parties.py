"""Who there is on the bench: certifiers with their reviewers, exporters, products and importers, and real requests.

Requests and certificates are made by the portal's own actions, so that what is measured is what really happens; the
million is then copied from one of them (`rows`).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from nopic.certificates import actions as certificates
from nopic.certificates.issuance import endings
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus, OperationStatus
from nopic.documents.models import Document
from nopic.ledger.models import Account
from nopic.products.models import ProductItem, ProductVersion
from nopic.requests import actions, queries
from nopic.requests.models import CertificateRequest, RequestLine, Supplier
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.review import projection
from nopic.tenants import crypto
from nopic.tenants.context import tenant
from nopic.tenants.models import (
    Certifier,
    Exporter,
    Importer,
    ImporterContact,
    Membership,
    Policy,
    RegistryCredential,
    User,
)
from nopic.tenants.policy import Rules
from nopic.tenants.statuses import Certification, Role
from nopic.workflow.clock import now, today
from nopic.workflow.transitions import advance

KEY = "the-bench's-key-at-the-registry"
BY = "bench"
_KG = Decimal("19200")


@dataclass(frozen=True)
class Office:
    """One certifier, and the people who look at its pages."""

    certifier: Certifier
    reviewer: User
    sender: User
    exporters: list[Exporter]


def importers(count: int) -> list[Importer]:
    """US importers, certified as read from the registry a moment ago."""
    return Importer.objects.bulk_create(
        [
            Importer(
                nop_id=f"91{n:08d}", name=f"Importer {n} Coffee and Grain", state="California", read_at=now(),
                address=f"{n} Embarcadero West\nOakland, CA 94607", status=Certification.CERTIFIED,
            )
            for n in range(count)
        ]
    )  # fmt: skip


def office(number: int, exporters: int, buyers: list[Importer]) -> Office:
    """A certifier with so many exporters; each has one verified product without a cap, one supplier and one importer."""
    certifier = Certifier.objects.create(
        slug=f"office-{number}", name=f"Office {number} Certification", legal_name=f"Office {number} Certification SAC",
        address="Calle Los Tulipanes 147\nLima", country="Peru", nop_code=f"{_code(number)}",
        role_text="Accredited certifying agent, USDA National Organic Program", email=f"office@{number}.example",
        phone="+51 1 555 0100",
    )  # fmt: skip
    reviewer, sender = _person(f"reviewer@{number}.example"), _person(f"sender@{number}.example")
    with tenant(certifier):
        Policy.objects.create(certifier=certifier, version=1, data=Rules().to_json(), by=BY)
        RegistryCredential.objects.create(certifier=certifier, secret=crypto.encrypt(KEY))
        made = Exporter.objects.bulk_create([_exporter(certifier, number, n) for n in range(exporters)])
        items = ProductItem.objects.bulk_create(
            [ProductItem(certifier=certifier, exporter=each, code="PV-01") for each in made]
        )
        ProductVersion.objects.bulk_create([_version(item, n) for n, item in enumerate(items)])
        Account.objects.bulk_create(
            [Account(certifier=certifier, item=item, crop_year=now().year, allocated=None) for item in items]
        )
        Supplier.objects.bulk_create(
            [
                Supplier(certifier=certifier, exporter=each, name="Finca El Progreso", same_certifier=True)
                for each in made
            ]
        )
        ImporterContact.objects.bulk_create(
            [_contact(each, buyers[(number + n) % len(buyers)]) for n, each in enumerate(made)]
        )
        Membership.objects.create(user=reviewer, role=Role.REVIEWER, certifier=certifier)
        Membership.objects.create(user=sender, role=Role.EXPORTER_SENDER, certifier=certifier, exporter=made[0])
    return Office(certifier, reviewer, sender, made)


def _code(number: int) -> int:
    """Three figures; the mock registry takes those above 900, and only the first office goes there."""
    return 900 + number if number < 100 else 700 + number


def _person(email: str) -> User:
    person = User(email=email, name=email.split("@", maxsplit=1)[0].title())
    person.set_unusable_password()
    person.save()
    return person


def _exporter(certifier: Certifier, number: int, n: int) -> Exporter:
    return Exporter(
        certifier=certifier, name=f"Cooperativa Agraria {number}-{n}", address="Jr. Los Cafetales 418\nSan Ignacio",
        region="Cajamarca", country="Peru", nop_id=f"{_code(number)}{n:07d}", email=f"export{n}@{number}.example",
        certified_from=date(2020, 1, 1),
    )  # fmt: skip


def _version(item: ProductItem, n: int) -> ProductVersion:
    return ProductVersion(
        certifier_id=item.certifier_id, item=item, number=1, wording=f"Organic green coffee, grade {n % 40}",
        hts="0901.11.0015", label_category="organic", origin_country="Peru", last_processing_country="Peru",
        package_kind="bags", package_kg=Decimal(60), valid_from=date(2020, 1, 1), created_by=BY,
    )  # fmt: skip


def _contact(exporter: Exporter, buyer: Importer) -> ImporterContact:
    return ImporterContact(
        certifier_id=exporter.certifier_id, exporter=exporter, importer=buyer, name=buyer.name,
        email="buyer@importer.example", broker_name="Harbor Line", broker_email="desk@harborline.example",
        confirmed_at=now(), confirmed_by=BY,
    )  # fmt: skip


def sent(at: Office, lines: int) -> CertificateRequest:
    """A complete request of the office's first exporter, with its papers, sent. Inside the office's door."""
    exporter = at.exporters[0]
    request = actions.start(exporter=exporter, by=at.sender)
    for step, raw in _answers(exporter, lines).items():
        actions.revise(request=request, step=step, raw=raw, revision=request.revision, by=at.sender)
    for slot in queries.documents(request):
        if slot.must_before_sending:
            Document.objects.create(
                certifier_id=request.certifier_id, dossier=request.dossier, rule=slot.rule, subject=slot.subject,
                kind="draft" if slot.kinds else "", name=f"{slot.rule}.pdf", media_type="application/pdf", size=184_000,
                sha256=f"{request.pk:064x}", status="clean", page_count=2, uploaded_by=str(at.sender),
            )  # fmt: skip
    actions.revise(request=request, step="documents", raw={}, revision=request.revision, by=at.sender)
    return actions.submit(request=request, by=at.sender, declared=True, revision=request.revision)


def approved(at: Office, request: CertificateRequest) -> list[Certificate]:
    """The certificates of all lines, begun as the approval begins them. Inside the office's door."""
    begun = []
    for line in RequestLine.objects.select_related("request").filter(certifier=at.certifier, request=request):
        advance(line, LineStatus.APPROVED, by=at.reviewer, decided_at=now(), decided_by=at.reviewer)
        begun.append(certificates.begin(line=line, by=at.reviewer))
    return begun


def specimen(at: Office) -> CertificateRequest:
    """The request that a million is copied from: decided, its one certificate issued and found by its words."""
    with tenant(at.certifier, at.reviewer):
        request = sent(at, 1)
        certificate = approved(at, request)[0]
        operation = certificate.operations.get(certifier=at.certifier)
        for status in (OperationStatus.SENT, OperationStatus.DONE):
            advance(operation, status, by=BY, last_sent_at=now(), first_sent_at=now(), done_at=now())
        advance(certificate, CertificateStatus.ISSUING, by=BY)
        number = f"{at.certifier.nop_code}-{at.exporters[0].nop_id}-000000"
        endings.issued(certificate, number, at=now(), by=BY)
        advance(request, RequestStatus.IN_REVIEW, by=at.reviewer, reviewer=at.reviewer, taken_at=now())
        advance(request, RequestStatus.DECIDED, by=at.reviewer, decided_at=now())
        projection.index(request)
    return request


def _answers(exporter: Exporter, lines: int) -> dict[str, dict[str, Any]]:
    """A whole form, by step, as typed."""
    leaves = today("UTC") + timedelta(days=20)
    contact = exporter.contacts.get()
    typed = {
        "id": "", "item": str(exporter.products.get().pk), "crop_year": "", "net": str(_KG), "unit": "kg",
        "packages": "320", "package_kind": "bags", "gross": "19,520", "origin_region": "Cajamarca", "remove": "",
    }  # fmt: skip
    supplier = str(exporter.suppliers.get().pk)
    return {
        "departure": {"departure_on": leaves.isoformat(), "late_reason": ""},
        "importer": {
            "contact": str(contact.pk), "importer_email": contact.email, "broker_name": contact.broker_name,
            "broker_email": contact.broker_email, "consignee_name": "", "consignee_address": "",
        },
        "products": {
            "lines": [
                {
                    **typed,
                    "lots": [
                        {"code": f"VV-26-{n}1", "kg": "9,600", "supplier": "own"},
                        {"code": f"VV-26-{n}2", "kg": "9,600", "supplier": supplier},
                    ],
                }
                for n in range(lines)
            ]
        },
        "transport": {
            "mode": "sea", "place_of_loading": "Callao", "country_of_loading": "Peru", "port_of_entry": "2811",
            "arrival_on": (leaves + timedelta(days=18)).isoformat(), "carrier": "Pacific Crane Lines",
            "vessel": "Andes Courier, voyage 0646N", "containers": [{"number": "APLU 417512 5", "seal": "PE881960"}],
            "transport_document": "APLCLLOAK26094", "treatment": "none", "treatment_text": "",
        },
    }  # fmt: skip


def buyers_of(at: Office) -> set[Importer]:
    """The importers that an office's exporters sell to."""
    with tenant(at.certifier):
        return {
            each.importer for each in ImporterContact.objects.filter(certifier=at.certifier).select_related("importer")
        }
