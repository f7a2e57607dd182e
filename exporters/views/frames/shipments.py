"""The record of shipments of one certificate: what is left, the form for the next truck, and one shipment's story."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms.shipments import ArriveForm, CorrectForm, RecordForm, SaidForm, UndoForm
from exporters.presenters.rows import certificate_facts
from nopic.certificates import policies, shipping
from nopic.certificates import queries as certificates
from nopic.certificates.models import Certificate
from nopic.frames import actions, queries
from nopic.frames.models import Shipment
from nopic.frames.policies import obstacles_to_draw
from nopic.frames.presenters import drawn
from nopic.frames.statuses import ShipmentStatus
from nopic.presentation.forms import posted
from nopic.presentation.typed import whole
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused

VERBS: dict[str, Any] = {"depart": SaidForm, "arrive": ArriveForm, "correct": CorrectForm, "undo": UndoForm}


def _certificate(request: PortalRequest, certificate_id: int) -> Certificate:
    found = certificates.find(request.certifier.pk, certificate_id, exporter_id=request.exporter_id or 0)
    if found is None or not found.issued_at:
        raise Http404("no such certificate, not this company's, or not issued")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def shipments(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """What is left, every shipment, and the form that records the next one."""
    found = _certificate(request, certificate_id)
    office = shipping.office_of(found)
    today = office.local(now()).date()
    form = RecordForm(posted(request), today=today)
    if request.method == "POST" and form.is_valid():
        try:
            made = shipping.record_shipment(
                certificate=found, said=form.said(), has_left=form.cleaned_data["left"] == "yes", key=form.form_key,
                another=form.cleaned_data["another"], by=request.user,
            )  # fmt: skip
        except actions.LooksTheSame as same:
            form.ask_whether_another()
            form.add_error(
                "another",
                _("Shipment %(n)s has the same day, weight and plate or document. Is this another truck?")
                % {"n": same.shipment.number},
            )
        except Refused as refused:
            _say(form, refused)
        except Overtaken:
            messages.info(request, _("The certificate was changed meanwhile. Look at it once more."))
            return redirect(request.path)
        else:
            messages.success(request, _("Shipment %(n)s is recorded.") % {"n": made.number})
            return redirect(request.path)
    allowance = queries.allowance_of(request.certifier.pk, found.pk)
    rows = queries.shipments(allowance) if allowance else []
    against = policies.obstacles_to_ship(found) or (obstacles_to_draw(allowance) if allowance else [])
    if not policies.is_time_frame(found) and any(row.status != ShipmentStatus.UNDONE for row in rows):
        against = against or [_("This certificate is for one shipment, and that is recorded.")]
    state = certificates.state(found, today)
    context = {
        "certificate": found,
        "state": state,
        "facts": certificate_facts(found, state, office),
        "drawn": drawn(allowance, today) if allowance else None,
        "rows": rows,
        "record_at": certificates.record_printed_at(found),
        "form": form,
        "against": against,
        "has_errors": bool(form.errors),
    }
    return render(request, "exporters/frames/shipments.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def shipment(request: PortalRequest, certificate_id: int, number: int) -> HttpResponse:
    """One shipment: that it left, arrived, was wrong or never was; and every entry of it."""
    found = _certificate(request, certificate_id)
    mine = Shipment.objects.filter(certifier=request.certifier, allowance__certificate_id=found.pk)
    one = get_object_or_404(mine.select_related("allowance"), number=min(number, 2**31 - 1))
    verb = request.POST.get("verb", "")
    forms = _forms(request, one, verb)
    if request.method == "POST":
        form = forms.get(verb)
        if form is None:
            messages.info(request, _("The shipment was changed meanwhile. Look at it once more."))
            return redirect(request.path)
        if form.is_valid():
            try:
                _do(request, found, one, verb, form)
                messages.success(request, _("Shipment %(n)s is changed.") % {"n": one.number})
                return redirect(request.path)
            except Refused as refused:
                _say(form, refused)
            except Overtaken:
                messages.info(request, _("The shipment was changed meanwhile. Look at it once more."))
                return redirect(request.path)
    wrong = [form for form in forms.values() if form.errors]
    context = {
        "certificate": found,
        "one": one,
        "forms": forms,
        "open": verb if wrong else "",
        "entries": list(one.entries.filter(certifier=request.certifier).order_by("-sequence")),
        "wrong": wrong[0] if wrong else None,
        "zone": shipping.office_of(found).rules.time_zone,
        "has_errors": bool(wrong),
    }
    return render(request, "exporters/frames/shipment.html", context, status=422 if wrong else 200)


def _forms(request: PortalRequest, one: Shipment, verb: str) -> dict[str, Any]:
    """The forms of what may be said now, each with ids of its own; the posted one holds what was typed."""
    open_still = not one.allowance.closed_at
    allowed = {
        "depart": open_still and one.status == ShipmentStatus.PLANNED,
        "arrive": one.status == ShipmentStatus.DEPARTED,
        "correct": open_still and one.status != ShipmentStatus.UNDONE,
        "undo": open_still and one.status != ShipmentStatus.UNDONE,
    }
    made: dict[str, Any] = {}
    for name, shape in VERBS.items():
        if allowed[name]:
            initial = SaidForm.initial_of(one) if issubclass(shape, SaidForm) else None
            made[name] = shape(posted(request) if name == verb else None, initial=initial, auto_id=f"{name}-%s")
    return made


def _do(request: PortalRequest, found: Certificate, one: Shipment, verb: str, form: Any) -> None:
    common: dict[str, Any] = {
        "certificate": found, "shipment": one, "seen": whole(request.POST.get("seen")) or 0, "by": request.user,
    }  # fmt: skip
    said = form.cleaned_data
    if verb == "depart":
        shipping.depart(said=form.said(), **common)
    elif verb == "arrive":
        shipping.arrive(on=said["arrived_on"], **common)
    elif verb == "correct":
        shipping.correct(said=form.said(), reason=said["reason"], **common)
    else:
        shipping.undo(reason=said["reason"], **common)


def _say(form: Any, refused: Refused) -> None:
    for name, sentence in refused.findings:
        form.add_error(name if name in form.fields else None, sentence)
