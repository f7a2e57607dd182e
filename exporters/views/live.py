"""What pages of the form show while somebody types. Nothing here saves; without JavaScript it is shown after saving."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from exporters.forms import goods
from exporters.forms.fields import Writer
from exporters.forms.typed import typed
from exporters.views.acting import filing_door
from exporters.views.frame import calendar
from exporters.views.loading import load_request
from nopic.presentation.typed import whole
from nopic.requests import queries, steps, timing
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.requests.pricing import quote_of
from nopic.tenants.access import PortalRequest
from nopic.workflow.clock import now


def drawn(asked: CertificateRequest, raw: Mapping[str, Any]) -> dict[str, queries.DrawDown]:
    """The draw-downs of the saved lines, by the index of their entry in the form."""
    by_line = queries.drawdowns(asked)
    found = {}
    for at, entry in enumerate(raw.get("lines") or []):
        line_id = whole(entry.get("id", "")) if isinstance(entry, Mapping) else None
        if line_id in by_line:
            found[str(at)] = by_line[line_id]
    return found


@require_POST
@filing_door
def product(request: PortalRequest, reference: str, index: int) -> HttpResponse:
    """One product as it is being typed: what is left of it, its name, code and packages, and all certificates asked for."""
    asked = load_request(request, reference)
    raw = typed(request.POST)
    weighed = drawn(asked, raw)
    reading = steps.read("products", raw, request=asked)
    line = next((one for one in reading.values["lines"] if one["index"] == index and not one["remove"]), None)
    weighed.pop(str(index), None)
    if line and line["item_id"] and line["crop_year"] and line["net_kg"] is not None:
        weighed[str(index)] = queries.drawdown_of(
            request=asked, item_id=line["item_id"], crop_year=line["crop_year"], kg=line["net_kg"], line_id=line["id"]
        )
    cards = goods.cards(Writer(raw, []), steps.choices("products", asked), weighed)
    if index >= len(cards):
        raise Http404
    entry = raw["lines"][index] if raw.get("lines") else {}
    context = {
        "card": cards[index],
        "left": cards[index].left,
        "index": index,
        "receive": goods.receives(weighed, cards),
        # Only what nobody typed: an answer is never replaced under the fingers.
        "filled": [field for field in cards[index].more if not entry.get(field.name.rpartition("-")[2])],
    }
    return render(request, "exporters/steps/_live.html", context)


@require_POST
@filing_door
def when(request: PortalRequest, reference: str) -> HttpResponse:
    """Until when to send it, and what follows, for the answers that stand in the form; nothing of it is saved."""
    asked = load_request(request, reference)
    policy, present = policy_of(request.certifier.pk), now()
    raw = typed(request.POST)
    for step, sign in (("departure", "departure_on"), ("transport", "arrival_on")):
        if sign in raw:
            for name, value in steps.read(step, raw, request=asked).values.items():
                setattr(asked, name, value)
    picture = calendar(asked.departure_on, policy)
    if picture is None:
        asked.departure_on = None  # a date that was mistyped has no deadlines
    promise = timing.promise_of(asked, policy, present)
    context = {
        "ruler": picture,
        "deadlines": timing.deadlines(asked, policy.rules, present, promise),
        "quote": quote_of(asked, policy.rules, present),
        "live": True,
    }
    return render(request, "exporters/steps/_when.html", context)
