"""The exporter's first page: what waits for them, where everything is, and until when a request must be sent."""

from collections.abc import Sequence
from datetime import date
from uuid import uuid4

from django.contrib import messages
from django.db.models import Case, F, Q, Value, When
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exporters.presenters.lead import lead
from exporters.presenters.rows import certificate_row, row, step_address
from exporters.presenters.waiting import MOST, still_to_send, things
from exporters.views.copying import after_copy, key_of
from nopic.certificates import queries as certificates
from nopic.certificates.models import Certificate
from nopic.frames import queries as frames
from nopic.frames.models import Allowance
from nopic.frames.presenters import Drawn, drawn
from nopic.presentation.typed import whole
from nopic.requests import actions, ports, queries
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest, RequestTemplate
from nopic.requests.standing import refused, with_entered, with_refused
from nopic.requests.statuses import OPEN_REQUEST, RequestStatus
from nopic.requests.steps import cleaned
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.tenants.calendar import Office
from nopic.tenants.models import Exporter
from nopic.watch import queries as afterwards
from nopic.workflow.clock import now

PAGE = 50
NEWEST = 5  # certificates on the first page


def _exporter(request: PortalRequest) -> Exporter:
    """The company at the door."""
    return get_object_or_404(Exporter.objects.filter(certifier=request.certifier), pk=request.exporter_id)


def _own(request: PortalRequest, rows: list[CertificateRequest]) -> list[CertificateRequest]:
    """The same rows, knowing the certifier at the door."""
    for one in rows:
        one.certifier = request.certifier
    return rows


@require_safe
@exporter_door
def dashboard(request: PortalRequest) -> HttpResponse:
    """Waiting for you, open requests by departure, newest certificates; a fixed number of statements, and some for each
    request of which a paper was not accepted."""
    moment, policy = now(), policy_of(request.certifier.pk)
    typed = request.GET.get("leaves")
    if request.headers.get("HX-Request"):
        return _lead_only(request)
    office = Office(policy.rules)
    company_id = request.exporter_id or 0
    came_back = (
        Q(status=RequestStatus.DRAFT, turn__gt=0) | Q(status=RequestStatus.QUESTIONS_OPEN) | Q(some_refused=True)
    )
    found = queries.for_exporter(company_id, certifier_id=request.certifier.pk)
    found = with_refused(with_entered(queries.with_returns(found)))
    found = found.filter(status__in=[RequestStatus.DRAFT, *OPEN_REQUEST]).order_by(
        # What came back is always among those shown, however many drafts leave earlier.
        Case(When(came_back, then=Value(0)), default=Value(1)), F("departure_on").asc(nulls_last=True), "-pk",
    )  # fmt: skip
    rows = _own(request, list(found[: PAGE + 1]))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    exporter = rows[0].exporter if rows else _exporter(request)  # it came with its requests
    rows.sort(key=lambda one: (one.departure_on is None, one.departure_on, -one.pk))
    owed = afterwards.owed_by_exporter(request.certifier.pk, company_id, MOST)
    dated = {(each.request_id, each.rule, each.subject) for each in owed}  # said there, with the day
    again = {one.pk: [each for each in refused(one) if (one.pk, each.rule, each.subject) not in dated] for one in rows}
    todo = things(rows, again, office, moment) + still_to_send(owed, office.local(moment).date())
    drafts = [one.departure_on for one in rows if one.status == RequestStatus.DRAFT and one.departure_on]
    today = office.local(moment).date()
    newest, running = certificates.at_a_glance(request.certifier.pk, company_id, today, NEWEST)
    answer = lead(typed, min((each for each in drafts if each >= today), default=None), policy, moment)
    context = {
        "exporter": exporter,
        "todo": todo[:MOST],
        "todo_count": len(todo),
        "rows": [
            row(one, office, points=len(back.points) if back else None,
                since=office.local(back.at).date() if back else None)
            for one in rows
            for back in [queries.returned(one)]
        ],
        "more": more,
        "certificates": [certificate_row(one, request.certifier.slug, office, today) for one in newest],
        "frames": _frames(request, running, today),
        "lead": answer,
        "has_errors": bool(answer.problem),
        "companies": _companies(request),
    }  # fmt: skip
    return render(request, "exporters/dashboard.html", context, status=422 if answer.problem else 200)


def _frames(request: PortalRequest, found: Sequence[Certificate], today: date) -> list[tuple[Certificate, Drawn, int]]:
    """The time frames under which goods may still leave, the nearest end first, each with how many planned shipments
    should have left; one statement if there are any."""
    known = frames.allowances_of(request.certifier.pk, [one.pk for one in found]) if found else {}
    rows = [(one, known[one.pk]) for one in found if one.pk in known and not known[one.pk].closed_at]
    rows.sort(key=lambda row: row[1].last_on)
    return [(one, drawn(allowance, today), _overdue(one, allowance, today)) for one, allowance in rows]


def _overdue(certificate: Certificate, allowance: Allowance, today: date) -> int:
    """How many were to leave before today at the place of loading."""
    route = certificate.request
    there = ports.today_at(route.place_of_loading, route.country_of_loading, now()) or today
    return sum(day < there for day in allowance.planned)  # type: ignore[attr-defined]


def _lead_only(request: PortalRequest) -> HttpResponse:
    """The answer to a date that was typed, for htmx."""
    answer = lead(request.GET.get("leaves"), None, policy_of(request.certifier.pk), now())
    return render(request, "exporters/_lead.html", {"lead": answer}, status=422 if answer.problem else 200)


def _companies(request: PortalRequest) -> list[Exporter]:
    """The companies that this person works for here, when there are several."""
    if len(set(request.exporter_ids)) < 2:
        return []
    return list(Exporter.objects.filter(certifier=request.certifier, pk__in=request.exporter_ids).order_by("name"))


@require_safe
@exporter_door
def all_requests(request: PortalRequest) -> HttpResponse:
    """Every request, newest first, fifty to a page."""
    after = whole(request.GET.get("after"))
    found = with_entered(queries.for_exporter(request.exporter_id or 0, certifier_id=request.certifier.pk))
    if after is not None:
        found = found.filter(pk__lt=after)
    rows = _own(request, list(found.prefetch_related("certificates")[: PAGE + 1]))
    office = Office(policy_of(request.certifier.pk).rules)
    context = {
        "rows": [row(one, office, issued=list(one.certificates.all())) for one in rows[:PAGE]],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "later": after is not None,
    }
    return render(request, "exporters/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def new_request(request: PortalRequest) -> HttpResponse:
    """Start a request; without a certification in force there is no form, but the way to the certifier."""
    exporter = _exporter(request)
    exporter.certifier = request.certifier
    why_not = queries.why_not_start(exporter)
    mine = CertificateRequest.objects.filter(certifier=request.certifier, exporter=exporter)
    if request.method == "POST" and not why_not and (chosen := request.POST.get("copy", "")):
        source = get_object_or_404(mine.select_related("exporter", "certifier"), reference=cleaned(chosen))
        return redirect(
            after_copy(actions.copy(source=source, by=request.user, key=key_of(request.POST.get("key", ""))))
        )
    if request.method == "POST" and not why_not:
        started = actions.start(exporter=exporter, by=request.user, key=key_of(request.POST.get("key", "")))
        messages.success(
            request, _("Request %(reference)s is started. It saves itself.") % {"reference": started.reference}
        )
        return redirect(step_address(started, "departure"))
    status = 422 if request.method == "POST" else 200
    office = Office(policy_of(request.certifier.pk).rules)
    earlier = with_entered(queries.for_exporter(exporter.pk, certifier_id=request.certifier.pk))
    earlier = earlier.filter(raw__has_key="products")
    context = {
        "exporter": exporter,
        "why_not": why_not,
        "key": uuid4(),
        "earlier": [row(one, office) for one in _own(request, list(earlier[:NEWEST]))] if not why_not else [],
        "templates": list(
            RequestTemplate.objects.filter(certifier=request.certifier, exporter=exporter).order_by("name")[:PAGE]
        ),
    }
    return render(request, "exporters/requests_new.html", context, status=status)


@require_POST
@exporter_door
def company(request: PortalRequest) -> HttpResponse:
    """Work for another of one's companies from now on."""
    chosen = request.POST.get("exporter", "")
    mine = {str(pk): pk for pk in request.exporter_ids}
    if chosen not in mine:
        raise Http404("not a company of this person")
    request.session[f"exporter:{request.certifier.slug}"] = mine[chosen]
    return redirect("requests", request.certifier.slug)
