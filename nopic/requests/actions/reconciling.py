"""How rows follow what was read of a step: lines and lots of the products step, the importer and its contact."""

from collections.abc import Mapping, Sequence
from typing import Any

from nopic.requests.models import CertificateRequest, Lot, RequestLine
from nopic.tenants import sync
from nopic.tenants.models import ImporterContact
from nopic.workflow.audit import Actor, record

_COLUMNS = (
    "item_id",
    "crop_year",
    "net_kg",
    "net_typed",
    "net_unit",
    "packages",
    "package_kind",
    "gross_kg",
    "origin_region",
)


def keep_lines(request: CertificateRequest, read: Sequence[Mapping[str, Any]], typed: Sequence[dict[str, Any]]) -> None:
    """Make the lines and lots those that were read, in their order, and write each line's id beside its text.

    A line that is gone is deleted, or marked as removed once the request was ever sent: earlier versions show it.
    """
    standing = {
        line.pk: line
        for line in RequestLine.objects.filter(certifier_id=request.certifier_id, request_id=request.pk, removed=False)
    }
    kept: set[int] = set()
    for position, values in enumerate(read, start=1):
        line = standing.get(values["id"]) if values["id"] not in kept else None
        if line is None:
            line = RequestLine(certifier_id=request.certifier_id, request_id=request.pk)
        if line.item_id != values["item_id"] or line.crop_year != values["crop_year"]:
            line.version_id = line.account_id = None  # pinned anew when it is sent
        for name in _COLUMNS:
            setattr(line, name, values[name])
        line.position = position
        line.save()
        kept.add(line.pk)
        typed[values["index"]]["id"] = str(line.pk)
        _keep_lots(line, values["lots"])
    gone = RequestLine.objects.filter(certifier_id=request.certifier_id, pk__in=standing.keys() - kept)
    if request.turn:
        gone.update(removed=True)
    else:
        gone.delete()


def _keep_lots(line: RequestLine, read: Sequence[Mapping[str, Any]]) -> None:
    """Lots have no history of their own: what was sent stands in the request's versions."""
    standing = [(lot.code, lot.kg, lot.supplier_id, lot.proof) for lot in line.lots.all()]
    if standing == [(lot["code"], lot["kg"], lot["supplier_id"], lot["proof"]) for lot in read]:
        return
    line.lots.all().delete()
    Lot.objects.bulk_create(Lot(certifier_id=line.certifier_id, line=line, **lot) for lot in read)


def keep_importer(request: CertificateRequest, values: Mapping[str, Any], *, by: Actor) -> None:
    """Name the importer, its recipients and the consignee; a new importer becomes a provisional contact.

    The identity of an importer is global and written by nobody but the sync with the registry; what the exporter types
    about it stays in the exporter's own contact. Asks the registry for the importer's status unless it is fresh.
    """
    before, contact, new = request.importer_id, None, values["new"]
    if values["contact_id"] is not None:
        contact = ImporterContact.objects.select_related("importer").get(
            certifier_id=request.certifier_id, exporter_id=request.exporter_id, pk=values["contact_id"]
        )
    elif new is not None:
        contact = _new_contact(request, values, new, by)
    request.contact = contact
    request.importer = contact.importer if contact else None
    for name in ("importer_email", "broker_name", "broker_email", "consignee_name", "consignee_address"):
        setattr(request, name, values[name])
    if contact is not None and (contact.importer_id != before or not sync.is_fresh(contact.importer)):
        sync.ask_soon(contact.importer)


def _new_contact(
    request: CertificateRequest, values: Mapping[str, Any], new: Mapping[str, str], by: Actor
) -> ImporterContact:
    importer = sync.know_importer(new["nop_id"])
    contact, created = ImporterContact.objects.select_related("importer").get_or_create(
        certifier_id=request.certifier_id,
        exporter_id=request.exporter_id,
        importer=importer,
        defaults={
            "name": new["name"],
            "address": new["address"],
            "email": values["importer_email"],
            "broker_name": values["broker_name"],
            "broker_email": values["broker_email"],
        },
    )
    if created:
        record(contact, "added", by=by, nop_id=importer.nop_id)
    elif contact.confirmed_at is None and (contact.name, contact.address) != (new["name"], new["address"]):
        contact.name, contact.address = new["name"], new["address"]  # still the exporter's own words
        contact.save(update_fields=["name", "address"])
    return contact
