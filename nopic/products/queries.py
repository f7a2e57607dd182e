"""What stands on a verified list today, with its kilograms: few statements, whatever the number of products."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from nopic.products.models import ProductItem, ProductVersion


@dataclass(frozen=True)
class Listed:
    """One product: its item, the version of today (or the newest, when none holds today) and whether it holds."""

    item: ProductItem
    version: ProductVersion | None
    holds_today: bool
    versions: tuple[ProductVersion, ...]


def listed(certifier_id: int, exporter_id: int, today: date) -> list[Listed]:
    """An exporter's list in the order of its codes; two statements."""
    newest_first = ProductVersion.objects.filter(certifier_id=certifier_id).order_by("-number")
    items = (
        ProductItem.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id)
        .prefetch_related(Prefetch("versions", queryset=newest_first))
        .order_by("code")
    )
    return [_listed(item, today) for item in items]


def _listed(item: ProductItem, today: date) -> Listed:
    versions = tuple(item.versions.all())
    holding = next((v for v in versions if v.valid_from <= today and (v.valid_to is None or v.valid_to >= today)), None)
    version = holding or (versions[0] if versions else None)
    return Listed(item, version, holding is not None and holding.status == "approved", versions)
