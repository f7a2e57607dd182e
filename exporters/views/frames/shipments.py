"""The record of shipments of one certificate: what is left, every shipment, and the form for the next truck."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms.shipments import RecordForm
from exporters.presenters.rows import certificate_facts
from nopic.certificates import policies, shipping
from nopic.certificates import queries as certificates
from nopic.certificates.models import Certificate
from nopic.frames import actions, queries
from nopic.frames.models import Shipment
from nopic.frames.policies import obstacles_to_draw
from nopic.frames.presenters import drawn
from nopic.presentation.forms import posted
from nopic.presentation.words import kg
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused


def certificate_of(request: PortalRequest, certificate_id: int) -> Certificate:
    """The company's own certificate, published; or 404."""
    found = certificates.find(request.certifier.pk, certificate_id, exporter_id=request.exporter_id or 0)
    if found is None or not found.issued_at:
        raise Http404("no such certificate, not this company's, or not issued")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def shipments(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """What is left, every shipment, and the form that records the next one."""
    found = certificate_of(request, certificate_id)
    office = shipping.office_of(found)
    form = RecordForm(posted(request), today=shipping.port_day(found))
    same: Sequence[Shipment] = ()
    form.single_kg = None if policies.is_time_frame(found) else found.kilograms
    if request.method == "POST" and form.is_valid():
        try:
            made = shipping.record_shipment(
                certificate=found, said=form.said(), has_left=form.cleaned_data["left"] == "yes", key=form.form_key,
                besides=form.besides, by=request.user,
            )  # fmt: skip
        except actions.LooksTheSame as known:
            form.ask_whether_another(known)
            same = known.shipments
        except Refused as refused:
            say(form, refused)
        except Overtaken:
            form.add_error(None, _("The certificate was changed meanwhile. Look at it once more."))
        else:
            messages.success(
                request, _("Shipment %(n)s is recorded: %(kg)s kg.") % {"n": made.number, "kg": kg(made.kg)}
            )
            return redirect(request.path)
    allowance = queries.allowance_of(request.certifier.pk, found.pk)
    part = queries.shipments(allowance, request.GET.get("from")) if allowance else None
    against = policies.obstacles_to_ship(found) or (obstacles_to_draw(allowance) if allowance else [])
    if allowance and not allowance.time_frame and allowance.left_kg < allowance.cap_kg:
        against = against or [_("This certificate is for one shipment, and that is recorded.")]
    today = office.local(now()).date()
    state = certificates.state(found, today)
    context = {
        "certificate": found,
        "state": state,
        "facts": certificate_facts(found, state, office),
        "time_frame": policies.is_time_frame(found),
        "drawn": drawn(allowance, today) if allowance else None,
        "part": part,
        "rows": part.rows if part else [],
        "record_at": certificates.record_printed_at(found),
        "today": form.today,
        "form": form,
        "same": same,
        "against": against,
        "has_errors": bool(form.errors),
    }
    return render(request, "exporters/frames/shipments.html", context, status=422 if form.errors else 200)


def say(form: Any, refused: Refused) -> None:
    """Each sentence at its field, or above the form."""
    for name, sentence in refused.findings:
        form.add_error(name if name in form.fields else None, sentence)
