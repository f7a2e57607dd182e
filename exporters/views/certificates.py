"""The exporter's certificates: all of them with a search, and one with its boxes. PDF and e-mails are delivery's."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from exporters.presenters import papers
from exporters.presenters.rows import certificate_facts, certificate_row
from nopic.certificates import policies, queries, standing
from nopic.frames.presenters import drawn
from nopic.frames.queries import allowance_of
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.requests.queries import documents, of_certificate
from nopic.requests.steps import cleaned
from nopic.review.queues import requests_found
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.tenants.calendar import Office
from nopic.watch import queries as afterwards
from nopic.workflow.clock import now


@require_safe
@exporter_door
def my_certificates(request: PortalRequest) -> HttpResponse:
    """All certificates, newest first, or those that a number, lot, container or other word finds."""
    exporter_id, certifier = request.exporter_id or 0, request.certifier
    words, after = str(cleaned(request.GET.get("q", ""))).strip()[:100], whole(request.GET.get("after"))
    page = queries.for_exporter(
        certifier.pk,
        exporter_id,
        search=words,
        requests=requests_found(certifier.pk, words, exporter_id=exporter_id) if words else (),
        after=after,
    )
    office = Office(policy_of(certifier.pk).rules)
    today = office.local(now()).date()
    context = {
        "q": words,
        "q_quoted": quote(words),
        "rows": [certificate_row(one, certifier.slug, office, today) for one in page.certificates],
        "next": page.after,
        "later": bool(after),
    }
    return render(request, "exporters/certificates.html", context)


@require_safe
@exporter_door
def my_certificate(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """One certificate: whether it may be used first, then its number, its PDF and its boxes."""
    found = queries.find(request.certifier.pk, certificate_id, exporter_id=request.exporter_id or 0)
    if found is None:
        raise Http404("no such certificate, or not this company's")
    office = Office(policy_of(request.certifier.pk).rules)
    state = queries.state(found, office.local(now()).date())
    facts = certificate_facts(found, state, office)
    allowance = allowance_of(request.certifier.pk, found.pk)
    slug = request.certifier.slug
    context = {
        "certificate": found,
        "state": state,
        "facts": facts,
        "time_frame": policies.is_time_frame(found),
        "drawn": drawn(allowance, office.local(now()).date()) if allowance else None,
        "reason": policies.why_cancelled(found),
        "boxes": of_certificate(found.data),
        "place": standing.place(found),
        "split_from": standing.split_from(found.request),
        "split_off": standing.split_off(found.request, line_id=found.line_id),
        "versions": queries.versions(found),
        "owed": papers.owed_names(policies.still_owed(documents(found.request))) if policies.counts(found) else "",
        "owed_by": afterwards.owed_of(found.request),
        "wish": found.cancel_wishes.filter(certifier_id=found.certifier_id).order_by("-pk").first(),
        "reports": afterwards.treatment_reports(found),
        "on_the_way": afterwards.routing_changes(found),
        "zone": office.rules.time_zone,
        "back": reverse("my_certificates", kwargs={"certifier": slug}),
    }
    return render(request, "exporters/certificate.html", context)
