"""Two products of a draft that are the same commodity become one: one certificate instead of two."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.requests.actions.drafting import lock, revise
from nopic.requests.checks import Finding
from nopic.requests.checks.goods import same_commodity_once
from nopic.requests.facts import LineFacts, load
from nopic.requests.models import CertificateRequest
from nopic.requests.quantities import as_typed
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps import read
from nopic.requests.steps.products import OWN
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.transitions import Overtaken, Refused


@transaction.atomic
def merge(*, request: CertificateRequest, line_id: int, revision: int, by: User) -> None:
    """Join a product with the earlier one that it repeats: weights, packages and lots of both, in kilograms.

    A lot that both name is one lot with the kilograms of both, or without them where one does not say. Raises Refused
    while an answer of either cannot be read, Overtaken when the two cannot be merged (any more).
    """
    lock(request)
    if request.status != RequestStatus.DRAFT or request.revision != revision:
        raise Overtaken(request)
    facts = load(request)
    second = next((each for each in facts.lines if each.line.pk == line_id), None)
    offered = [each for each in same_commodity_once(facts, second, "draft") if each.asks == "merge"] if second else []
    if second is None or not offered:
        raise Overtaken(request)
    first = next(each for each in facts.lines if each.line.pk == offered[0].inputs["first_line"])
    raw = request.raw["products"]
    both = tuple(f"lines-{each.index}-" for each in (first, second))
    if any(one.field.startswith(both) and not one.hint for one in read("products", raw, request=request).problems):
        sentence = _("Mend what is marked at both products, then merge them")
        raise Refused([Finding("same_commodity_once", 7, "stop", sentence, sentence, field=second.at("item"))])
    entries = [dict(entry) for entry in raw["lines"]]
    entries[first.index] |= {
        "net": as_typed(_sum(first.line.net_kg, second.line.net_kg)),
        "unit": "kg",
        "packages": str((first.line.packages or 0) + (second.line.packages or 0)),
        "gross": as_typed(_sum(first.line.gross_kg, second.line.gross_kg)),
        "lots": _lots(first, second),
    }
    entries[second.index]["remove"] = "1"
    revise(request=request, step="products", raw={**raw, "lines": entries}, revision=revision, by=by)
    record(request, "products merged", by=by, line=first.line.pk, merged=line_id)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal:
    return (one or Decimal(0)) + (other or Decimal(0))


def _lots(first: LineFacts, second: LineFacts) -> list[dict[str, str]]:
    kg: dict[tuple[str, int | None, str], Decimal | None] = {}
    for lot in (*first.lots, *second.lots):
        key, known = (lot.code, lot.supplier_id, lot.proof), lot.kg
        if key in kg:
            before = kg[key]
            known = None if before is None or known is None else before + known
        kg[key] = known
    return [
        {
            "code": code,
            "kg": as_typed(weight) if weight is not None else "",
            "supplier": str(supplier or OWN),
            "proof": proof,
        }
        for (code, supplier, proof), weight in kg.items()
    ]
