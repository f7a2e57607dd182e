"""Who may open which door: memberships, checked on every request, decide the tenant; nothing else does."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from nopic.tenants.context import identity, organisation, tenant
from nopic.tenants.models import Certifier, Membership, User
from nopic.tenants.statuses import EXPORTERS, STAFF, Role

View = Callable[..., HttpResponseBase]  # also files that are streamed


class PortalRequest(HttpRequest):
    """A request behind a door: who asks, and for which certifier or inbox (each set by the door that sets it)."""

    user: User
    places: dict[str, Membership]  # everywhere this person may work: address -> one membership that leads there
    certifier: Certifier
    roles: frozenset[str]  # of the side on which they came in: staff or exporter, never both at once
    exporter_ids: list[int]
    exporter_id: int | None
    acting: Any  # in whose place staff fill in a draft (exporters.views.acting); set by that door only
    may_send: bool  # whether this person may send requests of the exporter they work for
    inbox_of: Membership
    inbox_choices: list[Membership]


def memberships_of(user: User) -> list[Membership]:
    """A person's active memberships, whatever organisation they are in."""
    with identity(user):
        return list(
            Membership.objects.filter(user=user, is_active=True)
            .select_related("certifier", "importer", "broker")
            .order_by("pk")
        )


def certifier_door(*roles: Role, opens_tenant: bool = True) -> Callable[[View], View]:
    """Guard a view under `/<certifier>/`: 404 for strangers to the certifier, 403 for members without the role.

    The view runs inside `tenant()`; with `opens_tenant=False` (uploads, downloads) it opens the door itself, around
    the short transaction that it needs. Sets request.certifier, request.roles and, for exporters, request.exporter_id.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, certifier: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            _enter(request, certifier, roles)
            if not opens_tenant:
                return view(request, *args, **kwargs)
            with tenant(request.certifier, request.user):
                return view(request, *args, **kwargs)

        return guarded

    return guard


def _enter(request: PortalRequest, slug: str, roles: Sequence[Role]) -> None:
    everywhere = memberships_of(request.user)
    mine = [m for m in everywhere if m.certifier and m.certifier.slug == slug]
    if not mine:
        raise Http404("no such certifier, or not one of this person's")
    fitting = [m for m in mine if m.role in roles]
    if not fitting:
        raise PermissionDenied
    request.certifier = cast("Certifier", mine[0].certifier)
    request.places = places_of(everywhere)
    # Staff who also belong to an exporter come in as staff wherever staff may, and as that exporter where only it may.
    side = STAFF if any(m.role in STAFF for m in fitting) else EXPORTERS
    request.roles = frozenset(m.role for m in mine if m.role in side)
    # A person of two exporters of one certifier works for the one chosen last (session), else for the first.
    exporters = [m.exporter_id for m in mine if m.role in EXPORTERS and m.exporter_id]
    chosen = request.session.get(f"exporter:{slug}")
    request.exporter_ids = exporters
    request.exporter_id = chosen if chosen in exporters else (exporters[0] if exporters else None)
    request.may_send = any(m.role == Role.EXPORTER_SENDER and m.exporter_id == request.exporter_id for m in mine)
    # A sender of one company may be a mere member of another.
    if side is EXPORTERS and not any(m.exporter_id == request.exporter_id for m in fitting):
        raise PermissionDenied


def staff_door(view: View) -> View:
    """Reviewers and certifier admins."""
    return certifier_door(*sorted(STAFF))(view)


def exporter_door(view: View) -> View:
    """Everybody of an exporter."""
    return certifier_door(*sorted(EXPORTERS))(view)


def inbox_door(*roles: Role, opens_door: bool = True) -> Callable[[View], View]:
    """Guard a view under `/in/`: importers and brokers, each with the door of their own organisation open.

    With `opens_door=False` (downloads) the view opens it itself, around the short transaction that it needs.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            everywhere = memberships_of(request.user)
            mine = [m for m in everywhere if m.role in roles]
            if not mine:
                raise PermissionDenied
            request.places = places_of(everywhere)
            chosen = request.session.get("inbox")
            member = next((m for m in mine if m.pk == chosen), mine[0])
            request.inbox_of = member
            request.inbox_choices = mine
            if not opens_door:
                return view(request, *args, **kwargs)
            with organisation(importer_id=member.importer_id, broker_id=member.broker_id, actor=request.user):
                return view(request, *args, **kwargs)

        return guarded

    return guard


def landing_path(memberships: Sequence[Membership]) -> str | None:
    """Where a person lands after signing in: the page of their first role, staff before exporters before inbox."""
    for roles, path in ((STAFF, "/{0}/queue/"), (EXPORTERS, "/{0}/requests/")):
        for member in memberships:
            if member.role in roles and isinstance(member.certifier, Certifier):
                return path.format(member.certifier.slug)
    return "/in/" if memberships else None


def places_of(memberships: Sequence[Membership]) -> dict[str, Membership]:
    """Every page on which a person may begin, with the first membership that leads there."""
    places: dict[str, Membership] = {}
    for member in memberships:
        if path := landing_path([member]):
            places.setdefault(path, member)
    return places
