"""The page on which something of a case is decided: the consequence in one sentence, the form, and the way back.

No modals. It is given what stands against the decision, so a locked one says why instead of showing its form.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from certifiers.views.case.opening import Open
from nopic.presentation.forms import problems
from nopic.presentation.typed import whole
from nopic.review import policies
from nopic.review.policies import Obstacle
from nopic.tenants.access import PortalRequest
from nopic.workflow.transitions import Overtaken, Refused

form_page = require_http_methods(["GET", "POST"])


def decide(
    request: PortalRequest,
    opened: Open,
    *,
    form: forms.Form | None,
    against: list[Obstacle],
    act: Callable[[], str],
    page: dict[str, Any],
    to: str = "case",
) -> HttpResponse:
    """Show the page, or do it: `act` returns the sentence of success, said on the page `to`. Obstacles stand where the button would.

    What stands against it refuses a form that was sent all the same, before anything is read of it.
    """
    told: list[tuple[str, str]] = []
    if request.method == "POST" and not against:
        if form is None or form.is_valid():
            try:
                with transaction.atomic():
                    done = act()
                messages.success(request, done)
                return redirect(opened.url(to))
            except Overtaken as lost:
                messages.info(request, policies.what_happened(lost.subject, request.user))
                return redirect(opened.url("case"))
            except Refused as refused:
                told = [(policies.sentence(each), "") for each in refused.findings]
        else:
            told = problems([form])
    context = {
        "opened": opened,
        "form": form,
        "problems": told,
        "has_errors": bool(told),
        "against": [policies.sentence(each) for each in against],
        "back": opened.url("case"),
        "revision": opened.request.revision,
        **page,
    }
    return render(
        request,
        "certifiers/case/decide.html",
        context,
        status=422 if told or (against and request.method == "POST") else 200,
    )


def passed(opened: Open) -> list[tuple[str, str, str]]:
    """What the rules said about the line shown and somebody let pass: the sentence, who and why."""
    found = opened.case.let_pass(opened.line.line)
    return [(each.staff_sentence, each.waived_by, each.waived_why) for each in found]


def revision_shown(request: PortalRequest, opened: Open) -> int:
    """The revision that the page showed; an address without one means the present one."""
    shown = whole(request.POST.get("revision"))
    return opened.request.revision if shown is None else shown
