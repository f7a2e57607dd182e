"""Questions to the exporter from the case: every difference offered as a point, looked at as the exporter will, sent or
taken back. Sentences that the portal offers are in the exporter's language."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certifiers.forms.asking import AskForm
from certifiers.presenters import questions
from certifiers.views.case import checklist
from certifiers.views.case.form_page import decide, form_page, revision_shown
from certifiers.views.case.opening import Open, open_case
from nopic.presentation import words
from nopic.presentation.forms import posted, problems
from nopic.requests.guarantees import CERTIFICATE
from nopic.requests.models import CertificateRequest
from nopic.requests.queries import summary
from nopic.review import actions, policies, queries
from nopic.review.actions import Point
from nopic.review.queries.case import GUARANTEE
from nopic.review.queries.values import values
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.calendar import Office
from nopic.tenants.statuses import Language
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused


@form_page
@staff_door
def ask(request: PortalRequest, reference: str) -> HttpResponse:
    """Compose the questions; "Look at it first" shows them as the exporter will see them, and sends nothing."""
    opened = open_case(request, reference)
    office, language = Office(opened.case.rules), opened.request.exporter.language
    offered = _offered(opened, language)
    due = queries.answers_due(opened.request, now())
    form = AskForm(
        posted(request),
        points=[(each.box, each.title, each.text) for each in offered],
        titles=_titles(opened.request),
        earliest=office.local(now()).date(),
        initial={"due": due.date()},
    )
    against = policies.obstacles_to_ask(opened.request, request.user)
    told: list[tuple[str, str]] = []
    shown: list[Point] = []
    if request.method == "POST" and not against:
        if form.is_valid():
            with translation.override(language):
                titles = _titles(opened.request)
            shown = _written(form, offered, titles)
            until = datetime.combine(form.cleaned_data["due"], office.rules.closing, tzinfo=office.zone)
            if "look" not in request.POST:
                try:
                    actions.ask(
                        request=opened.request, by=request.user, points=shown, due_at=until, language=language,
                        revision=revision_shown(request, opened),
                    )  # fmt: skip
                    said = {"n": len(shown), "reference": reference}
                    messages.success(
                        request,
                        ngettext(
                            "%(n)s question about %(reference)s is with the exporter. The clock stands still.",
                            "%(n)s questions about %(reference)s are with the exporter. The clock stands still.",
                            len(shown),
                        )
                        % said,
                    )
                    return redirect(opened.url("case"))
                except Overtaken as lost:
                    messages.info(request, policies.what_happened(lost.subject, request.user))
                    return redirect(opened.url("case"))
                except Refused as refused:
                    told = [(policies.sentence(each), "") for each in refused.findings]
            due = until
        else:
            told = problems([form])
    zone = office.rules.time_zone
    context: dict[str, Any] = {
        "opened": opened,
        "form": form,
        "problems": told,
        "has_errors": bool(told),
        "against": [policies.sentence(each) for each in against],
        "back": opened.url("case"),
        "revision": opened.request.revision,
        "language": Language(language).label,
        "language_code": language,
        "shown": shown,
        "until": words.moment(due, zone, words.city_of(zone)),
        "nothing_differs": not offered,
    }
    refused_now = told or (against and request.method == "POST")
    return render(request, "certifiers/case/ask.html", context, status=422 if refused_now else 200)


@form_page
@staff_door
def take_back(request: PortalRequest, reference: str) -> HttpResponse:
    """Take open questions back: the review goes on with what was sent."""
    opened = open_case(request, reference, waiting=True)

    def act() -> str:
        actions.take_back(request=opened.request, by=request.user)
        return _("The questions are taken back. The clock goes on.")

    return decide(
        request,
        opened,
        form=None,
        against=policies.obstacles_to_take_back(opened.request, request.user),
        act=act,
        page={
            "title": _("Take the questions back"),
            "consequence": _(
                "The review goes on with the request as it was sent, and the clock too. What the exporter changed and did "
                "not send is put aside; documents that came stay. The exporter is told."
            ),
            "button": _("Take the questions back"),
            "shape": "main",
        },
    )


def _offered(opened: Open, language: str) -> list[Point]:
    """One point for every difference, of the request once and of each product that is open."""
    papers = queries.papers_of(opened.case.facts)
    found: list[Point] = []
    asked: set[str] = set()
    for line in opened.case.lines:
        if line.line.status != "open":
            continue
        here = Open(opened.case, opened.me, line.line.position, opened.view)
        for check in opened.case.checks(line.line):
            if not check.differs or (check.line_id is None and check.id in asked):
                continue
            asked.add(check.id)
            with translation.override(language):  # the exporter reads it beside the question
                said = [(label, text) for label, text, _url in checklist.shown(here, check, papers).values]
                declared = values(check.row, opened.case.facts, here.line).declared
            title = questions.heading(check.row, language)
            if check.line_id and len(opened.case.lines) > 1:
                title = f"{title}, {line.name}"
            note = check.standing.note.rstrip().removesuffix(".") if check.standing else ""  # a sentence ends it
            found.append(
                Point(
                    text=questions.sentence(check.row, declared, note, language),
                    box=str(check.row.box or ""),
                    title=title,
                    check_id=check.id,
                    line=line.line if check.line_id else None,
                    rules=[source for source in check.row.compares if source != "declared"]
                    + [CERTIFICATE] * (check.id == GUARANTEE),
                    found=said,
                )
            )
    return found


def _titles(found: CertificateRequest) -> dict[str, str]:
    """The boxes of the certificate by number, in the language of the moment."""
    return {str(box.number): box.title for box in summary(found)}


def _written(form: AskForm, offered: list[Point], titles: dict[str, str]) -> list[Point]:
    """The points that have a text, then one's own."""
    points = [replace(point, text=text) for point, text in zip(offered, form.texts(), strict=True) if text.strip()]
    own = [Point(text, box, titles.get(box) or _("The request")) for box, text in form.own()]
    return points + own
