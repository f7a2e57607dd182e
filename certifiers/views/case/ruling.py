"""Deciding on the document list of a case: one POST for each button, as a part of the page or as a page of its own."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from certifiers.views.case.opening import open_case
from certifiers.views.case.page import keep_verdicts, right
from certifiers.views.case.papers import rows
from nopic.documents.statuses import RulingKind
from nopic.presentation.typed import whole
from nopic.review import actions, policies, queries
from nopic.tenants.access import PortalRequest, staff_door
from nopic.workflow.transitions import Overtaken, Refused


@require_POST
@staff_door
def decide_papers(request: PortalRequest, reference: str) -> HttpResponse:
    """One button of the document list: `accepted:<row>:<files seen>`, or `yes:<file>` and `no:<file>` about organic."""
    opened = open_case(request, reference)
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    verb, _colon, rest = request.POST.get("paper", "").partition(":")
    anchor, _colon, seen = rest.rpartition(":")
    try:
        if not request.htmx:  # type: ignore[attr-defined]
            keep_verdicts(request, opened)  # without scripts the whole form is sent: what is ticked there is not lost
        with transaction.atomic():
            if verb in ("yes", "no"):
                document = whole(rest) or 0
                actions.confirm_organic(
                    request=opened.request, document_id=document, named=verb == "yes", by=request.user
                )
            elif verb in RulingKind.values:
                typed[anchor] = request.POST.get(f"why-{anchor}", "")
                slot = next((each for each in opened.case.facts.slots if each.anchor == anchor), None)
                actions.rule_on_paper(
                    request=opened.request,
                    rule=slot.rule if slot else "",
                    subject=slot.subject if slot else "",
                    ruling=verb,
                    reason=typed[anchor],
                    seen=[int(one) for one in seen.split("-") if one.isdecimal()],
                    by=request.user,
                )
                typed = {}
            else:
                return HttpResponse(_("Choose what to do with the document."), status=422, content_type="text/plain")
    except Overtaken as lost:
        messages.info(request, policies.what_happened(lost.subject, request.user))
    except ValueError:
        return HttpResponse(_("Choose Match, Differs or n/a."), status=422, content_type="text/plain")
    except Refused as refused:
        errors[anchor] = " ".join(policies.sentence(each) for each in refused.findings)
    if not errors and not request.htmx:  # type: ignore[attr-defined]
        return redirect(opened.url("case") + "#papers")
    return _answer(request, reference, errors, typed)


def _answer(request: PortalRequest, reference: str, errors: dict[str, str], typed: dict[str, str]) -> HttpResponse:
    """The list as it stands now, as a part for htmx, or as a page of its own that keeps what was typed."""
    opened = open_case(request, reference)
    part = bool(request.htmx)  # type: ignore[attr-defined]
    papers = queries.papers_of(opened.case.facts) if part else []
    context = {
        "opened": opened,
        **right(opened, papers),
        "paper_rows": rows(opened, errors, typed),
        "back": opened.url("case"),
        "problems": [(text, f"why-{anchor}") for anchor, text in errors.items()],
        "has_errors": bool(errors),
        "fragment": part,
    }
    template = "certifiers/case/_papers.html" if part else "certifiers/case/papers.html"
    return render(request, template, context, status=422 if errors else 200)
