"""How people come in: by invitation only, bound to an e-mail address, an organisation and a role, once, for 72 hours.

The token exists only in the e-mail: it is made when the e-mail is sent, and only its digest is kept.
"""

from contextlib import AbstractContextManager
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from nopic.tenants import post, secrets
from nopic.tenants.context import bearer, organisation, tenant
from nopic.tenants.models import Belonging, Invitation, Membership, User
from nopic.tenants.statuses import Role
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, owe

LIFETIME = timedelta(hours=72)
DOUBLE_CLICK = timedelta(minutes=1)
LONGEST_PAUSE = 3600.0  # seconds between two tries to send the e-mail


def door_of(place: Belonging) -> AbstractContextManager[None]:
    """The door of the organisation that a membership or an invitation belongs to."""
    if place.certifier_id:
        return tenant(place.certifier_id)
    return organisation(importer_id=place.importer_id, broker_id=place.broker_id)


@transaction.atomic
def invite(*, email: str, role: Role, by: Actor, **organisation_ids: int | None) -> Invitation:
    """Promise a role in the organisation whose door is open (`certifier_id`, `exporter_id`, …) and owe the e-mail.

    The same once more by the same person within a minute (double click) is one invitation and one e-mail.
    """
    promise = {"email": email.strip().lower(), "role": role, "invited_by": str(by), **organisation_ids}
    with connection.cursor() as cursor:  # the second click waits for the first
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"invite {promise['email']}"])
    mine = Invitation.objects.filter(**promise, accepted_at=None, withdrawn_at=None)
    if again := mine.filter(created_at__gt=Now() - DOUBLE_CLICK).first():
        return again
    invitation = Invitation.objects.create(expires_at=now() + LIFETIME, **promise)
    record(invitation, "invited", by=by, new=role, note=invitation.email)
    owe("invitation", invitation.pk, certifier_id=invitation.certifier_id or 0)
    return invitation


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Actor) -> None:
    """Make an open invitation worthless."""
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now()):
        if invitation.token_hash:
            secrets.forget("invitation", invitation.token_hash)
        record(invitation, "withdrawn", by=by)


def send(claim: Claim) -> Later | None:
    """Make the token, keep its digest, send the link. Sent again after a crash, the newest link counts.

    An address that the mail server refuses for good is tried once; whoever invited it reads so on the people page.
    """
    with bearer(invitation_id=claim.subject_id):
        invitation = Invitation.objects.select_related("certifier", "importer", "broker").get(pk=claim.subject_id)
        if invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= now():
            claim.finish()
            return None
        token = secrets.new_token()
        if invitation.token_hash:
            secrets.forget("invitation", invitation.token_hash)
        Invitation.objects.filter(pk=invitation.pk).update(token_hash=secrets.digest(token))
        secrets.register(
            "invitation",
            token,
            subject_id=invitation.pk,
            certifier_id=invitation.certifier_id,
            expires_at=invitation.expires_at,
        )
    words = {
        "inviter": invitation.invited_by,
        "role": invitation.get_role_display(),
        "organisation": invitation.certifier or invitation.importer or invitation.broker,
        "link": f"{settings.BASE_URL}/invitations/{token}/",
    }
    message = EmailMessage(
        subject=_("%(organisation)s invites you to the NOPIC portal") % words,
        body=_(
            "%(inviter)s invites you as: %(role)s.\n\nOpen this link within 72 hours and choose a password:\n%(link)s\n\n"
            "The link works once. If you did not expect it, you need not do anything."
        )
        % words,
        to=[invitation.email],
    )
    try:
        post.send(message)
    except post.NotNow as failure:
        return Later(min(LONGEST_PAUSE, 15 * 2.0 ** min(claim.attempts, 10)) * settings.TIME_SCALE, str(failure))
    except post.Undeliverable as refusal:
        with door_of(invitation):
            Invitation.objects.filter(pk=invitation.pk).update(undelivered_at=now())
            record(invitation, "not delivered", by="mail server", note=str(refusal))
            claim.finish()
        return None
    with bearer(invitation_id=claim.subject_id):
        claim.finish()
    return None


def find(token: str) -> Invitation | None:
    """The open invitation of a token; None when it is unknown, used, withdrawn or over."""
    target = secrets.resolve("invitation", token)
    if target is None:
        return None
    with bearer(invitation_id=target.subject_id):
        return (
            Invitation.objects.filter(pk=target.subject_id, accepted_at=None, withdrawn_at=None, expires_at__gt=now())
            .select_related("certifier", "importer", "broker")
            .first()
        )


def accept(token: str, *, user: User | None, name: str = "", password: str = "") -> User | None:
    """Use the invitation up and give the role to `user`, or to a new account with the invited address.

    The address counts as verified: the link was sent to it. None when somebody used the invitation a moment ago.
    """
    invitation = find(token)
    if invitation is None:
        return None
    with door_of(invitation):
        used = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None).update(
            accepted_at=now()
        )
        if used != 1:
            return None
        if user is None:
            user = User.objects.create_user(invitation.email, password, name=name)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        Membership.objects.get_or_create(
            user=user,
            role=invitation.role,
            certifier_id=invitation.certifier_id,
            exporter_id=invitation.exporter_id,
            importer_id=invitation.importer_id,
            broker_id=invitation.broker_id,
            is_active=True,
        )
        secrets.forget("invitation", secrets.digest(token))
        record(invitation, "accepted", by=user, new=invitation.role)
    return user
