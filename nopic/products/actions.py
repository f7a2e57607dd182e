"""How the verified list changes: new items, new versions, suspension. Versions are added, never edited."""

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from nopic.products.models import Demand, ProductItem, ProductVersion
from nopic.products.statuses import ProductStatus
from nopic.tenants.models import Exporter
from nopic.tenants.sync import standing_changed
from nopic.workflow.audit import Actor, record
from nopic.workflow.transitions import Overtaken


class CodeTaken(Exception):
    """Another product of this exporter has this list number."""


@transaction.atomic
def add_item(*, exporter: Exporter, code: str, facts: dict[str, Any], by: Actor, note: str = "") -> ProductItem:
    """Put a product on an exporter's list, with its first version. `facts` are columns of ProductVersion.

    Raises CodeTaken; the database decides, so that two people who add the same number at once are told the same.
    """
    try:
        with transaction.atomic():
            item = ProductItem.objects.create(certifier_id=exporter.certifier_id, exporter=exporter, code=code)
    except IntegrityError as error:
        if "item_code_once" not in str(error):
            raise
        raise CodeTaken(code) from error
    record(item, "added to the verified list", by=by, new=code, note=note)
    add_version(item=item, facts=facts, by=by, note=note)
    return item


@transaction.atomic
def add_version(
    *, item: ProductItem, facts: dict[str, Any], by: Actor, note: str = "", seen: int | None = None
) -> ProductVersion:
    """Add a version that holds from its `valid_from`; the version before it ends the day before.

    Two that are added at the same moment come one after the other. `seen` is the version that the person's page began
    with: what they added from it already is one version, and a colleague's since then is Overtaken(version).
    """
    ProductItem.objects.select_for_update().get(pk=item.pk)
    latest = item.versions.order_by("-number").first()
    if latest is not None and seen is not None and latest.number > seen:
        said = {**facts, "note": note, "created_by": str(by)}
        if all(getattr(latest, name) == value for name, value in said.items()):
            return latest
        raise Overtaken(latest)
    number = latest.number + 1 if latest else 1
    if latest is not None:
        _end(latest, facts["valid_from"])
    version = ProductVersion.objects.create(
        certifier_id=item.certifier_id, item=item, number=number, created_by=str(by), note=note, **facts
    )
    record(
        version,
        "version added",
        by=by,
        old=str(latest.number) if latest else "",
        new=str(number),
        note=note,
        wording=version.wording,
        hts=version.hts,
    )
    standing_changed(version.certifier_id)
    return version


def _end(version: ProductVersion, next_from: date) -> None:
    """Let a version end the day before the next one holds; one that would end before it began keeps its first day only."""
    end = next_from - timedelta(days=1) if next_from > version.valid_from else version.valid_from
    if version.valid_to is None or version.valid_to > end:
        ProductVersion.objects.filter(pk=version.pk).update(valid_to=end)


@transaction.atomic
def set_status(*, version: ProductVersion, status: ProductStatus, by: Actor, reason: str) -> None:
    """Suspend, remove or approve again what is on the list. Raises Overtaken when a colleague did at the same moment."""
    was = version.status
    if was == status:
        return  # clicked twice
    moved = ProductVersion.objects.filter(pk=version.pk, status=was).update(status=status)
    if moved != 1:
        raise Overtaken(version)
    version.status = status
    record(version, "status", by=by, old=was, new=status, note=reason)
    standing_changed(version.certifier_id)


@transaction.atomic
def demand(
    *, exporter: Exporter, item: ProductItem | None, name: str, why: str, may_follow: bool, from_on: date,
    to_on: date | None, by: Actor,
) -> Demand:  # fmt: skip
    """Demand one more document of an operation, or of one of its products, from a day on. It is ended, never changed.

    The same once more (double click) is one.
    """
    mine = Exporter.objects.filter(certifier_id=exporter.certifier_id, pk=exporter.pk)
    mine.select_for_update(no_key=True).values_list("pk").get()  # the second click waits for the first
    said: dict[str, Any] = {
        "certifier_id": exporter.certifier_id, "exporter": exporter, "item": item, "name": name, "why": why,
        "may_follow": may_follow, "from_on": from_on, "to_on": to_on, "created_by": str(by),
    }  # fmt: skip
    if again := Demand.objects.filter(**said).first():
        return again
    made = Demand.objects.create(**said)
    record(exporter, "document demanded", by=by, new=name, note=why, demand=made.pk, item=item.code if item else "")
    return made


@transaction.atomic
def end_demand(*, demand: Demand, last_day: date, by: Actor) -> None:
    """Demand a document no longer than that day (never before its first). Raises Overtaken when it has ended before."""
    end = max(last_day, demand.from_on)
    longer = Q(to_on=None) | Q(to_on__gt=end)
    if Demand.objects.filter(longer, certifier_id=demand.certifier_id, pk=demand.pk).update(to_on=end) != 1:
        raise Overtaken(demand)
    old = demand.to_on.isoformat() if demand.to_on else ""
    demand.to_on = end
    record(demand.exporter, "document no longer demanded", by=by, old=old, new=end.isoformat(), note=demand.name)
