"""The queue: what to decide next. Reads an address, asks `review.queues`, and takes or assigns what was ticked."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from certifiers.presenters.deciding import low_risk_in_words
from nopic.certificates import queries as certificates
from nopic.certificates.models import Certificate
from nopic.frames import queries as frames
from nopic.frames.presenters import Drawn, drawn
from nopic.presentation import words
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.requests.steps import cleaned
from nopic.review import actions, policies, queues
from nopic.review.queues import Elsewhere, Figures, Pace, Selection
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.calendar import Office
from nopic.tenants.models import User
from nopic.tenants.policy import Rules
from nopic.tenants.roster import staff_of
from nopic.workflow.clock import now, today
from nopic.workflow.transitions import Overtaken, Refused

KEYS = [
    ("J", gettext_lazy("next row")), ("K", gettext_lazy("previous row")), ("Enter", gettext_lazy("open")),
    ("X", gettext_lazy("select")), ("A", gettext_lazy("take")), ("/", gettext_lazy("search")),
    ("G Q", gettext_lazy("queue")), ("?", gettext_lazy("this list")),
]  # fmt: skip


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
@staff_door
def queue(request: PortalRequest) -> HttpResponse:
    """The list in its view, or what becomes of the ticked requests."""
    if request.method == "POST":
        return _take_or_give(request)
    rules = policy_of(request.certifier.pk).rules
    selection = Selection.read(
        request.GET, certifier_id=request.certifier.pk, me=request.user.pk, today=today(rules.time_zone)
    )
    page, pace = queues.page(selection, rules)
    figures = queues.figures(selection)
    colleagues = staff_of(request.certifier.pk)
    fragment = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    base = reverse("queue", args=[request.certifier.slug])
    context: dict[str, Any] = {
        "base": base,
        "selection": selection,
        "page": page,
        "figures": figures,
        "views": _views(selection, figures, request.certifier.slug),
        "chart": _chart(figures, Pace(rules, pace.now, figures.days)),
        "shown_to_review": sum(to_review for to_review, _asked in figures.shown.values()),
        "shown_asked": sum(asked for _to_review, asked in figures.shown.values()),
        "next_url": selection.next_address(page.next_after) if page.next_after else "",
        "first_url": selection.address() if selection.after else "",
        "from": "" if selection.is_search else selection.view,
        "low_risk": low_risk_in_words(rules.low_risk)
        if selection.view == "low-risk" and not selection.is_search
        else "",
        "colleagues": colleagues,
        "clock": words.moment(pace.now, rules.time_zone, words.city_of(rules.time_zone)),
        "fragment": fragment,
        "cases": base.removesuffix("queue/") + "cases/",
        "leaves_word": _("Leaves"),
        "nobody_word": _("nobody"),
        "reviewer_word": _("Reviewer"),
    }
    if fragment:
        return render(request, "certifiers/queue/_found.html", context)
    context |= {
        "low": [] if selection.is_search else _running_low(request.certifier.pk, rules),
        "products": queues.product_choices(request.certifier.pk, selection.product),
        "keys": KEYS,
        "hint": [KEYS[0], KEYS[2], KEYS[4], KEYS[5]],
    }
    return render(request, "certifiers/queue/queue.html", context)


def _running_low(certifier_id: int, rules: Rules) -> list[tuple[Certificate, Drawn]]:
    """Time frames below the policy's first level of warning, with what is left of them: the next request comes soon."""
    today = Office(rules).local(now()).date()
    low = frames.running_low(certifier_id, max(rules.time_frames.warn_at, default=0), today)
    found = certificates.by_id(certifier_id, [one.certificate_id for one in low]) if low else {}
    return [(found[one.certificate_id], drawn(one, today)) for one in low]


def _views(selection: Selection, figures: Figures, slug: str) -> list[dict[str, Any]]:
    names = {
        "to-review": _("To review"),
        "mine": _("Mine"),
        "nobodys": _("Nobody's"),
        "late": _("Late"),
        "questions": _("Questions open"),
        "answers-overdue": _("Answers overdue"),
        "needs-a-colleague": _("Needs a colleague"),
        "low-risk": _("Low risk, all green"),
        "all-open": _("All open"),
    }
    views: list[dict[str, Any]] = [
        {
            "url": selection.address(view=view, search=""),
            "label": label,
            "count": figures.views[view],
            "current": view == selection.view and not selection.is_search,
        }
        for view, label in names.items()
    ]
    return views + _elsewhere(figures.elsewhere, slug)


def _elsewhere(waits: Elsewhere, slug: str) -> list[dict[str, Any]]:
    """Links to what waits on other pages; without what does not, except for what needs attention."""
    views: list[dict[str, Any]] = []
    if by_hand := waits.by_hand:
        label = ngettext("Publish %(n)s certificate in INTEGRITY", "Publish %(n)s certificates in INTEGRITY", by_hand)
        views.append({"url": reverse("publishing", args=[slug]), "label": label % {"n": by_hand}, "elsewhere": True})
    listed, papers = reverse("certificates", args=[slug]), reverse("final_documents", args=[slug])
    counted = [
        (reverse("approved_alone", args=[slug]), _("Approved by one person"), waits.alone),
        (f"{listed}?state=revision", _("New version asked for"), waits.versions),
        (f"{listed}?state=wish", _("Asked to be cancelled"), waits.wishes),
        (reverse("time_frames", args=[slug]), _("Time frame asked for"), waits.permissions),
        (reverse("concerns", args=[slug]), _("Changed standing"), waits.concerns),
        (f"{papers}?state=late", _("Final documents overdue"), waits.late_papers),
        (f"{papers}?state=came", _("Final documents to look at"), waits.new_papers),
    ]
    views += [{"url": url, "label": label, "count": n, "elsewhere": True} for url, label, n in counted if n]
    return [
        *views,
        {
            "url": f"{listed}?state=attention", "label": _("Needs attention"), "count": waits.attention,
            "elsewhere": True,
        },
    ]  # fmt: skip


def _chart(figures: Figures, pace: Pace) -> list[dict[str, Any]]:
    return [
        {"label": column.label, "mine": column.to_review, "theirs": column.asked, "late": column.late}
        for column in figures.columns(pace)
    ]


def _take_or_give(request: PortalRequest) -> HttpResponse:
    """Take the ticked requests, or give them to a colleague; every one says for itself what became of it."""
    back = redirect(reverse("queue", args=[request.certifier.slug]) + _back(request))
    ticked = list(
        CertificateRequest.objects.filter(
            certifier=request.certifier,
            reference__in=cleaned(request.POST.getlist("chosen")[: queues.PAGE]),
            turn__gt=0,
        )
        .select_related("certifier", "policy", "reviewer")
        .order_by("pk")
    )
    if not ticked:
        messages.info(request, _("Select one or more requests first."))
        return back
    if "give" in request.POST:
        to = next(
            (person for person in staff_of(request.certifier.pk) if str(person.pk) == request.POST.get("to")), None
        )
        if to is None:
            messages.info(request, _("Choose a colleague first."))
            return back
        outcomes = _give(ticked, to, request.user)
        for sentence in dict.fromkeys(each.said for each in outcomes if each.said):
            messages.info(request, sentence)
        to = next((each.request.reviewer for each in outcomes if each.said and each.request.reviewer), to)
        done = [each.request.reference for each in outcomes if not each.why_not]
        text = ngettext("%(names)s is with %(to)s now.", "%(names)s are with %(to)s now.", len(done))
    else:
        outcomes, to = actions.bulk_take(requests=ticked, by=request.user), request.user
        done = [each.request.reference for each in outcomes if not each.why_not]
        text = ngettext("%(names)s is yours now.", "%(names)s are yours now.", len(done))
    if done:
        messages.success(request, text % {"names": ", ".join(done), "to": to})
    for each in outcomes:
        if each.why_not:
            messages.info(request, each.why_not)
    return back


def _give(ticked: list[CertificateRequest], to: User, by: User) -> list[actions.Outcome]:
    outcomes = []
    for each in ticked:
        try:
            outcomes.append(actions.assign(request=each, to=to, by=by))
        except Overtaken as lost:
            outcomes.append(actions.Outcome(each, policies.what_happened(lost.subject)))
        except Refused as refused:
            outcomes.append(actions.Outcome(each, str(refused)))
    return outcomes


def _back(request: PortalRequest) -> str:
    """The address of the view that the ticks were made in; read, so that nothing else can be put into it."""
    selection = Selection.read(request.GET, certifier_id=request.certifier.pk, me=request.user.pk)
    return selection.address().rstrip("?")
