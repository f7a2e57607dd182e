"""The next version of a certificate as staff see it: old and new side by side, approve or refuse."""

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certifiers.forms.certificates import CheckForm, DecisionForm
from nopic.certificates import limits, policies, queries, standing
from nopic.certificates.actions import correcting, revising
from nopic.certificates.models import Certificate, Revision
from nopic.certificates.statuses import RevisionStatus
from nopic.fees.prices import of_revision
from nopic.presentation.forms import posted, problems
from nopic.tenants.access import PortalRequest, staff_door
from nopic.workflow.transitions import Overtaken, Refused


def _certificate(request: PortalRequest, certificate_id: int) -> Certificate:
    found = queries.find(request.certifier.pk, certificate_id)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@staff_door
def revision(request: PortalRequest, certificate_id: int, revision_id: int) -> HttpResponse:
    """Old and new side by side, and the decision."""
    found = _certificate(request, certificate_id)
    wish = Revision.objects.filter(certifier_id=request.certifier.pk, certificate=found, pk=revision_id).first()
    if wish is None:
        raise Http404
    wish.certificate = found
    checking = request.method == "POST" and request.POST.get("do") == "check"
    kind = CheckForm if wish.corrects else Form
    check_form: Form = kind(posted(request) if checking else None, prefix="usda")
    form = DecisionForm(None if checking else posted(request))
    if checking and check_form.is_valid():
        if _check(request, wish, check_form):
            return redirect(request.path)
    elif request.method == "POST" and not checking and form.is_valid():
        note = form.cleaned_data["note"].strip()
        try:
            if form.cleaned_data["verdict"] == "approve":
                revising.approve(revision=wish, by=request.user, note=note)
                messages.success(request, _("Approved. The new version is being published in INTEGRITY."))
            else:
                revising.refuse(revision=wish, by=request.user, note=note)
                messages.success(request, _("Refused. The exporter is told why; the present version stays."))
            return redirect("certificate", certifier=request.certifier.slug, certificate_id=found.pk)
        except Refused as refusal:
            for sentence in refusal.findings:
                form.add_error(None, sentence)
        except Overtaken:
            messages.info(request, _("It was decided or taken back a moment ago."))
            return redirect("certificate", certifier=request.certifier.slug, certificate_id=found.pk)
    context = {
        "certificate": found,
        "revision": wish,
        "rows": [row for row in queries.compared(found, wish) if row.changed],
        "to_decide": wish.status == RevisionStatus.REQUESTED,
        "by_two": wish.corrects or wish.two_people,
        "obstacles": _obstacles(request, found, wish),
        "price": of_revision(found.request.policy.rules) if found.request.policy else "",
        "wish": policies.wish_to_cancel(found),
        "split_off": standing.split_off(found.request, line_id=found.line_id),
        "papers": limits.papers(found, wish) if wish.corrects else [],
        "form": form,
        "check_form": check_form,
        "problems": problems([check_form, form]),
        "has_errors": bool(form.errors or check_form.errors),
        "zone": found.request.policy.rules.time_zone if found.request.policy else "UTC",
    }
    return render(
        request, "certifiers/certificates/revision.html", context, status=422 if context["has_errors"] else 200
    )


def _check(request: PortalRequest, wish: Revision, form: Form) -> bool:
    """The first person's word, about a correction also what was told to USDA; False with what stands against it."""
    told = form.cleaned_data
    try:
        if wish.corrects:
            correcting.check(revision=wish, note=told["note"].strip(), told_on=told["told_on"], by=request.user)
        else:
            revising.check(revision=wish, by=request.user)
        messages.success(request, _("Checked. A colleague decides now."))
    except Refused as refusal:
        for one in refusal.findings:
            form.add_error(getattr(one, "field", "") or None, str(one))
        return False
    except Overtaken:
        messages.info(request, _("A colleague checked it a moment ago."))
    return True


def _obstacles(request: PortalRequest, found: Certificate, wish: Revision) -> list[str]:
    """What stands against it as it is asked now: against checking it, else against approving."""
    if wish.status != RevisionStatus.REQUESTED:
        return []
    if not wish.corrects:
        against = policies.obstacles_to_revise(found, but=wish)
        return against or (limits.obstacles_of_one_person(wish, by=request.user) if wish.checked_by_id else [])
    if wish.checked_by_id is None:
        return limits.obstacles_to_check(found, wish)
    return limits.obstacles_to_approve_correction(found, wish, by=request.user)
