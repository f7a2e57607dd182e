"""The people page: one view for every organisation, mounted by each door with its roles."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nopic.presentation.typed import whole
from nopic.tenants import invitations, people
from nopic.tenants.access import PortalRequest, certifier_door, inbox_door
from nopic.tenants.forms import InviteForm
from nopic.tenants.models import Invitation, Membership
from nopic.tenants.statuses import Role


def people_page(
    request: PortalRequest, *, roles: Sequence[Role], may_change: bool, of: dict[str, int | None], roster_url: str = ""
) -> HttpResponse:
    """List, invite and deactivate the people of one organisation, whose door is open; `roster_url` says who is in."""
    form = InviteForm(roles=roles)
    if request.method == "POST":
        if not may_change:
            return render(request, "403.html", status=403)
        if "invite" in request.POST:
            form = InviteForm(request.POST, roles=roles)
            if form.is_valid() and (
                known := people.holder(form.cleaned_data["email"], form.cleaned_data["role"], **of)
            ):
                said = {"name": known.user, "role": known.get_role_display()}
                form.add_error("email", _("%(name)s is here already, as: %(role)s") % said)
            if form.is_valid():
                invitations.invite(
                    email=form.cleaned_data["email"], role=form.cleaned_data["role"], by=request.user, **of
                )
                messages.success(
                    request, _("Invitation sent to %(email)s. It is valid for 72 hours.") % form.cleaned_data
                )
                return redirect(request.path)
        elif "end" in request.POST:
            membership = _one(Membership.objects.filter(role__in=roles, **of), request.POST["end"])
            if reason := people.end(membership=membership, by=request.user):
                messages.error(request, reason)
            else:
                messages.success(request, _("%(name)s has no access any more.") % {"name": membership.user})
            return redirect(request.path)
        elif "withdraw" in request.POST:
            invitation = _one(Invitation.objects.filter(role__in=roles, **of), request.POST["withdraw"])
            invitations.withdraw(invitation=invitation, by=request.user)
            messages.success(request, _("The invitation of %(email)s was withdrawn.") % {"email": invitation.email})
            return redirect(request.path)
        else:
            raise Http404
    context = {
        "form": form,
        "members": list(people.members(role__in=roles, **of)),
        "invitations": list(people.invitations(role__in=roles, **of)),
        "may_change": may_change,
        "roster_url": roster_url,
        "has_errors": bool(form.errors),
    }
    return render(request, "people/people.html", context, status=422 if form.errors else 200)


def _one(rows: Any, key: str) -> Any:
    found = rows.filter(pk=whole(key)).first()  # no row has the key None
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@certifier_door(Role.CERTIFIER_ADMIN)
def staff_people(request: PortalRequest) -> HttpResponse:
    """The certifier's own people."""
    certifier_id = request.certifier.pk
    return people_page(
        request,
        roles=[Role.REVIEWER, Role.CERTIFIER_ADMIN],
        may_change=True,
        of={"certifier_id": certifier_id},
        roster_url=reverse("roster", args=[request.certifier.slug]),
    )


@require_http_methods(["GET", "POST"])
@certifier_door(Role.EXPORTER_SENDER, Role.EXPORTER_MEMBER)
def exporter_people(request: PortalRequest) -> HttpResponse:
    """An exporter's own people; those who may send requests may change the list."""
    of = {"certifier_id": request.certifier.pk, "exporter_id": request.exporter_id}
    sender = Membership.objects.filter(user=request.user, role=Role.EXPORTER_SENDER, is_active=True, **of).exists()
    return people_page(request, roles=[Role.EXPORTER_MEMBER, Role.EXPORTER_SENDER], may_change=sender, of=of)


@require_http_methods(["GET", "POST"])
@inbox_door(Role.IMPORTER, Role.BROKER)
def inbox_people(request: PortalRequest) -> HttpResponse:
    """An importer's or broker's own people."""
    member = request.inbox_of
    of: dict[str, int | None] = {"importer_id": member.importer_id, "broker_id": member.broker_id}
    return people_page(request, roles=[Role(member.role)], may_change=True, of=of)
