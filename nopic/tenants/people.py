"""Who belongs to an organisation, and how somebody stops belonging. Runs inside the organisation's door."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nopic.tenants.models import Certifier, Invitation, Membership
from nopic.tenants.statuses import Role
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now

# The role without which an organisation could not help itself any more.
INDISPENSABLE = {
    Role.REVIEWER: Role.CERTIFIER_ADMIN,
    Role.CERTIFIER_ADMIN: Role.CERTIFIER_ADMIN,
    Role.EXPORTER_MEMBER: Role.EXPORTER_SENDER,
    Role.EXPORTER_SENDER: Role.EXPORTER_SENDER,
    Role.IMPORTER: Role.IMPORTER,
    Role.BROKER: Role.BROKER,
}


def members(**organisation: Any) -> QuerySet[Membership]:
    """Active and former members of one organisation, newest last."""
    return Membership.objects.filter(**organisation).select_related("user").order_by("-is_active", "pk")


def office_addresses(certifier: Certifier) -> list[str]:
    """Where a certifier reads what waits for it: the office's own address, or its admins where it has none."""
    if certifier.email:
        return [certifier.email]
    admins = Membership.objects.filter(
        certifier_id=certifier.pk, role=Role.CERTIFIER_ADMIN, is_active=True, user__is_active=True
    )
    return list(admins.order_by("pk").values_list("user__email", flat=True))


def holder(email: str, role: str, /, **organisation: Any) -> Membership | None:
    """Who has this role in the organisation already, found by e-mail; None when an invitation makes sense."""
    held = Membership.objects.filter(is_active=True, role=role, user__email__iexact=email, **organisation)
    return held.select_related("user").first()


def invitations(**organisation: Any) -> QuerySet[Invitation]:
    """Invitations that may still be accepted."""
    return Invitation.objects.filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=now(), **organisation
    ).order_by("pk")


def why_not_end(membership: Membership) -> str:
    """Why a membership may not be ended; empty when it may."""
    if membership.role != INDISPENSABLE[Role(membership.role)]:
        return ""
    others = Membership.objects.filter(
        role=membership.role,
        certifier_id=membership.certifier_id,
        exporter_id=membership.exporter_id,
        importer_id=membership.importer_id,
        broker_id=membership.broker_id,
        is_active=True,
    ).exclude(pk=membership.pk)
    if others.exists():
        return ""
    return _("%(name)s is the last one with the role “%(role)s”. Invite somebody else to it first.") % {
        "name": membership.user,
        "role": membership.get_role_display(),
    }


@transaction.atomic
def end(*, membership: Membership, by: Actor) -> str:
    """End a membership; it acts on the person's next click. Returns why not, or an empty string."""
    # Locked together, so that the last two cannot end each other at the same moment.
    list(
        Membership.objects.select_for_update().filter(
            role=membership.role,
            certifier_id=membership.certifier_id,
            exporter_id=membership.exporter_id,
            importer_id=membership.importer_id,
            broker_id=membership.broker_id,
            is_active=True,
        )
    )
    if not Membership.objects.filter(pk=membership.pk, is_active=True).exists():
        return ""  # ended a moment ago
    if reason := why_not_end(membership):
        return reason
    if Membership.objects.filter(pk=membership.pk, is_active=True).update(is_active=False, ended_at=now()):
        record(membership, "ended", by=by, old=membership.role, note=membership.user.email)
    return ""
