"""Correcting a sent request for its exporter: who said so, then the boxes on the exporter's own pages, then the reasons."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifiers.forms.on_behalf import CorrectForm, ReasonsForm
from certifiers.views.case.form_page import decide, form_page, revision_shown
from certifiers.views.case.opening import Open, open_case
from nopic.presentation.forms import posted, problems
from nopic.presentation.words import city_of, moment
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest, Correction
from nopic.requests.policies import correction_of, obstacles_to_confirm_on_paper
from nopic.review import actions, policies, queries
from nopic.review.policies.correcting import obstacles_to_correct, obstacles_to_take_correction_back
from nopic.tenants.access import PortalRequest, staff_door
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused

STEPS = {
    "departure": gettext_lazy("Departure"),
    "importer": gettext_lazy("Importer"),
    "products": gettext_lazy("Products"),
    "transport": gettext_lazy("Transport"),
    "documents": gettext_lazy("Documents"),
}


@form_page
@staff_door
def correct(request: PortalRequest, reference: str) -> HttpResponse:
    """Begin a correction; once it is begun, say why each box is changed and ask the exporter to confirm it."""
    opened = open_case(request, reference, waiting=True)
    correction = correction_of(opened.request)
    if correction is None:
        return _begin(request, opened)
    if correction.asked_to_confirm_at is not None or correction.staff_id != request.user.pk:
        return redirect(opened.url("case"))  # where it stands, and who has it
    return _reasons(request, opened, correction)


def _begin(request: PortalRequest, opened: Open) -> HttpResponse:
    form = CorrectForm(posted(request), initial={"asked_on": opened.case.facts.office.local(now()).date()})

    def act() -> str:
        data = form.cleaned_data
        asked = requests.Asked(by=data["asked_by"], means=data["means"], on=data["asked_on"], reason=data["reason"])
        actions.begin_correction(
            request=opened.request, by=request.user, asked=asked, revision=revision_shown(request, opened)
        )
        return _("Change the boxes, then come back here to say why.")

    return decide(
        request,
        opened,
        form=form,
        against=obstacles_to_correct(opened.request, request.user),
        act=act,
        to="correct_request",
        page={
            "title": _("Correct for the exporter"),
            "consequence": _(
                "You change the boxes on the exporter's own pages and say why. Nothing can be decided until the exporter "
                "has confirmed or rejected it; what was sent stays readable."
            ),
            "button": _("Begin the correction"),
            "shape": "main",
        },
    )


def _reasons(request: PortalRequest, opened: Open, correction: Correction) -> HttpResponse:
    """Every box that says something else now, each with its reason."""
    changed = queries.corrected(correction)
    form = ReasonsForm(posted(request), changes=changed, reason=correction.reason)
    told: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                actions.ask_for_confirmation(
                    request=opened.request, by=request.user, whys=form.whys(), revision=revision_shown(request, opened)
                )
            messages.success(request, _("%(who)s is asked to confirm it.") % {"who": opened.request.exporter})
            return redirect(opened.url("case"))
        except Overtaken as lost:
            messages.info(request, policies.what_happened(lost.subject, request.user))
            return redirect(opened.url("correct_request"))
        except Refused as refused:
            told = [(policies.sentence(each), "") for each in refused.findings]
    told = told or problems([form])
    context = {
        "opened": opened,
        "correction": correction,
        "changes": changed,
        "steps": [(name, step_url(opened.request, step)) for step, name in STEPS.items()],
        "form": form,
        "problems": told,
        "has_errors": bool(told),
        "back": opened.url("case"),
        "take_back": opened.url("take_correction_back"),
        "revision": opened.request.revision,
    }
    return render(request, "certifiers/case/correct.html", context, status=422 if told else 200)


def step_url(found: CertificateRequest, step: str) -> str:
    """A step of the exporter's form, open for who corrects it."""
    name, more = ("request_documents", ()) if step == "documents" else ("request_step", (step,))
    return reverse(name, args=[found.certifier.slug, found.reference, *more])


@form_page
@staff_door
def take_correction_back(request: PortalRequest, reference: str) -> HttpResponse:
    """Take it back: the review goes on with what was sent."""
    opened = open_case(request, reference, waiting=True)
    correction = correction_of(opened.request)

    def act() -> str:
        actions.take_correction_back(request=opened.request, by=request.user)
        return _("The correction is taken back. The review goes on with what was sent.")

    return decide(
        request,
        opened,
        form=None,
        against=obstacles_to_take_correction_back(correction, request.user)
        if correction is not None
        else [_("No correction is open.")],
        act=act,
        page={
            "title": _("Take the correction back"),
            "consequence": _(
                "The review goes on with the request as it was sent. What you typed is put aside and stays in the log; "
                "documents that came stay. An exporter who was asked is told."
            ),
            "button": _("Take the correction back"),
            "shape": "main",
        },
    )


def panel(found: CertificateRequest, me: Any, zone: str) -> dict[str, Any]:
    """What the page of a request that waits shows of its open correction, and what may be done with it now."""
    correction = correction_of(found)
    if correction is None:
        return {}
    addresses = [found.certifier.slug, found.reference]
    mine = correction.staff_id == me.pk and correction.asked_to_confirm_at is None
    return {
        "correction": correction,
        "go_on_url": reverse("correct_request", args=addresses) if mine else "",
        "take_correction_back_url": ""
        if obstacles_to_take_correction_back(correction, me)
        else reverse("take_correction_back", args=addresses),
        "signed_url": ""
        if correction.asked_to_confirm_at is None or obstacles_to_confirm_on_paper(correction, me)
        else reverse("signed_form", args=addresses),
        "correction_due": moment(correction.due_at, zone, city_of(zone)) if correction.due_at else "",
    }
