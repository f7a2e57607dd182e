"""Links without an account: who holds one, to which consignment, for how long, and the proof that it was opened.

The secret never expires by itself: whoever holds a token whose 90 days are over is led to the page that sends a new
link to the same address, and to nothing else.
"""

from dataclasses import dataclass
from datetime import timedelta

from nopic.certificates.models import PublicRecord
from nopic.delivery.models import ConsignmentLink, Mail
from nopic.delivery.queries import stands
from nopic.tenants import secrets
from nopic.tenants.context import bearer, tenant
from nopic.workflow.audit import record
from nopic.workflow.clock import now

LIFETIME = timedelta(days=90)


@dataclass(frozen=True)
class Opened:
    """What a token leads to: the link itself, and the public records of its consignment (none when it is over)."""

    link: ConsignmentLink
    is_over: bool
    records: list[PublicRecord]


def make(mail: Mail) -> str:
    """A new token for the recipient of an e-mail, in the caller's `tenant()`; only its digest is kept.

    A token that was made for an earlier try of the same e-mail stays good: that try may have arrived.
    """
    token = secrets.new_token()
    link, _created = ConsignmentLink.objects.update_or_create(
        certifier_id=mail.certifier_id,
        mail=mail,
        defaults={
            "request_id": mail.request_id,
            "recipient": mail.to,
            "recipient_kind": mail.recipient_kind,
            "digest": secrets.digest(token),
            "expires_at": now() + LIFETIME,
        },
    )
    secrets.register("link", token, subject_id=link.pk, certifier_id=mail.certifier_id, expires_at=None)
    return token


def find(token: str) -> Opened | None:
    """What the token opens now, read live; None when nobody made it."""
    target = secrets.resolve("link", token)
    if target is None or target.certifier_id is None:
        return None
    with tenant(target.certifier_id):
        link = ConsignmentLink.objects.get(certifier_id=target.certifier_id, pk=target.subject_id)
    if link.expires_at <= now():
        return Opened(link, True, [])
    with bearer(request_id=link.request_id):
        records = list(
            PublicRecord.objects.filter(request_id=link.request_id)
            .select_related("certifier", "importer")
            .order_by("certificate_id")
        )
    return Opened(link, False, records)


def note_opening(opened: Opened) -> None:
    """Record the first time that the link was used, and what it showed: the proof of the handover.

    Some mail programs open links by themselves before the person does; the moment is the earliest one, not a signature.
    """
    link = opened.link
    if link.opened_at or opened.is_over or not opened.records:
        return
    shown = [
        {"number": one.number, "state": stands(one).name, "file_sha256": one.file_sha256} for one in opened.records
    ]
    with tenant(link.certifier_id):
        first = ConsignmentLink.objects.filter(certifier_id=link.certifier_id, pk=link.pk, opened_at=None).update(
            opened_at=now(), opened_what=shown
        )
        if first:
            record(link, "opened", by=link.recipient_kind, new=link.recipient, shown=shown)
