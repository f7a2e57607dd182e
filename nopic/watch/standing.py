"""Who of those named in open requests and live certificates is not in good standing today, and why.

Read from what is remembered of the registry and of the verified list; asking the registry is `tenants.sync` and the
tasks' work. "Unknown" is no doubt: it only says that nobody has answered yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from nopic.certificates.models import Certificate
from nopic.products.models import ProductItem, ProductVersion
from nopic.products.statuses import ProductStatus
from nopic.requests.models import RequestLine, Supplier
from nopic.requests.statuses import OPEN_REQUEST, LineStatus
from nopic.tenants.models import Exporter, Importer
from nopic.tenants.statuses import Certification
from nopic.watch.queries import IMPORTER, LIVE

WORDS: Final[dict[str, str | Promise]] = {
    "suspended": lazy("suspended"),
    "surrendered": lazy("surrendered"),
    "revoked": lazy("revoked"),
    "not_found": lazy("not listed in INTEGRITY"),
    "expired": lazy("past the date of its certification"),
    "removed": lazy("not on the verified list any more"),
}
GOOD = (Certification.CERTIFIED, Certification.UNKNOWN)


@dataclass(frozen=True)
class Doubt:
    """One party or product that is not in good standing. `key`: its kind and id."""

    key: tuple[str, int]
    name: str
    standing: str


def in_words(standing: str) -> str:
    """The standing within a sentence."""
    return str(WORDS.get(standing, standing))


def doubts(certifier_id: int, today: date) -> Iterator[Doubt]:
    """Everybody in doubt who matters now; a fixed number of statements."""
    lines = _lines_that_matter(certifier_id)
    exporters = Exporter.objects.filter(certifier_id=certifier_id, pk__in=lines.values("request__exporter_id"))
    for exporter in exporters.order_by("pk"):
        if standing := _of_party(exporter.status, exporter.certified_to, today) or _of_party(
            exporter.registry_status, None, today
        ):
            yield Doubt(("exporter", exporter.pk), exporter.name, standing)
    for importer in Importer.objects.filter(pk__in=lines.values(who=IMPORTER)).order_by("pk"):
        if standing := _of_party(importer.status, importer.certified_to, today):
            yield Doubt(("importer", importer.pk), str(importer), standing)
    suppliers = Supplier.objects.filter(certifier_id=certifier_id, pk__in=lines.values("lots__supplier_id"))
    for supplier in suppliers.order_by("pk"):
        if standing := _of_party(supplier.registry_status, None, today):
            yield Doubt(("supplier", supplier.pk), supplier.name, standing)
    yield from _of_products(certifier_id, lines, today)


def _lines_that_matter(certifier_id: int) -> "QuerySet[RequestLine]":
    live = Certificate.objects.filter(certifier_id=certifier_id, status__in=LIVE, cancel_requested_at__isnull=True)
    is_open = Q(request__status__in=OPEN_REQUEST) & ~Q(status__in=[LineStatus.REFUSED, LineStatus.WITHDRAWN])
    return RequestLine.objects.filter(
        is_open | Q(pk__in=live.values("line_id")), certifier_id=certifier_id, removed=False
    ).order_by()


def _of_party(status: str, certified_to: date | None, today: date) -> str:
    if status not in GOOD:
        return status
    return "expired" if certified_to is not None and certified_to < today else ""


def _of_products(certifier_id: int, lines: "QuerySet[RequestLine]", today: date) -> Iterator[Doubt]:
    """A product without a version that holds today, or whose version is suspended or removed."""
    items = ProductItem.objects.filter(certifier_id=certifier_id, pk__in=lines.values("item_id")).order_by("pk")
    versions: dict[int, ProductVersion] = {}
    names: dict[int, str] = {}
    for version in ProductVersion.objects.filter(certifier_id=certifier_id, item__in=items).order_by("number"):
        names[version.item_id] = version.wording
        if version.valid_from <= today and (version.valid_to is None or version.valid_to >= today):
            versions[version.item_id] = version
    for item in items:
        current = versions.get(item.pk)
        if current is not None and current.status == ProductStatus.APPROVED:
            continue
        standing = str(current.status) if current is not None else "expired"
        yield Doubt(("product", item.pk), f"{names.get(item.pk, '')} ({item.code})", standing)
