"""Certificates as staff see them: search, evidence of what was tried at the registry, cancel."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certifiers.forms.certificates import CancelForm, KeepForm, KeyForm
from certifiers.presenters.deciding import cancelled
from nopic.certificates import actions, policies, queries, standing
from nopic.certificates.actions import wishing
from nopic.certificates.models import Certificate
from nopic.delivery import queries as handover
from nopic.frames import queries as frames
from nopic.frames.presenters import drawn
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.review import queries as review
from nopic.review.queues import requests_found
from nopic.tenants.access import PortalRequest, certifier_door, staff_door
from nopic.tenants.statuses import Role
from nopic.watch import queries as afterwards
from nopic.workflow.clock import today
from nopic.workflow.transitions import Overtaken

STATES = ("", "underway", "issued", "cancelled", "superseded", "attention", "revision", "wish")


def _certificate(request: PortalRequest, certificate_id: int) -> Certificate:
    found = queries.find(request.certifier.pk, certificate_id)
    if found is None:
        raise Http404
    return found


@require_safe
@staff_door
def certificates(request: PortalRequest) -> HttpResponse:
    """All certificates, newest first, searched by number, request, exporter, product, lot or container."""
    text, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    typed = request.GET.get("before", "")
    before = whole(typed)
    if state not in STATES or (typed and before is None):
        raise Http404
    found = requests_found(request.certifier.pk, text) if text else ()
    page = queries.for_certifier(request.certifier.pk, search=text, requests=found, state=state, after=before)
    day = today(policy_of(request.certifier.pk).rules.time_zone)
    context = {
        "rows": [(row, queries.state(row, day)) for row in page.certificates],
        "next": page.after,
        "q": text,
        "state": state,
        "views": [
            ("", _("All")),
            ("underway", _("Being published")),
            ("issued", _("Issued")),
            ("cancelled", _("Cancelled")),
            ("superseded", _("Replaced")),
            ("attention", _("Needs attention")),
            ("revision", _("Revision to decide")),
            ("wish", _("Asked to be cancelled")),
        ],
        "owed": afterwards.owed_counts(request.certifier.pk, day),
        **queries.waiting_counts(request.certifier.pk),
        "concerns": len(afterwards.open_concerns(request.certifier.pk)),
        "key": queries.registry_key(request.certifier.pk),
    }
    return render(request, "certifiers/certificates/list.html", context)


@require_safe
@staff_door
def certificate(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """One certificate: where it stands, whom it reached, and what was tried at the registry."""
    found = _certificate(request, certificate_id)
    zone = found.request.policy.rules.time_zone if found.request.policy else "UTC"
    allowance = frames.allowance_of(request.certifier.pk, found.pk)
    part = frames.shipments(allowance, request.GET.get("from")) if allowance else None
    context = {
        "certificate": found,
        "data": found.data,
        "state": queries.state(found, today(zone)),
        "left": policies.said_left(found) or found.request.departure_on,
        "net_kg": found.kilograms,
        "place": standing.place(found),
        "split_from": standing.split_from(found.request),
        "split_off": standing.split_off(found.request, line_id=found.line_id),
        "versions": queries.versions(found),
        "drawn": drawn(allowance, today(zone)) if allowance else None,
        "part": part,
        "rows": part.rows if part else [],
        "allowance": allowance,
        "record_at": queries.record_printed_at(found) if allowance else None,
        "evidence": queries.evidence(found),
        "deliveries": handover.deliveries(certifier_id=request.certifier.pk, certificate_id=found.pk),
        "alone": review.alone_of_line(found.line_id, request.certifier.pk),
        "differs": policies.registry_differs(found),
        "why_not_cancel": policies.obstacles_to_cancel(found),
        "wishes": list(
            found.cancel_wishes.filter(certifier_id=found.certifier_id).select_related("asked_by", "answered_by")
        ),
        "cancel_sentence": policies.cancel_sentence(found),
        "reports": afterwards.treatment_reports(found),
        "on_the_way": afterwards.routing_changes(found),
        "zone": zone,
    }
    return render(request, "certifiers/certificates/certificate.html", context)


@require_http_methods(["GET", "POST"])
@staff_door
def cancel(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """Cancel with a coded reason: from that moment nobody is told that it is valid."""
    found = _certificate(request, certificate_id)
    policy = found.request.policy
    reasons = policy.rules.cancel_reasons if policy else ()  # a sent request has one
    keeps = request.method == "POST" and "keep" in request.POST
    form = CancelForm(
        None if keeps else posted(request), reasons=reasons, initial={"reason": request.GET.get("reason", "")}
    )
    keep_form = KeepForm(request.POST if keeps else None)
    if keeps and keep_form.is_valid():
        try:
            note, seen = keep_form.cleaned_data["answer"], request.POST["keep"]
            wishing.decline_to_cancel(certificate=found, by=request.user, note=note, seen=seen)
            messages.success(request, _("It stays valid. The exporter is told why."))
        except Overtaken:
            messages.info(request, _("It was answered already. Here it is as it stands."))
        return redirect("certificate", certifier=request.certifier.slug, certificate_id=found.pk)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(certificate=found, by=request.user, **form.cleaned_data)
            messages.success(request, cancelled(policy.rules if policy else None))
        except Overtaken:
            fresh = _certificate(request, certificate_id)
            messages.info(request, " ".join(policies.obstacles_to_cancel(fresh)) or _("A colleague was faster."))
        return redirect("certificate", certifier=request.certifier.slug, certificate_id=found.pk)
    context = {
        "certificate": found,
        "form": form,
        "keep_form": keep_form,
        "wish": policies.wish_to_cancel(found),
        "asked": queries.open_version(found),
        "split_off": standing.split_off(found.request, line_id=found.line_id),
        "problems": problems([form, keep_form]),
        "obstacles": policies.obstacles_to_cancel(found),
        "has_errors": bool(form.errors or keep_form.errors),
        "zone": policy.rules.time_zone if policy else "UTC",
    }
    return render(request, "certifiers/certificates/cancel.html", context, status=422 if context["has_errors"] else 200)


@require_POST
@staff_door
def press(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """The two safe buttons of a certificate that needs attention."""
    found = _certificate(request, certificate_id)
    action = {"look": actions.look_up_again, "try": actions.try_again}.get(request.POST.get("press", ""))
    if action is None:
        raise Http404
    try:
        action(certificate=found, by=request.user)
        messages.success(request, _("Asked for. The result appears here in a moment."))
    except Overtaken:
        messages.info(request, _("It does not need attention any more."))
    return redirect("certificate", certifier=request.certifier.slug, certificate_id=found.pk)


@require_http_methods(["GET", "POST"])
@certifier_door(Role.CERTIFIER_ADMIN)
def registry_key(request: PortalRequest) -> HttpResponse:
    """Renew the certifier's key for the registry; what waited for it goes on at once."""
    form = KeyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.renew_key(certifier=request.certifier, secret=form.cleaned_data["secret"], by=request.user)
        messages.success(request, _("The new key is in use."))
        return redirect("certificates", certifier=request.certifier.slug)
    context = {"form": form, "problems": problems([form]), "has_errors": bool(form.errors)}
    return render(request, "certifiers/certificates/key.html", context, status=422 if form.errors else 200)
