"""The last step: everything as the certificates will say it, what is still missing, and the button that sends it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.views import merging
from exporters.views.acting import filing_door
from exporters.views.frame import frame, sent_meanwhile
from exporters.views.loading import load_request
from nopic.presentation.typed import whole
from nopic.requests import actions, queries
from nopic.requests.checks import Finding, findings
from nopic.requests.models import CertificateRequest
from nopic.requests.policies import obstacles_to_confirm_on_paper, unconfirmed
from nopic.requests.statuses import RequestStatus
from nopic.tenants.access import PortalRequest
from nopic.workflow.transitions import Overtaken, Refused

COVERAGE = "departure#coverage"  # where one shipment or several is chosen


@require_http_methods(["GET", "POST"])
@filing_door
def check(request: PortalRequest, reference: str) -> HttpResponse:
    """The summary in the order of the certificate, what is missing, the declaration, and sending."""
    asked = load_request(request, reference)
    if asked.status != RequestStatus.DRAFT:
        if request.method == "POST":  # pressed twice, or the answer was lost
            return redirect("request_sent", certifier=request.certifier.slug, reference=asked.reference)
        return sent_meanwhile(request, asked)
    refused: list[Any] = []
    if request.POST.get("go", "").startswith(merging.MERGE):
        return merging.merge(request, asked, whole(request.POST.get("revision")) or 0)
    if request.method == "POST" and getattr(request, "acting", None):
        actions.ask_to_confirm(request=asked, by=request.user, seen=whole(request.POST.get("asked")))
        messages.success(
            request, _("%(exporter)s is asked by e-mail to confirm and send it.") % {"exporter": asked.exporter}
        )
        return redirect(request.path)
    if request.method == "POST":
        if not request.may_send:
            return render(request, "403.html", status=403)
        try:
            actions.submit(
                request=asked,
                by=request.user,
                declared=request.POST.get("declared") == "yes",
                revision=whole(request.POST.get("revision")) or 0,
            )
            return redirect("request_sent", certifier=request.certifier.slug, reference=asked.reference)
        except Refused as refusal:
            refused = refusal.findings
        except Overtaken:
            messages.info(request, _("The request was changed in another window. Look at it once more, then send it."))
            return redirect(request.path)
    return _check_page(request, asked, refused)


def _check_page(request: PortalRequest, asked: CertificateRequest, refused: list[Any]) -> HttpResponse:
    found = findings(asked, moment="submit")
    base = f"/{request.certifier.slug}/requests/{asked.reference}/"

    def address(anchor: str) -> str:
        step, _hash, name = anchor.partition("#")
        if step in ("", "check"):
            return f"#{name}" if name else ""
        return f"{base}{step}/" + (f"#{name}" if name else "")

    context = frame(request, asked, "check", found)
    context["groups"] = _groups(_boxes(asked, found), address)
    context["late_reason"] = asked.late_reason if context["ruler"] and context["ruler"].late else ""
    context["missing"] = [(one.sentence, address(one.field)) for one in found if one.severity == "stop"]
    context["worth"] = [
        (one.sentence, address(one.field), f"{merging.MERGE}{one.line_id}" if one.asks == "merge" else "")
        for one in found
        if one.severity != "stop"
    ]
    context["problems"] = [(one.sentence, address(one.field)) for one in refused]
    context["untouched"] = queries.is_untouched(asked, queries.came_back(asked))
    context["undeclared"] = any(one.rule == "declaration_is_made" for one in refused)
    context["documents"] = queries.documents(asked)
    context["filed"] = unconfirmed(asked)
    acting = getattr(request, "acting", None)
    context["may_sign"] = acting is not None and not obstacles_to_confirm_on_paper(acting, request.user)
    context["has_errors"] = bool(refused)
    return render(request, "exporters/steps/check.html", context, status=422 if refused else 200)


def _boxes(asked: CertificateRequest, found: list[Finding]) -> list[queries.Box]:
    """As the certificates will say it; what box 2 says is missing while one shipment or several is not chosen."""
    boxes = queries.summary(asked)
    if any(one.field == COVERAGE for one in found):
        boxes = [replace(box, values=(), anchor=COVERAGE) if box.number == 2 else box for box in boxes]
    return boxes


def _groups(boxes: list[queries.Box], address: Callable[[str], str]) -> list[tuple[str, list[tuple[queries.Box, str]]]]:
    """Boxes in the order of the certificate: the parties, each product under its name, then the journey."""
    groups: list[tuple[str, list[tuple[queries.Box, str]]]] = []
    before: object = groups  # no line has it
    for box in boxes:
        part = box.line_id or ("journey" if box.number >= 14 else "parties")
        if part != before:
            product = box.values[0] if box.values else _("Product")
            titles = {"journey": _("Journey and documents"), "parties": _("Parties")}
            groups.append((titles.get(str(part), product), []))
        groups[-1][1].append((box, address(box.anchor)))
        before = part
    return groups
