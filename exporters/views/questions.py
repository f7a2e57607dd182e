"""Answering the reviewer point by point: by changing the box, adding a document, or in words; sent all at once."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from exporters.presenters.hub import step_of
from exporters.presenters.rows import address, step_address
from exporters.views.loading import load_request, may_send
from nopic.presentation import words
from nopic.presentation.typed import whole
from nopic.requests.facts import rules_of
from nopic.requests.guarantees import CERTIFICATE, sellers
from nopic.requests.models import CertificateRequest, Supplier
from nopic.requests.policies import may_be_changed
from nopic.requests.queries import Box, documents, summary
from nopic.requests.slots import SlotView
from nopic.review import actions, queries
from nopic.review.queries import Answer
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.transitions import Overtaken, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def questions(request: PortalRequest, reference: str) -> HttpResponse:
    """The points with what answers them so far. Every button keeps the words: those that lead to a box or a document, too.
    Sending makes a new version of the request."""
    found = load_request(request, reference)
    problems: list[tuple[str, str]] = []
    typed = _numbered(request, "reply-")
    if queries.open_round(found) is None or found.status != "questions_open":
        return _over(request, found, typed)
    if request.method == "POST":
        try:
            actions.keep_replies(
                request=found,
                replies=typed,
                shown=_numbered(request, "was-"),
                asked_id=whole(request.POST.get("asked")),
            )
            if "to" in request.POST:
                return redirect(_way(found, request.POST["to"]))
            if "send" not in request.POST:
                messages.success(request, _("Saved. Nothing is sent yet."))
                return redirect(address("request_questions", found))
            if not may_send(request):
                return render(request, "403.html", status=403)
            actions.send_answers(request=found, by=request.user)
            messages.success(request, _("Your answers are sent. The clock goes on."))
            return redirect(address("request_hub", found))
        except Refused as refused:
            problems = [_place(found, each) for each in refused.findings]
        except Overtaken:
            return _over(request, found, typed)
        found = load_request(request, reference)
    return _page(request, found, problems, typed)


def _numbered(request: PortalRequest, prefix: str) -> dict[int, str]:
    """What was posted for each point, by its position."""
    return {
        int(name.removeprefix(prefix)): str(value)
        for name, value in request.POST.items()
        if name.startswith(prefix) and name.removeprefix(prefix).isdecimal() and len(name) < 12
    }


def _way(found: CertificateRequest, chosen: str) -> str:
    """The address behind a point's button: `<its position>:box`, or the number of one of its documents."""
    asked = queries.open_round(found)
    position, _colon, what = chosen.partition(":")
    for answer in queries.answers(asked, found) if asked else []:
        if str(answer.point.position) == position:
            point = _point(found, answer, summary(found), documents(found))
            ways = {"box": point["change_url"]} | {str(at): url for at, (_name, url) in enumerate(point["adds"])}
            return ways.get(what) or address("request_questions", found)
    return address("request_questions", found)


def _place(found: CertificateRequest, finding: Any) -> tuple[str, str]:
    """The sentence and the control of this page, or none when it is mended on a step of the form."""
    step, _hash, control = finding.field.partition("#")
    return finding.sentence, control if step == "questions" else ""


def _page(
    request: PortalRequest, found: CertificateRequest, problems: list[tuple[str, str]], typed: dict[int, str]
) -> HttpResponse:
    asked = queries.open_round(found)
    if asked is None:
        return _over(request, found, typed)
    zone = rules_of(found).time_zone
    answers = queries.answers(asked, found)
    done = sum(each.is_answered for each in answers)
    boxes = summary(found) if may_be_changed(found, request.user) else []
    rows = documents(found)
    context = {
        "found": found,
        "asked": asked,
        "points": [
            {**_point(found, each, boxes, rows), "text": typed.get(each.point.position, each.point.reply)}
            for each in answers
        ],
        "due": words.moment(asked.due_at, zone, words.city_of(zone)),
        "send": ngettext("Send %(n)s answer", "Send %(n)s answers", len(answers)) % {"n": len(answers)},
        "done": _("%(done)s of %(all)s answered") % {"done": done, "all": len(answers)},
        "may_send": may_send(request),
        "problems": problems,
        "errors_at": {control for _text, control in problems},
        "has_errors": bool(problems),
    }
    return render(request, "exporters/questions.html", context, status=422 if problems else 200)


def _point(found: CertificateRequest, answer: Answer, boxes: Sequence[Box], rows: Sequence[SlotView]) -> dict[str, Any]:
    """One point with the ways to answer it: its box in the form, the rows of the documents it is about, or words."""
    point, page = answer.point, step_address(found, "documents")
    same = [box for box in boxes if str(box.number) == point.box and box.line_id in (None, point.line_id)]
    step, _hash, control = (same[0].anchor if same else "").partition("#")
    if not step and boxes:
        step = step_of(point.box)
    adds = [(row.name, f"{page}#file-{row.anchor}") for row in rows if row.rule in point.rules]
    if CERTIFICATE in point.rules:  # it is kept with whoever sold the lots
        adds += [
            (_("organic certificate of %(name)s") % {"name": each}, _of_seller(found, each)) for each in sellers(found)
        ]
    return {
        "point": point,
        "answer": answer,
        "control": f"reply-{point.position}",
        "change_url": step_address(found, step) + (f"#{control}" if control else "")
        if step and step != "documents"
        else "",
        "adds": adds or [("", page)],
    }


def _of_seller(found: CertificateRequest, seller: Supplier) -> str:
    return reverse("supplier_certificate", kwargs={"certifier": found.certifier.slug, "supplier_id": seller.pk})


def _over(request: PortalRequest, found: CertificateRequest, typed: dict[int, str]) -> HttpResponse:
    """The questions of this page are closed; words that are in no answer of theirs come back to whoever wrote them."""
    messages.info(request, _("These questions are closed. Below you see where the request is now."))
    closed = next((each for each in queries.rounds_of(found) if str(each.pk) == request.POST.get("asked")), None)
    sent = {each.position: each.reply for each in closed.points.all()} if closed else {}
    lost = [text for at, text in typed.items() if text.split() != sent.get(at, "").split()]
    if lost:
        messages.warning(request, _("Not sent: “%(text)s”") % {"text": "”, “".join(lost)})
    return redirect(address("request_hub", found))
