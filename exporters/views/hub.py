"""One request: its tasks while it is a draft, where it is once it was sent, and the ways to take it back or move it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exporters.forms.ending import DepartedForm, WithdrawForm
from exporters.presenters import papers
from exporters.presenters.hub import points, tasks, timeline
from exporters.presenters.rows import address, certificate_row, product_of, state_of, step_address, tell_apart, where
from exporters.views.acting import filing_door
from exporters.views.loading import load_request, may_send
from nopic.certificates import policies, projection, standing
from nopic.certificates import queries as certificates
from nopic.fees.prices import of_another_departure
from nopic.presentation.forms import posted, problems
from nopic.requests import actions, queries, timing
from nopic.requests.changes import Change, changes
from nopic.requests.checks import findings
from nopic.requests.checks.alike import OTHER_REQUESTS
from nopic.requests.facts import rules_of
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.requests.policies import correction_of, unconfirmed
from nopic.requests.slots import opening
from nopic.requests.statuses import OPEN_REQUEST, LineStatus, RequestStatus
from nopic.review import actions as review
from nopic.review import policies as may_review
from nopic.review import queries as asked
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.tenants.calendar import Office
from nopic.tenants.policy import refusal_text
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused

_form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@filing_door
def hub(request: PortalRequest, reference: str) -> HttpResponse:
    """The page of a request, whatever its state."""
    found = load_request(request, reference)
    office = Office(rules_of(found))
    lines = _lines(found)
    issued = certificates.for_request(found)
    correction = correction_of(found)
    state = state_of(found, issued, lines, corrected=correction is not None)
    versions = list(
        RequestVersion.objects.filter(certifier_id=found.certifier_id, request=found)
        .defer("snapshot")
        .order_by("-number")
    )
    current = next((each for each in versions if each.number == found.turn), None)
    sent = current if found.status != RequestStatus.DRAFT else None
    boxes, slots = queries.of_version(sent.snapshot) if sent else queries.summary(found), queries.documents(found)
    changing = sent.snapshot if sent and queries.may_say_more(found) else None
    leaves = queries.leaves_on(found, changing)
    certified = any(policies.counts(one) for one in issued)
    today = office.local(now()).date()
    since = office.local(current.returned_at).date() if current and current.returned_at else None
    refused = [
        (product_of(line), _why(found, line), _second_look(request, found, line))
        for line in lines
        if line.status == LineStatus.REFUSED
    ]
    said = points(found, current, boxes) if state == "returned" else []
    speaks = not found.turn or may_send(request)  # what was sent is theirs who may send, also when it came back
    weighed = findings(found, moment="draft") if found.status in (RequestStatus.DRAFT, *OPEN_REQUEST) else []
    context = {
        "found": found,
        "tell_apart": tell_apart(found, changing),
        "alike": [one.sentence for one in weighed if one.rule in OTHER_REQUESTS],
        "state": state,
        "sentence": where(
            found, state, office, issued=issued, points=len(said), since=since,
            reason=refused[0][1] if len(refused) == 1 else "",
        ),
        "is_draft": found.status == RequestStatus.DRAFT,
        "tasks": tasks(
            found, slots, weighed, untouched=queries.is_untouched(found, current)
        ) if found.status == RequestStatus.DRAFT else [],
        "points": said,
        "boxes": boxes,
        "slots": [(each, "later" if each.state == "missing" and each.may_follow else each.state) for each in slots],
        "documents_url": step_address(found, "documents")
        if found.status != RequestStatus.DRAFT
        and any(opening(each, found, certified=certified).takes_a_file for each in slots)
        else "",
        "not_accepted": [] if found.status == RequestStatus.DRAFT else [
            slot for slot in slots if slot.state == "refused" and opening(slot, found, certified=certified).takes_a_file
        ],
        "owed": papers.owed_names(policies.still_owed(slots)) if certified else "",
        "refused": refused,
        "certificates": [certificate_row(one, request.certifier.slug, office, today) for one in issued],
        "versions": [each for each in versions if each.number != found.turn or found.turn > 1 or found.status == RequestStatus.DRAFT],
        "to_be_replaced": standing.to_be_replaced(found),
        "split_from": standing.split_from(found),
        "split_off": standing.split_off(found) if issued else [],
        "timeline": timeline(found, lines, issued, office.rules.time_zone),
        "zone": office.rules.time_zone,
        "deadlines": timing.deadlines(found, office.rules, now(), found.decide_by)
        if found.status in OPEN_REQUEST else [],
        **_questions(found),
        "correction": correction,
        "filed": unconfirmed(found),
        "may_recall": speaks and found.status == RequestStatus.SUBMITTED,
        "may_withdraw": speaks and _may_withdraw(found, lines),
        "ask_departure": speaks and found.turn > 0 and _may_say_departure(found) and state not in ("refused", "decided"),
        "leaves": leaves,
        "date_passed": bool(found.departed_on is None and leaves and leaves < today),
    }  # fmt: skip
    return render(request, "exporters/hub.html", context)


def _questions(found: CertificateRequest) -> dict[str, Any]:
    """The questions that wait, with how many are answered and not sent yet; and those that were answered before."""
    waits = asked.open_round(found) if found.status == RequestStatus.QUESTIONS_OPEN else None
    return {
        "questions": waits,
        "answered": sum(each.is_answered for each in asked.answers(waits, found)) if waits else 0,
        "rounds": [each for each in asked.rounds_of(found) if each.closed_at] if found.turn > 1 else [],
    }


def _lines(found: CertificateRequest) -> list[RequestLine]:
    lines = RequestLine.objects.filter(certifier_id=found.certifier_id, request=found, removed=False)
    return list(lines.select_related("version", "item").order_by("position"))


def _why(found: CertificateRequest, line: RequestLine) -> str:
    """The reason that the reviewer chose, and what they wrote."""
    reason = refusal_text(rules_of(found).refusal(line.reason_code))
    return f"{reason.rstrip('.')}. {line.reason_text.rstrip('.')}" if line.reason_text else reason.rstrip(".")


def _second_look(request: PortalRequest, found: CertificateRequest, line: RequestLine) -> str:
    """Where a second look at a refused line is asked for; nothing when it cannot be asked for (any more)."""
    line.request = found
    if not may_send(request) or may_review.obstacles_to_second_look(line):
        return ""
    return address("second_look", found, position=line.position)


def _may_withdraw(found: CertificateRequest, lines: list[RequestLine]) -> bool:
    """As the action decides: until the first line is decided."""
    open_still = found.status not in (RequestStatus.DECIDED, RequestStatus.WITHDRAWN)
    return open_still and all(line.status == LineStatus.OPEN for line in lines)


def _may_say_departure(found: CertificateRequest) -> bool:
    """As the action decides: once, and not of a withdrawn request."""
    return found.status != RequestStatus.WITHDRAWN and found.departed_on is None and found.departure_on is not None


@require_safe
@exporter_door
def sent(request: PortalRequest, reference: str) -> HttpResponse:
    """What the sender sees right after sending: the reference, the promise, what happens next."""
    found = load_request(request, reference)
    if found.status != RequestStatus.SUBMITTED:
        return redirect(address("request_hub", found))
    return render(request, "exporters/sent.html", {"found": found, "zone": rules_of(found).time_zone})


@require_safe
@exporter_door
def version(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """The request as it was sent on one occasion, and what was said when it came back."""
    found = load_request(request, reference)
    kept = get_object_or_404(
        RequestVersion.objects.filter(certifier_id=found.certifier_id, request=found), number=min(number, 32767)
    )
    context = {
        "found": found,
        "version": kept,
        "boxes": queries.of_version(kept.snapshot),
        "changes": _changes(found, kept),
        "zone": rules_of(found).time_zone,
    }
    return render(request, "exporters/version.html", context)


def _changes(found: CertificateRequest, kept: RequestVersion) -> list[Change]:
    before = RequestVersion.objects.filter(certifier_id=found.certifier_id, request=found, number=kept.number - 1)
    earlier = before.first()
    return changes(earlier.snapshot, kept.snapshot) if earlier is not None else []


@_form_page
@exporter_door
def withdraw(request: PortalRequest, reference: str) -> HttpResponse:
    """Take a request back: what it means, why, and the button."""
    found = _spoken_for(request, reference)
    if not _may_withdraw(found, _lines(found)):
        return _too_late(request, found)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            review.withdraw(request=found, by=request.user, reason=form.cleaned_data["reason"])
        except Overtaken:
            return _too_late(request, found)
        messages.success(request, _("Request %(reference)s is withdrawn.") % {"reference": reference})
        return redirect("requests", request.certifier.slug)
    return _ending(request, "exporters/withdraw.html", found, form)


@_form_page
@exporter_door
def recall(request: PortalRequest, reference: str) -> HttpResponse:
    """Take a sent request back to change it, before the review begins."""
    found = _spoken_for(request, reference)
    if found.status != RequestStatus.SUBMITTED:
        return _too_late(request, found)
    if request.method == "POST":
        try:
            actions.recall(request=found, by=request.user)
        except Overtaken:
            return _too_late(request, found)
        messages.success(request, _("You took it back. Change it and send it again."))
        return redirect(address("request_hub", found))
    return render(request, "exporters/recall.html", {"found": found, "back": address("request_hub", found)})


@_form_page
@exporter_door
def departed(request: PortalRequest, reference: str) -> HttpResponse:
    """ "Has it left?": the day it left, or the new date and why."""
    found = _spoken_for(request, reference)
    if not _may_say_departure(found):
        return _too_late(request, found)
    form = DepartedForm(posted(request), fixed=queries.date_is_fixed(found))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        left = said["left"] == "yes"
        try:
            actions.declare_departure(
                request=found,
                by=request.user,
                departed_on=said["on"] if left else None,
                new_date=None if left else said["on"],
                why=said.get("why", ""),
            )
            projection.refresh_request(found)
        except Refused as refused:
            for finding in refused.findings:
                form.add_error("why" if finding.field.endswith("#why") else "on", finding.sentence)
        except Overtaken:
            return _too_late(request, found)
        else:
            messages.success(request, _("What you said is noted on the request."))
            return redirect(address("request_hub", found))
    return _ending(request, "exporters/departed.html", found, form)


def _spoken_for(request: PortalRequest, reference: str) -> CertificateRequest:
    """The request; what was sent is taken back or moved only by those who may send."""
    found = load_request(request, reference)
    if found.turn and not may_send(request):
        raise PermissionDenied
    return found


def _too_late(request: PortalRequest, found: CertificateRequest) -> HttpResponse:
    """Somebody was faster, or it was answered already: the page of the request says where it is."""
    messages.info(request, _("This cannot be changed any more. Below you see where the request is now."))
    return redirect(address("request_hub", found))


def _ending(
    request: PortalRequest, template: str, found: CertificateRequest, form: WithdrawForm | DepartedForm
) -> HttpResponse:
    told = problems([form])
    context = {
        "found": found,
        "form": form,
        "problems": told,
        "has_errors": bool(told),
        "fixed": queries.date_is_fixed(found),
        "price": of_another_departure(found.policy.rules) if found.turn and found.policy else "",
        "back": address("request_hub", found),
    }
    return render(request, template, context, status=422 if told else 200)
