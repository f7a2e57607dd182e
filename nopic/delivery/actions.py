"""What people and processes do about the handover: owe the notices, send one again, ask for a new link."""

from datetime import date

from django.db import transaction

from nopic.certificates.models import Certificate
from nopic.certificates.printed import file_to_hand_out
from nopic.certificates.statuses import CertificateStatus, RevisionStatus
from nopic.delivery.mails.owing import exporter_address, owe_mail, owe_to_all, recipients
from nopic.delivery.models import ConsignmentLink, Mail
from nopic.requests.models import CertificateRequest
from nopic.watch import actions as watch
from nopic.watch.models import OwedDocument
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken

BY = "delivery"


@transaction.atomic
def hand_over(*, certificate: Certificate) -> list[Mail]:
    """Owe everybody the notice that is due now: issued (once its PDF is there), cancelled or replaced. Idempotent."""
    _owe_answers_to_wishes(certificate)
    if not certificate.number:
        return []
    if certificate.status == CertificateStatus.ISSUED and certificate.rendered_at:
        _owe_refusals(certificate)
    notice = notice_of(certificate)
    if notice is None:
        return []  # asked again once the PDF is there
    version = certificate.version if notice == "revised" else None
    mails = owe_to_all(certificate.request, certificate, notice, version=version)
    if notice == "issued" and Certificate.objects.filter(
        certifier_id=certificate.certifier_id, pk=certificate.pk, handed_over_at=None
    ).update(handed_over_at=now()):
        record(certificate, "handed over", by=BY, note=", ".join(f"{one.recipient_kind}: {one.to}" for one in mails))
    return mails


def notice_of(certificate: Certificate) -> str | None:
    """What is to be told of a certificate now; None while it has no number, or the PDF of what holds is not there yet."""
    if not certificate.number:
        return None
    if certificate.cancel_requested_at or certificate.status == CertificateStatus.CANCELLED:
        return "cancelled"
    if certificate.status == CertificateStatus.SUPERSEDED:
        return "replaced"
    if certificate.status != CertificateStatus.ISSUED or not certificate.rendered_at:
        return None
    if certificate.version == 1:
        return "issued"
    return "revised" if file_to_hand_out(certificate) is not None else None


def _owe_answers_to_wishes(certificate: Certificate) -> None:
    """The exporter reads once of each wish to cancel that was declined, or granted before there was a number.

    Of a number that is cancelled or replaced the notice to everybody says it.
    """
    given_up = certificate.status == CertificateStatus.ABANDONED
    for wish in certificate.cancel_wishes.filter(certifier_id=certificate.certifier_id):
        letter = {"declined": "cancel_declined", "cancelled": "cancel_granted" if given_up else ""}.get(wish.outcome)
        if letter:
            owe_mail(
                key=f"{letter}:{wish.pk}", template=letter, to=exporter_address(certificate.request),
                kind="exporter", request=certificate.request, certificate=certificate, context={"wish": wish.pk},
            )  # fmt: skip


def _owe_refusals(certificate: Certificate) -> None:
    """The exporter reads once of each revision that was refused."""
    refused = certificate.revisions.filter(certifier_id=certificate.certifier_id, status=RevisionStatus.REFUSED)
    for revision in refused:
        owe_mail(
            key=f"revision_refused:{revision.pk}", template="revision_refused",
            to=recipients(certificate.request)["exporter"], kind="exporter", request=certificate.request,
            certificate=certificate, context={"revision": revision.pk},
        )  # fmt: skip


@transaction.atomic
def resend(*, certificate: Certificate, recipient: str, by: Actor) -> Mail:
    """Send the notice that is due now once more to one kind of recipient (exporter, importer, broker).

    A new e-mail with a key of its own, and an audit event. While the one before it is still waiting to be sent,
    asking again changes nothing and returns that one. Overtaken when there is nothing to send (no number or no PDF
    yet), ValueError for a recipient that the request does not name.
    """
    fresh = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("request__exporter", "request__submitted_by")
        .get(certifier_id=certificate.certifier_id, pk=certificate.pk)
    )
    notice = notice_of(fresh)
    if notice is None:
        raise Overtaken(fresh)
    address = recipients(fresh.request).get(recipient)
    if address is None:
        raise ValueError(f"no {recipient} to write to")
    version = {"version": fresh.version} if notice == "revised" else {}
    base = ":".join(map(str, (notice, fresh.pk, *version.values(), recipient)))
    earlier = Mail.objects.filter(certifier_id=fresh.certifier_id, certificate_id=fresh.pk, key__startswith=base)
    waiting = earlier.filter(sent_at=None, failed_at=None, not_needed_at=None).first()
    if waiting is not None:
        return waiting
    mail = owe_mail(
        key=f"{base}:again:{earlier.count()}",
        template=notice,
        to=address,
        kind=recipient,
        request=fresh.request,
        certificate=fresh,
        context=version,
    )
    record(fresh, "sent again", by=by, new=address, note=notice)
    return mail


@transaction.atomic
def send_new_link(*, link: ConsignmentLink) -> Mail:
    """A new link to the same address, because the 90 days of the old one are over. Inside the link's `tenant()`.

    At most one a day for each link, so that the page cannot be used to flood anybody.
    """
    request = CertificateRequest.objects.get(certifier_id=link.certifier_id, pk=link.request_id)
    return owe_mail(
        key=f"new_link:{link.pk}:{now().date().isoformat()}",
        template="new_link",
        to=link.recipient,
        kind=link.recipient_kind,
        request=request,
    )


@transaction.atomic
def remind(*, row: OwedDocument, today: date, by: Actor) -> Mail:
    """Call a document that has still to come to the exporter's mind: at most one e-mail a day for each document."""
    request = CertificateRequest.objects.select_related("certifier", "exporter", "submitted_by").get(
        certifier_id=row.certifier_id, pk=row.request_id
    )
    certificate = Certificate.objects.filter(
        certifier_id=row.certifier_id, request_id=row.request_id, number__isnull=False, cancel_requested_at=None
    ).order_by("pk").first()  # fmt: skip
    mail = owe_mail(
        key=f"document_owed:{row.pk}:{today.isoformat()}", template="document_owed", to=exporter_address(request),
        kind="exporter", request=request, certificate=certificate, context={"owed": row.pk},
    )  # fmt: skip
    watch.reminded(row=row, today=today, by=by)
    return mail
