"""Goods on their way: routing recorded beside a certificate, and treatments reported by whoever learns of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nopic.certificates.models import Certificate
from nopic.delivery.forms.afterwards import RoutingForm, TreatmentForm
from nopic.delivery.views.handover import EVERYBODY, certificate_of
from nopic.delivery.views.inbox import record_of
from nopic.presentation.forms import posted, problems
from nopic.tenants.access import PortalRequest, certifier_door, inbox_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import STAFF, Role
from nopic.watch import actions, policies, queries
from nopic.workflow.transitions import Refused

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@_form_page
@certifier_door(*EVERYBODY)
def routing(request: PortalRequest, certificate: int) -> HttpResponse:
    """Vessel, containers, transport document and arrival as they are now; the certificate itself stays as it is."""
    found = certificate_of(request, certificate)
    form = RoutingForm(posted(request), initial=RoutingForm.filled_with(queries.current_routing(found)))
    status = 200
    if request.method == "POST":
        if not _may_speak(request):
            return render(request, "403.html", status=403)
        status = 422
        if form.is_valid():
            try:
                change = actions.change_routing(
                    certificate=found, values=form.values, note=form.cleaned_data["note"], by=request.user,
                    shown=form.began_with,
                )  # fmt: skip
            except Refused as refusal:
                form.begin_anew(queries.current_routing(certificate_of(request, certificate)))
                _say(form, refusal)
            else:
                said = _("Recorded. The importer and the broker see it now.") if change else _("Nothing had changed.")
                messages.success(request, said)
                return redirect(_back(request, found))
    context = {
        **_frame(request, found),
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
        "obstacles": policies.obstacles_to_reroute(found),
        "may_send": _may_speak(request),
    }
    return render(request, "delivery/routing.html", context, status=status)


@_form_page
@certifier_door(*EVERYBODY)
def treatment(request: PortalRequest, certificate: int) -> HttpResponse:
    """Staff and exporter report a treatment."""
    found = certificate_of(request, certificate)
    if request.method == "POST" and not _may_speak(request):
        return render(request, "403.html", status=403)
    form = TreatmentForm(posted(request), left=policies.left_organic(found))
    kind = "staff" if request.roles & STAFF else "exporter"
    if _reported(request, form, found, kind):
        return redirect(_back(request, found))
    context = {**_frame(request, found), **_about(form, found), "may_send": _may_speak(request)}
    return render(request, "delivery/treatment.html", context, status=_status(request))


@_form_page
@inbox_door(Role.IMPORTER, Role.BROKER, opens_door=False)
def inbox_treatment(request: PortalRequest, number: str) -> HttpResponse:
    """The importer or the broker reports a treatment: at the port they are the first to know."""
    record = record_of(request, number)
    back = reverse("inbox_certificate", kwargs={"number": number})
    with tenant(record.certifier_id, request.user):
        found = Certificate.objects.select_related("request__policy").get(
            certifier_id=record.certifier_id, pk=record.certificate_id
        )
        form = TreatmentForm(posted(request), left=policies.left_organic(found))
        kind = "importer" if request.inbox_of.importer_id else "broker"
        if _reported(request, form, found, kind):
            return redirect(back)
        context = {**_about(form, found), "number": number, "back": back, "may_send": True}
    return render(request, "delivery/treatment.html", context, status=_status(request))


def _reported(request: PortalRequest, form: TreatmentForm, found: Certificate, kind: str) -> bool:
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        actions.report_treatment(certificate=found, reported_as=kind, by=request.user, **form.facts())
    except Refused as refusal:
        _say(form, refusal)
        return False
    messages.success(request, _("Recorded. Exporter, importer, broker and certifier are told."))
    return True


def _say(form: Any, refusal: Refused) -> None:
    for one in refusal.findings:
        form.add_error(getattr(one, "field", "") or None, str(one))


def _status(request: PortalRequest) -> int:
    return 422 if request.method == "POST" else 200


def _about(form: TreatmentForm, found: Certificate) -> dict[str, Any]:
    return {
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
        "obstacles": policies.obstacles_to_report_treatment(found),
        "left": policies.left_organic(found),
        "reports": queries.treatment_reports(found),
    }


def _may_speak(request: PortalRequest) -> bool:
    return bool(request.roles & STAFF) or request.may_send


def _back(request: PortalRequest, found: Certificate) -> str:
    name = "certificate" if request.roles & STAFF else "my_certificate"
    return reverse(name, kwargs={"certifier": request.certifier.slug, "certificate_id": found.pk})


def _frame(request: PortalRequest, found: Certificate) -> dict[str, Any]:
    return {"certificate": found, "number": found.number or "", "back": _back(request, found)}
