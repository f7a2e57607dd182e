"""Finding the case that an address means, and what every page of a case prints above its content."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from nopic.presentation.typed import whole
from nopic.requests.facts import LineFacts
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import RequestStatus
from nopic.review import policies, queries
from nopic.review.queries import Case
from nopic.tenants.access import PortalRequest


class NothingToReview(Exception):
    """The request went back or was withdrawn while its case was open somewhere."""

    def __init__(self, found: CertificateRequest) -> None:
        super().__init__(found.reference)
        self.said = policies.what_happened(found)


def or_say_what_happened(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Around the views of a case: what was pressed too late leads to the case's page, which says why."""

    @wraps(view)
    def guarded(request: Any, *, certifier: str, reference: str, **which: int) -> HttpResponseBase:
        try:
            return view(request, certifier=certifier, reference=reference, **which)
        except NothingToReview as gone:
            messages.info(request, gone.said)
            address = reverse("case", args=[certifier, reference])
            return HttpResponseClientRedirect(address) if request.htmx else redirect(address)

    return guarded


def request_of(request: PortalRequest, reference: str) -> CertificateRequest:
    """A request of this certifier that was sent at least once; 404 for drafts and for what is not there."""
    return get_object_or_404(
        CertificateRequest.objects.select_related("certifier", "exporter", "importer", "contact", "policy", "reviewer"),
        certifier=request.certifier,
        reference=reference,
        turn__gt=0,
    )


@dataclass
class Open:
    """A case that somebody looks at: the line shown, and the addresses around it."""

    case: Case
    me: Any
    position: int
    view: str = ""

    @property
    def request(self) -> CertificateRequest:
        """The request."""
        return self.case.request

    @cached_property
    def line(self) -> LineFacts:
        """The line shown; 404 when the request has none of this position."""
        for each in self.case.lines:
            if each.line.position == self.position:
                each.line.request = self.case.request
                return each
        raise Http404("no such line")

    def url(self, name: str, *args: object, **query: object) -> str:
        """Address of one of the case's pages; the line and the view of the queue travel along."""
        base = reverse(name, args=[self.request.certifier.slug, self.request.reference, *args])
        given = {"line": self.position if len(self.case.lines) > 1 else "", "view": self.view, **query}
        text = "&".join(f"{key}={value}" for key, value in given.items() if value not in ("", None))
        return f"{base}?{text}" if text else base


def is_away(found: CertificateRequest) -> bool:
    """Whether it is with its exporter or over: then what was sent is read, and nothing is decided."""
    return found.status in (RequestStatus.DRAFT, RequestStatus.WITHDRAWN, RequestStatus.QUESTIONS_OPEN)


def open_case(request: PortalRequest, reference: str, position: int | None = None, *, waiting: bool = False) -> Open:
    """Load the case and choose its line: the one asked for, else the first that is open, else the first.

    `waiting`: also while questions are open.
    """
    found = request_of(request, reference)
    if is_away(found) and not (waiting and found.status == RequestStatus.QUESTIONS_OPEN):
        raise NothingToReview(found)
    case = queries.load(found)
    if position is None:
        wanted = whole(request.GET.get("line", "") or request.POST.get("line", ""))
        positions = [each.line.position for each in case.lines]
        undecided = [each.line.position for each in case.lines if each.line.status == "open"]
        position = wanted if wanted in positions else (undecided or positions)[0]
    view = request.GET.get("view", "")
    return Open(case, request.user, position, view if view.replace("-", "").isalpha() and len(view) < 20 else "")
