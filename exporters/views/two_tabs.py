"""A step that another window saved meanwhile: both texts side by side, so that neither is lost."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from exporters.forms import goods, journey
from exporters.forms.fields import Field, Writer
from exporters.forms.typed import flat
from exporters.presenters.clock import classes
from exporters.views.frame import frame
from nopic.presentation.words import full_day
from nopic.requests import steps
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.requests.steps.reading import day
from nopic.tenants.access import PortalRequest
from nopic.tenants.models import ImporterContact


def two_tabs(request: PortalRequest, asked: CertificateRequest, step: str, raw: dict[str, Any]) -> HttpResponse:
    """Show both, field by field in the words of the form, and ask which one we keep."""
    kept = {name: value for name, value in asked.raw.get(step, {}).items() if name != "removed"}
    mine, stored = dict(flat(raw)), dict(flat(kept))
    known = {name: (label, field) for text in (kept, raw) for name, label, field in _fields(request, asked, step, text)}
    differing = []
    for name in dict.fromkeys([*stored, *mine]):
        if mine.get(name, "") != stored.get(name, "") and not name.endswith("-id"):
            label, field = known.get(name, (name, None))
            shown = {"mine": _shown(mine.get(name, ""), field), "stored": _shown(stored.get(name, ""), field)}
            differing.append({"name": label, **shown})
    context = frame(request, asked, step) | {"differing": differing, "carried": list(mine.items())}
    return render(request, "exporters/steps/two_tabs.html", context, status=409)


def contacts_of(asked: CertificateRequest) -> list[ImporterContact]:
    """The exporter's own importers."""
    contacts = ImporterContact.objects.filter(certifier_id=asked.certifier_id, exporter_id=asked.exporter_id)
    return list(contacts.select_related("importer").order_by("name"))


def _shown(value: str, field: Field | None) -> str:
    """An answer as its page shows it: the words of a choice, a date as people read it."""
    if field is not None and field.options:
        return str(dict(field.options).get(value, value))
    if field is not None and field.kind == "date" and (found := day({"on": value}, "on")):
        return full_day(found)
    return value


def _fields(
    request: PortalRequest, asked: CertificateRequest, step: str, raw: Mapping[str, Any]
) -> Iterator[tuple[str, str, Field]]:
    """(name, label, field) of everything that the step asks."""
    write = Writer(raw, [])
    if step == "products":
        for card in goods.cards(write, steps.choices(step, asked), {}):
            lots = [field for lot in card.lots for field in (lot.code, lot.kg, lot.supplier)]
            units = [field.beside for field in card.fields if field.beside]
            for field in (card.item, *card.fields, *units, *card.more, *lots):
                yield field.name, _("%(product)s: %(label)s") % {"product": card.title, "label": field.label}, field
        return
    groups: list[list[Field]]
    if step == "departure":
        groups = [
            journey.departure(
                write,
                certifier=request.certifier.name,
                lead_days=0,
                late=True,
                classes=classes(asked, policy_of(request.certifier.pk)),
            )
        ]
    elif step == "importer":
        groups = list(journey.importer(write, contacts_of(asked), "UTC"))
    else:
        way, boxes, rest = journey.transport(write)
        groups = [way, [field for pair in boxes for field in pair], rest]
    for field in (one for group in groups for one in group):
        yield field.name, field.label, field
