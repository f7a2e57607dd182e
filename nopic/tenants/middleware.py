"""The frame around every page: what the masthead shows, headers, and a calm answer when the database is away."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from nopic.tenants.models import Membership
from nopic.tenants.statuses import EXPORTERS, STAFF, Role

log = logging.getLogger(__name__)


class Headers:
    """Permissions-Policy everywhere; pages of signed-in people are not kept by shared caches.

    Nothing here may ask the database: it may be away, and `/livez` tells of the process alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/livez":
            request.COOKIES.clear()  # or the session would be looked up
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)"
        )
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class Database:
    """What PostgreSQL may say to any page: it is away or out of connections (503), or cannot keep such a text or number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No text in the database holds a NUL: as an address it names nothing, in a search it says nothing.
        if "\x00" in request.path_info:
            return render(request, "404.html", status=404)
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return in_words(exception)


def in_words(failure: BaseException | None) -> HttpResponse | None:
    """The answer to what PostgreSQL said; None when it was not PostgreSQL."""
    if isinstance(failure, DataError):  # the last net: forms tell what they know beside the field
        log.warning("cannot be kept: %s", failure)
        text = _("Something in what you sent cannot be kept: a control character, or a number that is far too large.")
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    if not isinstance(failure, OperationalError | InterfaceError):
        return None
    log.error("database away: %s", type(failure).__name__)
    response = HttpResponse(
        _("We cannot reach our database at the moment. Nothing was lost; try again in a minute."),
        status=503,
        content_type="text/plain; charset=utf-8",
    )
    response["Retry-After"] = "30"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The last answer to any failure, also to one between the views: signing in reads the database before they run.

    Django calls this while it handles the exception, at the layer of middleware in which it was raised.
    """
    return in_words(sys.exception()) or defaults.server_error(request)


def who_and_where(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the certifier, the navigation of this person's role, and where they are."""
    certifier = getattr(request, "certifier", None)
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    inbox = getattr(request, "inbox_of", None)
    items: list[tuple[str, str]] = []
    account: list[tuple[str, str]] = []
    home, here = "/", request.path
    if certifier is not None:
        base = f"/{certifier.slug}"
        if roles & STAFF:
            home = f"{base}/queue/"
            if here.startswith(f"{base}/cases/"):
                here = home  # a case belongs to the queue
            items = [
                (_("Queue"), home),
                (_("Certificates"), f"{base}/certificates/"),
                (_("Time frames"), f"{base}/time-frames/"),
                (_("Operations"), f"{base}/operations/"),
                (_("Policy"), f"{base}/policies/"),
            ]
            if Role.CERTIFIER_ADMIN in roles:
                items.append((_("People"), f"{base}/people/"))
            account = [(_("Who is in"), f"{base}/people/roster/")]
        elif roles & EXPORTERS:
            home = f"{base}/requests/"
            items = [
                (_("Requests"), home),
                (_("Certificates"), f"{base}/my-certificates/"),
                (_("Verified list"), f"{base}/verified-list/"),
                (_("Suppliers"), f"{base}/suppliers/"),
                (_("Fees"), f"{base}/fees/"),
            ]
            account = [(_("Colleagues"), f"{base}/team/")]
            if Role.EXPORTER_SENDER in roles:
                account.append((_("API keys"), f"{base}/api-keys/"))
    elif inbox is not None:
        home = "/in/"
        items = [(_("Certificates"), home)]
        account = [(_("Colleagues"), "/in/people/")]
        if inbox.role == Role.IMPORTER:
            account.append((_("API keys"), "/in/api-keys/"))
    places: dict[str, Membership] = getattr(request, "places", {})
    account += [
        (f"{member.certifier or member.importer or member.broker}: {member.get_role_display()}", path)
        for path, member in places.items()
        if path != home
    ]
    return {
        "certifier": certifier,
        "roles": roles,
        "is_staff_member": bool(roles & STAFF),
        "home_url": home,
        "organisation_name": str(inbox.importer or inbox.broker) if inbox else "",
        "nav_items": [{"label": label, "url": url, "current": here.startswith(url)} for label, url in items],
        "account_items": [{"label": label, "url": url} for label, url in account],
    }


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 in the frame of the portal."""
    return render(request, "404.html", status=404)
