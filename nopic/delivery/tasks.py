"""Which work of the handover the worker does, and how often and how long an e-mail is tried again."""

from celery import shared_task
from django.conf import settings

from nopic.certificates.models import Certificate, PublicRecord
from nopic.certificates.printed import file_to_hand_out
from nopic.delivery import actions, links
from nopic.delivery.mails import (  # noqa: F401 - each module registers its letters
    afterwards,
    asking,
    changes,
    confirming,
    frames,
    letters,
    noting,
    nudging,
    sending,
    wishes,
)
from nopic.delivery.mails.owing import owe_mail, recipients
from nopic.delivery.models import Mail
from nopic.delivery.notices import request_of, to_exporter, to_office
from nopic.requests.facts import policy_of
from nopic.requests.models import RequestLine
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.tenants import post
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier
from nopic.watch.models import OwedDocument, OwedState, RoutingChange, TreatmentReport
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, handles

BY = "delivery"
MOST_TRIES = 10  # 1, 2, 4, … 60 minutes apart: five hours, longer than a usual greylisting or an outage of ours
FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 3600.0


@handles("hand_over", queue="mail")
def hand_over(claim: Claim) -> Later | None:
    """The notices that a certificate owes at this moment; asked again at every change of it."""
    with tenant(claim.certifier_id):
        certificate = (
            Certificate.objects.select_for_update(of=("self",))
            .select_related("request__exporter", "request__submitted_by")
            .get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        )
        actions.hand_over(certificate=certificate)
        claim.finish()
    return None


@handles("request_sent", queue="mail")
def request_sent(claim: Claim) -> Later | None:
    """The receipt of a request, once for each time that it was sent."""
    with tenant(claim.certifier_id):
        request = request_of(claim, claim.subject_id)
        if request.status != RequestStatus.DRAFT:
            to_exporter(request, f"request_sent:{request.pk}:{request.turn}", "request_sent")
        claim.finish()
    return None


@handles("request_returned", queue="mail")
def request_returned(claim: Claim) -> Later | None:
    """What the reviewer wants changed, once for each time that the request came back."""
    with tenant(claim.certifier_id):
        request = request_of(claim, claim.subject_id)
        key = f"request_returned:{request.pk}:{request.turn}"
        to_exporter(request, key, "request_returned", turn=request.turn)
        claim.finish()
    return None


@handles("line_refused", queue="mail")
def line_refused(claim: Claim) -> Later | None:
    """The letter about a refused line."""
    with tenant(claim.certifier_id):
        line = RequestLine.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        if line.status == LineStatus.REFUSED:
            request = request_of(claim, line.request_id)
            to_exporter(request, f"line_refused:{line.pk}:{request.turn}", "line_refused", line=line.pk)
        claim.finish()
    return None


@handles("routing_changed", queue="mail")
def routing_changed(claim: Claim) -> Later | None:
    """Importer and broker hear of a change on the way, once for each change."""
    with tenant(claim.certifier_id):
        change = RoutingChange.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        _to_all(
            claim,
            change.certificate_id,
            f"routing:{change.pk}",
            "routing_changed",
            without="exporter",
            change=change.pk,
        )
        claim.finish()
    return None


@handles("treatment_reported", queue="mail")
def treatment_reported(claim: Claim) -> Later | None:
    """Everybody of the certificate hears of a treatment, once for each report; the office when it did not report it itself."""
    with tenant(claim.certifier_id):
        report = TreatmentReport.objects.select_related("certificate").get(
            certifier_id=claim.certifier_id, pk=claim.subject_id
        )
        _to_all(claim, report.certificate_id, f"treatment:{report.pk}", "treatment_reported", report=report.pk)
        if report.reported_as != "staff":
            request = request_of(claim, report.certificate.request_id)
            to_office(request, f"treatment:{report.pk}", "treatment_reported", report.certificate, report=report.pk)
        claim.finish()
    return None


def _to_all(claim: Claim, certificate_id: int, key: str, template: str, *, without: str = "", **context: int) -> None:
    certificate = Certificate.objects.get(certifier_id=claim.certifier_id, pk=certificate_id)
    request = request_of(claim, certificate.request_id)
    for kind, address in recipients(request).items():
        if kind != without:
            owe_mail(
                key=f"{key}:{kind}", template=template, to=address, kind=kind, request=request,
                certificate=certificate, context=context,
            )  # fmt: skip


@shared_task(name="nopic.delivery.nudge_drafts")
def nudge_drafts() -> None:
    """Every quarter of an hour: call drafts to mind whose last moment to be sent comes near."""
    for certifier in Certifier.objects.order_by("pk"):
        with tenant(certifier):
            nudging.owe_nudges(certifier)


@handles("mail", queue="mail")
def send_mail(claim: Claim) -> Later | None:
    """Send one e-mail. Intent, sending and result are three steps; no transaction is open while it is sent.

    A crash after the mail server took it and before that was recorded sends it once more, under the same Message-ID.
    """
    with tenant(claim.certifier_id):
        prepared = _prepare(claim)
    if prepared is None:
        return None
    try:
        sending.deliver(prepared)
    except post.Undeliverable as error:
        _give_up(claim, prepared.mail, str(error))
    except post.NotNow as error:
        if prepared.mail.attempts >= MOST_TRIES:
            _give_up(claim, prepared.mail, str(error))
        else:
            return _later(claim, prepared.mail, str(error))
    else:
        with tenant(claim.certifier_id):
            Mail.objects.filter(certifier_id=claim.certifier_id, pk=prepared.mail.pk).update(
                sent_at=now(), subject=prepared.subject, last_error=""
            )
            record(prepared.mail, "sent", by=BY, new=prepared.mail.to, note=prepared.subject)
            claim.finish()
    return None


def _prepare(claim: Claim) -> sending.Prepared | None:
    """The intent: count the try and write the letter from what is true now; None when nothing is left to send."""
    mail = Mail.objects.select_for_update().get(certifier_id=claim.certifier_id, pk=claim.subject_id)
    if mail.sent_at or mail.failed_at or mail.not_needed_at:
        claim.finish()
        return None
    claim.keep()
    case = _case(claim, mail)
    try:
        letter = letters.write(case)
    except letters.NotNeeded as why:
        mail.not_needed_at, mail.last_error = now(), str(why)
        mail.save(update_fields=["not_needed_at", "last_error"])
        claim.finish()
        return None
    attachment = _attachment(case) if letter.attach else None
    mail.attempts += 1
    mail.save(update_fields=["attempts"])
    text, html = letter.set(mail.template.partition("/")[0])
    certifier = case.request.certifier
    return sending.Prepared(mail, certifier.name, certifier.email, letter.subject, text, html, attachment)


def _case(claim: Claim, mail: Mail) -> letters.Case:
    certificate = record_ = None
    if mail.certificate_id:
        certificate = Certificate.objects.get(certifier_id=claim.certifier_id, pk=mail.certificate_id)
        record_ = (
            PublicRecord.objects.select_related("importer")
            .filter(certifier_id=claim.certifier_id, certificate_id=mail.certificate_id)
            .first()
        )
    assert mail.request_id is not None  # noqa: S101 - every e-mail of this package is about a request
    return letters.Case(
        mail,
        request_of(claim, mail.request_id),
        certificate,
        record_,
        lambda: f"{settings.BASE_URL}/c/{links.make(mail)}/",
    )


def _attachment(case: letters.Case) -> tuple[str, str] | None:
    assert case.certificate is not None  # noqa: S101 - only letters about a certificate attach its PDF
    file = file_to_hand_out(case.certificate)
    return (f"{case.certificate.number}.pdf", file.sha256) if file else None


def _later(claim: Claim, mail: Mail, why: str) -> Later:
    with tenant(claim.certifier_id):
        Mail.objects.filter(certifier_id=claim.certifier_id, pk=mail.pk).update(last_error=why[:200])
    pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** (mail.attempts - 1))
    return Later(pause * settings.TIME_SCALE, why)


def _give_up(claim: Claim, mail: Mail, why: str) -> None:
    """Staff and exporter read "Not delivered to …" on the certificate."""
    with tenant(claim.certifier_id):
        Mail.objects.filter(certifier_id=claim.certifier_id, pk=mail.pk).update(failed_at=now(), last_error=why[:200])
        record(mail, "not delivered", by=BY, new=mail.to, note=why)
        claim.finish()


@shared_task(name="nopic.delivery.remind")
def remind() -> None:
    """Every hour: write to exporters about documents that they still owe, on the days that are due at each office.

    A key for each document, due day and reminder makes one e-mail, however often this runs.
    """
    for certifier in Certifier.objects.order_by("pk"):
        with tenant(certifier):
            today = Office(policy_of(certifier.pk).rules).local(now()).date()
            due = OwedDocument.objects.filter(certifier=certifier, state=OwedState.OWED, remind_on__lte=today)
            for row in due.select_for_update(of=("self",)).order_by("pk"):
                actions.remind(row=row, today=today, by=BY)
