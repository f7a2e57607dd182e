"""The six steps of the form, and how what was typed in one of them is read.

`read` is total: any text gives a Reading, never an error. It looks up what the answers can refer to (`choices`) and
writes nothing; what is kept is decided by `actions.revise`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from nopic.frames.policies import widest
from nopic.frames.queries import offered
from nopic.ledger.models import Account
from nopic.products.models import ProductVersion
from nopic.requests.facts import load, rules_of
from nopic.requests.models import CertificateRequest, RequestLine, Supplier
from nopic.requests.ports import today_at
from nopic.requests.statuses import Coverage, RequestStatus
from nopic.requests.steps import departure, documents, importer, products, transport
from nopic.requests.steps.reading import Choices, Problem, Product, Reading, cleaned
from nopic.tenants.calendar import Office
from nopic.tenants.models import ImporterContact
from nopic.tenants.policy import Rules
from nopic.workflow.clock import now as the_present

__all__ = ["STEPS", "Choices", "Problem", "Reading", "choices", "cleaned", "read"]

STEPS: Final = ("departure", "importer", "products", "transport", "documents", "check")
_READERS: Final = {
    "departure": departure.read,
    "importer": importer.read,
    "products": products.read,
    "transport": transport.read,
    "documents": documents.read,
}


def read(
    step: str,
    raw: Mapping[str, Any],
    *,
    request: CertificateRequest,
    now: datetime | None = None,
    rules: Rules | None = None,
) -> Reading:
    """Typed values and problems of one step (all but `check`); KeyError for a step that does not exist.

    `rules` spares reading the policy where the caller has it at hand.
    """
    reader = _READERS[step]
    clean = cleaned(raw if isinstance(raw, Mapping) else {})
    return reader(clean, choices(step, request, now, rules))


def choices(step: str, request: CertificateRequest, now: datetime | None = None, rules: Rules | None = None) -> Choices:
    """What the answers of one step can refer to: contacts, products, suppliers; loaded only where it is asked."""
    moment = now or the_present()
    mine = {"certifier_id": request.certifier_id, "exporter_id": request.exporter_id}
    known: dict[str, Any] = {}
    if step == "departure":
        counting = rules or rules_of(request, moment)
        known["terms"] = widest(offered(**mine, rules=counting, today=Office(counting).local(moment).date()))
    elif step == "importer":
        known["contacts"] = {contact.pk: contact for contact in ImporterContact.objects.filter(**mine)}
    elif step == "products":
        known["products"] = verified_products(request.certifier_id, request.exporter_id)
        known["suppliers"] = {supplier.pk: supplier for supplier in Supplier.objects.filter(**mine)}
        known["line_ids"] = frozenset(
            RequestLine.objects.filter(
                certifier_id=request.certifier_id, request_id=request.pk, removed=False
            ).values_list("pk", flat=True)
        )
    elif step == "documents":
        missing = [slot for slot in load(request, moment).slots if not slot.is_complete]
        known["missing_documents"] = tuple((slot.anchor, slot.sentence) for slot in missing)
    known["sent_at"] = None if request.status == RequestStatus.DRAFT else request.submitted_at
    known["time_frame"] = request.coverage == Coverage.TIME_FRAME
    known["at_port"] = today_at(request.place_of_loading, request.country_of_loading, moment)
    return Choices(rules=rules or rules_of(request, moment), now=moment, departure_on=request.departure_on, **known)


def verified_products(certifier_id: int, exporter_id: int) -> dict[int, Product]:
    """The exporter's verified list by item: the newest version of each and its harvest years with an account."""
    versions: dict[int, ProductVersion] = {
        version.item_id: version
        for version in ProductVersion.objects.filter(certifier_id=certifier_id, item__exporter_id=exporter_id)
        .select_related("item")
        .order_by("item__code", "number")
    }
    years: dict[int, list[int]] = {}
    for item_id, year in (
        Account.objects.filter(certifier_id=certifier_id, item__exporter_id=exporter_id)
        .order_by("crop_year")
        .values_list("item_id", "crop_year")
    ):
        years.setdefault(item_id, []).append(year)
    return {
        item_id: Product(version.item, version, tuple(years.get(item_id, ()))) for item_id, version in versions.items()
    }
