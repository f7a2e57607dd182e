"""One shipment: that it left, arrived, was wrong or never was; and every entry of it.

Whoever speaks of a shipment that somebody else changed meanwhile sees what that was, beside what they typed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms.shipments import ArriveForm, CorrectForm, DepartForm, SaidForm, UndoForm
from exporters.views.frames.shipments import certificate_of, say
from nopic.certificates import shipping
from nopic.certificates.models import Certificate
from nopic.frames import actions
from nopic.frames.models import Entry, Shipment
from nopic.frames.policies import obstacles_to_draw
from nopic.frames.presenters import told
from nopic.frames.statuses import ShipmentStatus
from nopic.presentation.typed import whole
from nopic.presentation.words import full_day
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.transitions import Overtaken, Refused

VERBS: dict[str, Any] = {"depart": DepartForm, "arrive": ArriveForm, "correct": CorrectForm, "undo": UndoForm}


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def shipment(request: PortalRequest, certificate_id: int, number: int) -> HttpResponse:
    """What stands of it, and a form for everything that may be said now."""
    found = certificate_of(request, certificate_id)
    mine = Shipment.objects.filter(certifier=request.certifier, allowance__certificate_id=found.pk)
    one = get_object_or_404(mine.select_related("allowance"), number=min(number, 2**31 - 1))
    verb: str = request.POST.get("verb", "")
    typed: Any = None
    if request.method == "POST":
        if verb not in VERBS:
            return redirect(request.path)
        typed = VERBS[verb](request.POST, auto_id=f"{verb}-%s")
        typed.single_kg = None if one.allowance.time_frame else one.allowance.cap_kg
    forms = _forms(found, one, verb, typed)
    meanwhile = typed is not None and verb not in forms
    same: Sequence[Shipment] = ()
    if typed is not None and typed.is_valid() and not meanwhile:
        try:
            _do(request, found, one, verb, typed)
        except Refused as refused:
            say(typed, refused)
        except actions.LooksTheSame as known:
            typed.ask_whether_another(known)
            same = known.shipments
        except Overtaken:
            meanwhile = True
            one.refresh_from_db()
            forms = _forms(found, one, verb, typed)
        else:
            messages.success(request, _("Shipment %(n)s is changed.") % {"n": one.number})
            return redirect(request.path)
    entries = list(one.entries.filter(certifier=request.certifier).order_by("-sequence"))
    seen = whole(request.POST.get("seen")) or 0
    if meanwhile and typed.is_valid() and _is_said(typed, verb, entries[0], request.user):
        return redirect(request.path)  # clicked twice
    wrong = next((form for form in forms.values() if form.errors), None)
    context = {
        "certificate": found,
        "one": one,
        "forms": forms,
        "open": next((name for name, form in forms.items() if form.is_bound), ""),
        "entries": [(entry, told(actions.Said.of(entry.said))) for entry in entries],
        "meanwhile": [(entry, told(actions.Said.of(entry.said))) for entry in entries if entry.sequence > seen]
        if meanwhile
        else [],
        "lost": _in_words(typed) if meanwhile and not any(form.is_bound for form in forms.values()) else [],
        "against": obstacles_to_draw(one.allowance) if meanwhile else [],
        "is_old": meanwhile,
        "same": same,
        "wrong": wrong,
        "zone": shipping.office_of(found).rules.time_zone,
        "has_errors": bool(wrong),
    }
    status = 409 if meanwhile else 422 if wrong else 200
    return render(request, "exporters/frames/shipment.html", context, status=status)


def _forms(found: Certificate, one: Shipment, verb: str, typed: Any) -> dict[str, Any]:
    """The forms of what may be said now, each with ids of its own; the posted one holds what was typed.

    Who says that it left after somebody else did has typed a correction.
    """
    open_still = not one.allowance.closed_at
    allowed = {
        "depart": open_still and one.status == ShipmentStatus.PLANNED,
        "arrive": one.status == ShipmentStatus.DEPARTED,
        "correct": open_still and one.status != ShipmentStatus.UNDONE,
        "undo": open_still and one.status != ShipmentStatus.UNDONE,
    }
    made: dict[str, Any] = {}
    for name, shape in VERBS.items():
        if not allowed[name]:
            continue
        if name == verb and typed is not None:
            made[name] = typed
        elif name == "correct" and verb == "depart" and typed is not None and not allowed["depart"]:
            made[name] = shape(typed.data, auto_id=f"{name}-%s")
        else:
            until = {"until": shipping.port_day(found)} if name == "depart" else {}
            initial = SaidForm.initial_of(one, **until) if issubclass(shape, SaidForm) else None
            made[name] = shape(initial=initial, auto_id=f"{name}-%s")
    return made


def _is_said(typed: Any, verb: str, entry: Entry, by: Any) -> bool:
    """Whether the newest entry is what this person typed: they clicked twice."""
    if entry.kind != verb or entry.by != str(by):
        return False
    if verb == "undo":
        return entry.reason == typed.cleaned_data["reason"]
    said = actions.Said.of(entry.said)
    if verb == "arrive":
        return said.arrived_on == typed.cleaned_data["arrived_on"]
    return replace(said, arrived_on=None) == typed.said()


def _in_words(typed: Any) -> list[tuple[str, str]]:
    """What was typed into a form that is not asked any more: label and text."""
    days = {name: value for name, value in typed.cleaned_data.items() if isinstance(value, date)}
    shown = [(field.label, days.get(field.name, field.data)) for field in typed.visible_fields()]
    return [(label, full_day(text) if isinstance(text, date) else text) for label, text in shown if text]


def _do(request: PortalRequest, found: Certificate, one: Shipment, verb: str, form: Any) -> None:
    common: dict[str, Any] = {
        "certificate": found, "shipment": one, "seen": whole(request.POST.get("seen")) or 0, "by": request.user,
    }  # fmt: skip
    said = form.cleaned_data
    if verb == "depart":
        shipping.depart(said=form.said(), besides=form.besides, **common)
    elif verb == "arrive":
        shipping.arrive(on=said["arrived_on"], **common)
    elif verb == "correct":
        shipping.correct(said=form.said(), reason=said["reason"], **common)
    else:
        shipping.undo(reason=said["reason"], **common)
