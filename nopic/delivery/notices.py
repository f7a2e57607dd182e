"""What the worker tells while something waits for an answer: of the exporter, or of the office."""

from collections.abc import Callable
from hashlib import sha256

from django.conf import settings

from nopic.certificates.models import CancelWish, Certificate, Revision
from nopic.delivery.mails.owing import exporter_address, owe_mail
from nopic.requests.models import CertificateRequest, Correction, OnBehalf, RequestLine
from nopic.requests.statuses import RequestStatus
from nopic.review.models import QuestionRound
from nopic.tenants.context import tenant
from nopic.tenants.people import office_addresses
from nopic.watch.models import Concern
from nopic.watch.queries import reached_lines
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, handles

MOST_KEY = 120  # characters that an e-mail's key may have: a long address goes into it by its digest


@handles("questions_asked", queue="mail")
def questions_asked(claim: Claim) -> Later | None:
    """What the reviewer asks, once for each round."""
    _about(claim, _round, "questions_asked", "round")
    return None


@handles("questions_taken_back", queue="mail")
def questions_taken_back(claim: Claim) -> Later | None:
    """There is nothing to answer any more."""
    _about(claim, _round, "questions_taken_back", "round")
    return None


@handles("questions_due", queue="mail")
def questions_due(claim: Claim) -> Later | None:
    """Remind the exporter the day before answers are due, and once more when they are; then staff see them overdue."""
    return _remind(claim, _round, "questions_reminder", "round")


@handles("request_to_confirm", queue="mail")
def request_to_confirm(claim: Claim) -> Later | None:
    """That a request waits for the exporter to confirm it, once for each time that it was asked."""
    with tenant(claim.certifier_id):
        request = request_of(claim, claim.subject_id)
        filing = OnBehalf.objects.filter(certifier_id=claim.certifier_id, request=request).first()
        if filing is not None and request.status == RequestStatus.DRAFT:
            to_exporter(request, f"request_to_confirm:{request.pk}:{filing.times_asked}", "request_to_confirm")
        claim.finish()
    return None


@handles("correction_to_confirm", queue="mail")
def correction_to_confirm(claim: Claim) -> Later | None:
    """What staff corrected for the exporter, once for each correction."""
    _about(claim, _correction, "correction_to_confirm", "correction")
    return None


@handles("correction_taken_back", queue="mail")
def correction_taken_back(claim: Claim) -> Later | None:
    """There is nothing to confirm any more."""
    _about(claim, _correction, "correction_taken_back", "correction")
    return None


@handles("correction_due", queue="mail")
def correction_due(claim: Claim) -> Later | None:
    """Remind the exporter as of questions."""
    return _remind(claim, _correction, "correction_reminder", "correction")


@handles("cancel_wished", queue="mail")
def cancel_wished(claim: Claim) -> Later | None:
    """The office reads once of each wish to cancel."""
    with tenant(claim.certifier_id):
        wish = CancelWish.objects.select_related("certificate").get(
            certifier_id=claim.certifier_id, pk=claim.subject_id
        )
        request = request_of(claim, wish.certificate.request_id)
        to_office(request, f"cancel_wished:{wish.pk}", "cancel_wished", wish.certificate, wish=wish.pk)
        claim.finish()
    return None


@handles("version_asked", queue="mail")
def version_asked(claim: Claim) -> Later | None:
    """The office reads once of each version that is asked for, a corrected digit included."""
    with tenant(claim.certifier_id):
        asked = Revision.objects.select_related("certificate").get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        request = request_of(claim, asked.certificate.request_id)
        to_office(request, f"version_asked:{asked.pk}", "version_asked", asked.certificate, revision=asked.pk)
        claim.finish()
    return None


@handles("concern_noticed", queue="mail")
def concern_noticed(claim: Claim) -> Later | None:
    """The office reads once of each party or product that lost its standing."""
    with tenant(claim.certifier_id):
        concern = Concern.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        lines = RequestLine.objects.filter(reached_lines(concern), certifier_id=claim.certifier_id, removed=False)
        reached = lines.order_by("-pk").first()
        if reached is not None:  # an e-mail hangs on a request: of those that it reaches the newest
            request = request_of(claim, reached.request_id)
            to_office(request, f"concern_noticed:{concern.pk}", "concern_noticed", concern=concern.pk)
        claim.finish()
    return None


def to_office(
    request: CertificateRequest, key: str, template: str, certificate: Certificate | None = None, **context: int
) -> None:
    """Owe each address of the certifier's office one e-mail with this key."""
    for address in office_addresses(request.certifier):
        whose = address if len(key) + len(address) < MOST_KEY else sha256(address.encode()).hexdigest()
        owe_mail(
            key=f"{key}:{whose}", template=template, to=address, kind="staff", request=request,
            certificate=certificate, context=context,
        )  # fmt: skip


def request_of(claim: Claim, request_id: int) -> CertificateRequest:
    """The request with what letters say of it; inside the door."""
    return CertificateRequest.objects.select_related(
        "certifier", "exporter", "importer", "contact", "policy", "submitted_by"
    ).get(certifier_id=claim.certifier_id, pk=request_id)


def to_exporter(request: CertificateRequest, key: str, template: str, **context: int) -> None:
    """Owe the exporter one e-mail with this key."""
    owe_mail(
        key=key, template=template, to=exporter_address(request), kind="exporter", request=request, context=context
    )


Waits = QuestionRound | Correction


def _round(claim: Claim) -> QuestionRound:
    return QuestionRound.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)


def _correction(claim: Claim) -> Correction:
    return Correction.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)


def _about(claim: Claim, find: Callable[[Claim], Waits], letter: str, name: str) -> None:
    with tenant(claim.certifier_id):
        waits = find(claim)
        to_exporter(request_of(claim, waits.request_id), f"{letter}:{waits.pk}", letter, **{name: waits.pk})
        claim.finish()


def _remind(claim: Claim, find: Callable[[Claim], Waits], letter: str, name: str) -> Later | None:
    with tenant(claim.certifier_id):
        waits = find(claim)
        if waits.closed_at is None and waits.due_at is not None:
            left = (waits.due_at - now()).total_seconds()
            when = "before" if left > 0 else "due"
            to_exporter(request_of(claim, waits.request_id), f"{letter}:{waits.pk}:{when}", letter, **{name: waits.pk})
            if left > 0:
                return Later(left * settings.TIME_SCALE, "answers are due")
        claim.finish()
    return None
