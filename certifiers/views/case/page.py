"""The case page itself: shown to look, taken by a button or the first verdict, verdicts saved one by one."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from certifiers.presenters.deciding import approved_by
from certifiers.views.case import checklist
from certifiers.views.case.form_page import revision_shown
from certifiers.views.case.opening import Open, is_away, open_case, request_of
from certifiers.views.case.papers import rows, sellers
from certifiers.views.case.versions import read
from certifiers.views.case.viewer import viewer
from nopic.certificates import assisted, standing
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import ENDED_CERTIFICATE
from nopic.presentation import words
from nopic.presentation.typed import plain_lines, whole
from nopic.requests import timing
from nopic.requests.containers import units_in_words
from nopic.requests.pricing import charges_of
from nopic.requests.statuses import OPEN_REQUEST, UNDECIDED_LINE, LineStatus
from nopic.review import actions, policies, queries, queues
from nopic.review.queries import Paper
from nopic.review.queues import Selection
from nopic.tenants.access import PortalRequest, staff_door
from nopic.workflow.transitions import Overtaken, Refused

KEYS = [
    ("J", "K"), ("1", "2", "3"), ("Q",), ("[", "]"), (",", "."), ("+", "−", "0"), ("N",), ("G Q",), ("?",),
]  # fmt: skip


def _keys() -> list[tuple[str, str]]:
    what = [
        _("next, previous check"), _("Match, Differs, n/a"), _("write the note"), _("previous, next document"),
        _("previous, next page"), _("larger, smaller, fit"), _("next case"), _("queue"), _("this list"),
    ]  # fmt: skip
    return [(" ".join(keys), text) for keys, text in zip(KEYS, what, strict=True)]


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
@staff_door
def case(request: PortalRequest, reference: str) -> HttpResponse:
    """One line of the request before its reviewer; looking changes nothing."""
    found = request_of(request, reference)
    if is_away(found):
        return read(request, found, found.versions.order_by("-number").first())
    opened = open_case(request, reference)
    papers = queries.papers_of(opened.case.facts)
    left = viewer(
        opened,
        papers,
        document=request.GET.get("doc", ""),
        page=request.GET.get("page", ""),
        zoom=request.GET.get("zoom", ""),
    )
    context: dict[str, Any] = {"opened": opened, "viewer": left}
    if request.htmx and request.htmx.target == "viewer":  # type: ignore[attr-defined]
        return render(request, "certifiers/case/_viewer.html", context)
    context |= right(opened, papers) | {
        "shows_document": "doc" in request.GET,
        "history": queries.history(opened.request, opened.case.rules.time_zone),
        "replacing": queries.replacing(opened.line.line),
        "split_from": standing.split_from(opened.request),
        "split_off": standing.split_off(opened.request),
        "next_url": _next(request, opened),
        "keys": _keys(),
    }
    return render(request, "certifiers/case/case.html", context)


@require_POST
@staff_door
def whose(request: PortalRequest, reference: str) -> HttpResponse:
    """Take, give back or take over, whichever button was pressed."""
    found = request_of(request, reference)
    try:
        with transaction.atomic():
            if "take" in request.POST:
                actions.take(request=found, by=request.user)
            elif "over" in request.POST:
                outcome = actions.take_over(request=found, by=request.user, seen=whole(request.POST["over"]))
                if outcome.said:
                    messages.info(request, outcome.said)
            elif "release" in request.POST:
                actions.release(request=found, by=request.user)
                messages.success(request, _("%(reference)s is back in the queue.") % {"reference": reference})
            else:
                raise Http404
    except Overtaken as lost:
        messages.info(request, policies.what_happened(lost.subject, request.user))
    except Refused as refused:
        messages.info(request, str(refused))
    opened = open_case(request, reference, waiting=True)
    return redirect(opened.url("case"))


@require_POST
@staff_door
def verdicts(request: PortalRequest, reference: str) -> HttpResponse:
    """Save the verdicts that differ from those that stand: one by htmx, or all of the form by its Save button."""
    opened = open_case(request, reference)
    try:
        saved = keep_verdicts(request, opened)
    except Overtaken as lost:
        messages.info(request, policies.what_happened(lost.subject, request.user))
        return _reload(request, opened)
    except ValueError:
        return HttpResponse(_("Choose Match, Differs or n/a."), status=422, content_type="text/plain")
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("Saved.")) if saved else messages.info(request, _("Nothing was changed."))
        return redirect(opened.url("case"))
    return _fragment(request, reference, request.GET.get("check", ""))


def keep_verdicts(request: PortalRequest, opened: Open) -> list[str]:
    """Save what the form says differently; the ids of these checks. Raises Overtaken, or ValueError for a word that is none."""
    line, saved = opened.line.line, []
    for check in opened.case.checks(line):
        verdict = request.POST.get(f"v-{check.id}", "")
        stands = (check.standing.verdict, plain_lines(check.standing.note)) if check.standing else ("", "")
        note = plain_lines(request.POST.get(f"note-{check.id}", stands[1]))
        if not verdict or stands == (verdict, note.strip()):
            continue
        with transaction.atomic():
            actions.judge(
                request=opened.request,
                line=line if check.row.scope == "line" else None,
                check_id=check.id,
                verdict=verdict,
                note=note,
                by=request.user,
                revision=revision_shown(request, opened),
            )
        saved.append(check.id)
    return saved


def _fragment(request: PortalRequest, reference: str, check_id: str) -> HttpResponse:
    """The check as it stands now, and out of band everything that counts it."""
    opened = open_case(request, reference)
    papers = queries.papers_of(opened.case.facts)
    shown = right(opened, papers)
    row = next((row for group in shown["groups"] for row in group.rows if row.id == check_id), None)
    if row is None:
        raise Http404("no such check")
    return render(request, "certifiers/case/_saved.html", {"opened": opened, "row": row, **shown, "fragment": True})


def _reload(request: PortalRequest, opened: Open) -> HttpResponse:
    """Show the whole page again, because somebody else changed what it is about."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(opened.url("case"))
    response = HttpResponse(status=200)
    response["HX-Redirect"] = opened.url("case")
    return response


def right(opened: Open, papers: list[Paper]) -> dict[str, Any]:
    """Identity, checks, balance, progress and decision bar."""
    request, case, line = opened.request, opened.case, opened.line
    zone = case.rules.time_zone
    bar = checklist.decision_bar(opened)
    city = words.city_of(zone)
    customs = timing.filing_of(request, case.rules)
    return {
        "request_shown": request,
        "line": line,
        "lines": [
            {
                "position": each.line.position,
                "name": each.name,
                "url": opened.url("case", line=each.line.position),
                "current": each.line.position == opened.position,
                "status": each.line.status,
            }
            for each in case.lines
        ],
        "leaves": words.day(request.departure_on, case.facts.today) if request.departure_on else "",
        "units": units_in_words(request.mode, request.vessel, request.containers),
        "arrives": words.day(request.arrival_on, case.facts.today) if request.arrival_on else "",
        "decide_by": words.moment(request.decide_by, zone, city, case.facts.today) if request.decide_by else "",
        "turnaround": case.rules.turnaround(request.turnaround).title,
        "customs": words.moment(customs.at, customs.zone, words.city_of(customs.zone), case.facts.today)
        if customs
        else "",
        "is_open": request.status in OPEN_REQUEST,
        "line_open": line.line.status == LineStatus.OPEN,
        "groups": checklist.groups(opened, papers),
        "loose": [checklist.said(opened, finding) for finding in case.loose_findings(line.line)],
        "balance": queries.balance(line),
        "bar": bar,
        "urls": {
            "whose": opened.url("case_whose"),
            "verdicts": opened.url("case_verdicts"),
            "approve": opened.url("approve_line", opened.position),
            "refuse": opened.url("refuse_line", opened.position),
            "give_back": opened.url("return_request"),
            "ask": opened.url("ask_exporter"),
            "correct": opened.url("correct_request"),
            "confirm": opened.url("confirm_line", opened.position),
            "alone": opened.url("go_on_alone", opened.position),
            "take_approval_back": opened.url("take_approval_back", opened.position),
            "send_back": opened.url("send_line_back", opened.position),
        },
        "zone": zone,
        "paper_rows": rows(opened),
        "sellers": sellers(opened),
        "papers_url": opened.url("case_papers"),
        "progress": progress_of(opened),
        "earlier": _earlier(opened),
        "rounds": queries.rounds_of(request),
        "corrections": queries.corrections_of(request),
        "filing": queries.filing_of(request),
        "charges": [] if case.rules.fees.is_free else charges_of(request),
        "changes_url": opened.url("case_version", request.turn) if request.turn > request.review_turn else "",
    }


def _earlier(opened: Open) -> list[dict[str, Any]]:
    """The versions that were sent before this one, newest first, with what was said when they went back."""
    request = opened.request
    if request.turn < 2:
        return []
    before = request.versions.filter(certifier_id=request.certifier_id, number__lt=request.turn).order_by("-number")
    return [
        {"number": each.number, "points": each.return_points, "url": opened.url("case_version", each.number)}
        for each in before
    ]


def progress_of(opened: Open) -> dict[str, Any] | None:
    """How far the certificate of the line shown has come; nothing while the line is open."""
    line, zone = opened.line.line, opened.case.rules.time_zone
    if line.status in UNDECIDED_LINE:
        return None
    if line.status == LineStatus.REFUSED:
        decided = words.moment(line.decided_at, zone) if line.decided_at else ""
        return {"refused": True, "text": line.reason_text, "when": decided, "by": line.decided_by, "waits": False}
    certificate = Certificate.objects.filter(certifier_id=line.certifier_id, line=line).first()
    if certificate is None:
        return None

    def at(moment: Any) -> str:
        return words.moment(moment, zone) if moment else ""

    published = certificate.number is not None
    over = certificate.status in ENDED_CERTIFICATE
    by_hand = assisted.waits(certificate)
    return {
        "certificate": certificate,
        "alone": queries.alone_of_line(line.pk, line.certifier_id),
        "steps": [
            {"text": approved_by(certificate.approved_by, line.decided_by), "when": at(certificate.approved_at), "done": True},
            {"text": _("Published in INTEGRITY as %(number)s") % {"number": certificate.number} if published
             else _("Being published in INTEGRITY"), "when": at(certificate.issued_at), "done": published},
            {"text": _("PDF made"), "when": at(certificate.rendered_at), "done": certificate.rendered_at is not None},
            {"text": _("Sent to exporter and importer"), "when": at(certificate.handed_over_at),
             "done": certificate.handed_over_at is not None},
        ],
        "attention": certificate.attention,
        "over": over,
        # Asked again only while something is on its way that needs no person.
        "waits": not over and not by_hand and not certificate.attention and certificate.handed_over_at is None,
        "by_hand": by_hand,
        "url": opened.url("case_progress", opened.position),
    }  # fmt: skip


@require_safe
@staff_door
def progress(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """The certificate's progress alone, which asks for itself again until there is nothing to wait for."""
    opened = open_case(request, reference, position)
    found = progress_of(opened)
    if found is None:
        raise Http404("nothing was decided")
    return render(request, "certifiers/case/_progress.html", {"progress": found, "opened": opened})


def _next(request: PortalRequest, opened: Open) -> str:
    """Address of the case below this one in the view that it was opened from."""
    view = opened.view if opened.view in queues.VIEWS else ""
    selection = Selection.read(
        {"view": view}, certifier_id=request.certifier.pk, me=request.user.pk, today=opened.case.facts.today
    )
    found = opened.request
    reference = queues.next_case(selection, departure=found.departure_on, pk=found.pk)
    if not reference:
        return ""
    return opened.url("case", line="").replace(f"/{found.reference}/", f"/{reference}/")
