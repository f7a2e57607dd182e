"""What vouches for purchased lots: the transaction certificates that they name, and their suppliers' organic certificates."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When

from nopic.documents.models import Document
from nopic.documents.statuses import DocumentStatus
from nopic.ledger import inputs
from nopic.ledger.models import InputCertificate
from nopic.requests.models import CertificateRequest, Lot, Supplier

CERTIFICATE = "supplier_certificate"  # the rule under which a supplier's own organic certificate lies in its dossier
SOON = timedelta(
    days=30
)  # before its last day a certificate is said to end: enough to ask the supplier for the next one


def certificates_of(suppliers: Iterable[Supplier]) -> dict[int, list[Document]]:
    """The files of the suppliers' own organic certificates by supplier, oldest first, those that were replaced, too; one
    statement, or none."""
    owners = {one.dossier_id: one.pk for one in suppliers if one.dossier_id}
    found: dict[int, list[Document]] = defaultdict(list)
    kept = Document.objects.filter(dossier_id__in=owners, rule=CERTIFICATE).exclude(status=DocumentStatus.REFUSED)
    for document in kept.order_by("pk") if owners else ():
        found[owners[document.dossier_id]].append(document)
    return dict(found)


def with_certificate(suppliers: "QuerySet[Supplier]", today: date) -> "QuerySet[Supplier]":
    """Suppliers that know the file of their organic certificate that stands, `file_id` (None without one), and whether it
    `ends`: "over", "soon" or "". Joined."""
    file = Document.objects.filter(dossier_id=OuterRef("dossier_id"), rule=CERTIFICATE, removed_at=None)
    ends = Case(
        When(certificate_to__lt=today, then=Value("over")),
        When(certificate_to__lte=today + SOON, then=Value("soon")),
        default=Value(""),
    )
    return suppliers.annotate(file_id=Subquery(file.order_by("-pk").values("pk")[:1]), ends=ends)


def sellers(request: CertificateRequest) -> list[Supplier]:
    """Who sold lots of a request under another certifier: their organic certificates have to be on file."""
    sold = Lot.objects.filter(certifier_id=request.certifier_id, line__request_id=request.pk, line__removed=False)
    return list(
        Supplier.objects.filter(
            certifier_id=request.certifier_id, same_certifier=False, pk__in=sold.order_by().values("supplier_id")
        ).order_by("pk")
    )


def dossiers_of(request: CertificateRequest) -> list[int]:
    """The dossiers in which the papers of a request lie: its own, and those of whoever sold lots of it. One statement."""
    sold = Lot.objects.filter(certifier_id=request.certifier_id, line__request_id=request.pk, line__removed=False)
    of_sellers = sold.filter(supplier__dossier__isnull=False).values_list("supplier__dossier_id", flat=True)
    return [request.dossier_id, *of_sellers.order_by().distinct()]


def proofs(
    request: CertificateRequest, lots: list[Lot]
) -> tuple[dict[int, InputCertificate], dict[int, list[InputCertificate]]]:
    """The transaction certificate that each purchased lot names, by the lot's key, however its number was typed; and the
    certifier's other entries of that number, whoever entered them. One statement."""
    named = {
        lot.pk: (inputs.plainly(lot.proof), lot.supplier_id)
        for lot in lots
        if lot.proof and lot.supplier and not lot.supplier.same_certifier
    }
    if not named:
        return {}, {}
    of_number: dict[str, list[InputCertificate]] = defaultdict(list)
    found = InputCertificate.objects.filter(
        certifier_id=request.certifier_id, number_key__in={number for number, _supplier in named.values()}
    )
    for one in found.select_related("exporter").order_by("pk"):
        of_number[one.number_key].append(one)
    mine = {
        pk: one
        for pk, (number, supplier) in named.items()
        for one in of_number[number]
        if (one.exporter_id, one.supplier_id) == (request.exporter_id, supplier)
    }
    others = {pk: [one for one in of_number[number] if one != mine.get(pk)] for pk, (number, _s) in named.items()}
    return mine, {pk: ones for pk, ones in others.items() if ones}
