"""What people do to certificates. Each is one transaction of the caller's `tenant()`, without broker and registry."""

from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nopic.certificates import limits, pdf, policies, printed, projection, shipping, standing
from nopic.certificates.actions.revising import locked, next_sequence
from nopic.certificates.actions.wishing import granted
from nopic.certificates.issuance.endings import abandon, drop_changes
from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import CertificateStatus, OperationKind, OperationStatus
from nopic.documents import actions as documents
from nopic.documents.models import Document, Dossier
from nopic.oid.payloads import client_ref, fingerprint, issue_payload, replace_payload
from nopic.requests import actions as requests
from nopic.requests import snapshot
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants import crypto
from nopic.tenants.models import Certifier, RegistryCredential, User
from nopic.tenants.secrets import new_key
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import hurry, owe
from nopic.workflow.transitions import Overtaken, Refused, advance


@transaction.atomic
def begin(*, line: RequestLine, by: User) -> Certificate:
    """Freeze what the certificate of an approved line will say, and owe it to the registry.

    Called inside the approval's transaction. Data, its hash, the template version, the page size and the verification
    key never change afterwards. Overtaken when the line has a certificate already.
    """
    data = snapshot.certificate_data(line, decided_by=by)
    if missing := pdf.unprintable(pdf.CertificateDocument.from_json(data)):
        # Refused now, while a name can still be transcribed: a published certificate must have its PDF.
        raise ValueError(
            _("The certificate cannot be printed with these characters: %(them)s") % {"them": " ".join(missing)}
        )
    payload, request = issue_payload(data), line.request
    old = lock_replaced(request)
    if old is not None:
        if against := limits.obstacles_to_replace(old):
            raise Refused(against)
        payload = replace_payload(payload, replaces=client_ref(old.certifier_id, old.pk))
    assert request.policy is not None and request.importer_id is not None  # noqa: S101, PT018 - a sent request has both
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(
                certifier_id=line.certifier_id, line=line, request=request, importer_id=request.importer_id,
                data=data, data_sha256=fingerprint(data), template_version=pdf.current_version(),
                page_size=request.policy.rules.page_size, verification_key=new_key(), approved_at=now(),
                approved_by=by, replaces=old,
            )  # fmt: skip
    except IntegrityError as error:
        if "line_id" not in str(error) and "certificate_replaced_once" not in str(error):
            raise
        raise Overtaken(line) from error
    record(certificate, "approved", by=by, new=certificate.status, data_sha256=certificate.data_sha256)
    operation = RegistryOperation.objects.create(
        certifier_id=line.certifier_id, certificate=certificate, sequence=1, kind=OperationKind.ISSUE,
        channel=request.policy.rules.registry_channel,
        client_ref=client_ref(line.certifier_id, certificate.pk), payload=payload,
        payload_sha256=fingerprint(payload),
    )  # fmt: skip
    owe("registry", operation.pk, certifier_id=line.certifier_id)
    return certificate


def lock_replaced(request: CertificateRequest) -> Certificate | None:
    """The certificate that a request is to replace, locked; to be asked before any account is locked."""
    if request.replaces_id is None:
        return None
    return locked(Certificate(certifier_id=request.certifier_id, pk=request.replaces_id))


@transaction.atomic
def replace(
    *, certificate: Certificate, by: User, key: UUID | None = None, asked: requests.Asked | None = None
) -> CertificateRequest:
    """Begin the request for another certificate in its place, or go on with the one that there is.

    `asked`: for staff who fill it in for the exporter. Raises Refused with what stands against it. The certificate
    stays in force until the other one is published.
    """
    fresh = locked(certificate)
    if begun := standing.open_replacement(fresh):
        return begun
    if against := limits.obstacles_to_replace(fresh):
        raise Refused(against)
    key = key or uuid4()
    if asked is not None:
        requests.start_on_behalf(exporter=fresh.request.exporter, by=by, asked=asked, key=key)
    request = requests.start_replacement(
        line=fresh.line, certificate_id=fresh.pk, importer=fresh.importer, present=limits.present(fresh), by=by, key=key
    )
    record(fresh, "replacement started", by=by, new=request.reference)
    return request


@transaction.atomic
def cancel(*, certificate: Certificate, by: User, reason: str, note: str = "") -> Certificate:
    """Cancel before, during or after the issue; `reason` is a code of the certifier's policy.

    From now on the public record says that it must not be used. Before anything was sent it is abandoned here and
    now; otherwise the cancellation waits behind the issue, which then only finds out what the registry holds.
    """
    fresh = locked(certificate)
    _known_reason(fresh, reason)
    if policies.obstacles_to_cancel(fresh):
        raise Overtaken(fresh)
    fresh.cancel_requested_at, fresh.cancel_requested_by = now(), by
    fresh.cancel_reason, fresh.cancel_note = reason, note
    fresh.save(update_fields=["cancel_requested_at", "cancel_requested_by", "cancel_reason", "cancel_note"])
    record(fresh, "cancellation asked for", by=by, note=note, reason=reason)
    granted(fresh, by=by)
    shipping.cancelled(fresh, by=by)
    issue = fresh.operations.get(certifier_id=fresh.certifier_id, kind=OperationKind.ISSUE)
    if issue.last_sent_at is None:
        abandon(fresh, issue, by=by)
        return fresh
    drop_changes(fresh, OperationKind.REVISE, OperationKind.WEIGHTS, by=by)  # a dead number keeps no new version
    operation = RegistryOperation.objects.create(
        certifier_id=fresh.certifier_id, certificate=fresh, sequence=next_sequence(fresh), kind=OperationKind.CANCEL,
        client_ref=client_ref(fresh.certifier_id, fresh.pk, kind="cancel"), payload={}, payload_sha256="",
    )  # fmt: skip
    owe("registry", operation.pk, certifier_id=fresh.certifier_id)
    if fresh.status != CertificateStatus.ISSUED:
        _go_on(fresh, issue, by=by, only_look=False)
        owe("registry", issue.pk, certifier_id=fresh.certifier_id)
    else:
        owe("hand_over", fresh.pk, certifier_id=fresh.certifier_id)
        owe("render", fresh.pk, certifier_id=fresh.certifier_id)  # the page that says so itself
    projection.refresh(fresh)
    return fresh


@transaction.atomic
def look_up_again(*, certificate: Certificate, by: User) -> Certificate:
    """Ask the registry once more what it holds, and send nothing. Overtaken when it needs no attention any more."""
    return _press(certificate, by=by, verb="look up again", only_look=True)


@transaction.atomic
def try_again(*, certificate: Certificate, by: User) -> Certificate:
    """Go up the ladder once more with fresh patience: still nothing is sent before a look-up says that it is safe."""
    return _press(certificate, by=by, verb="try again", only_look=False)


@transaction.atomic
def renew_key(*, certifier: Certifier, secret: str, by: User) -> None:
    """Store a new key for the registry and let everything that waited for it go on at once."""
    credential, _created = RegistryCredential.objects.update_or_create(
        certifier=certifier, defaults={"secret": crypto.encrypt(secret), "rejected_at": None}
    )
    record(credential, "registry key renewed", by=by)
    hurry("registry", certifier_id=certifier.pk)


def open_slot(
    *,
    request: CertificateRequest,
    rule: str,
    subject: str,
    kind: str = "",
    takes_off: bool = False,
    replaces: int | None = None,
) -> Dossier:
    """The dossier, when a file may come to this row now or be taken off it; see nopic.requests.actions.open_slot."""
    return requests.open_slot(
        request=request,
        rule=rule,
        subject=subject,
        kind=kind,
        takes_off=takes_off,
        replaces=replaces,
        certified=policies.is_certified(request),
    )


@transaction.atomic
def paper_came(*, request: CertificateRequest, document: Document, by: User) -> None:
    """What follows in the same transaction when a file of a request came: reviewers and public records know of it."""
    requests.papers_changed(request=request, document=document, by=by)
    projection.refresh_request(request)


@transaction.atomic
def take_paper_off(*, request: CertificateRequest, document: Document, by: User) -> None:
    """Take a file off its row. Raises Overtaken when the row is closed for that, or it was taken off already."""
    open_slot(request=request, rule=document.rule, subject=document.subject, takes_off=True)
    documents.remove(document=document, by=by)
    requests.papers_changed(request=request, document=document, by=by)
    projection.refresh_request(request)


def _press(certificate: Certificate, *, by: User, verb: str, only_look: bool) -> Certificate:
    fresh = locked(certificate)
    if not fresh.attention:
        raise Overtaken(fresh)
    record(fresh, verb, by=by, note=fresh.attention)
    operation = policies.resting_operation(fresh)
    if operation:
        _go_on(fresh, operation, by=by, only_look=only_look)
        owe("registry", operation.pk, certifier_id=fresh.certifier_id)
    else:
        if fresh.number and printed.file_to_hand_out(fresh) is None:
            owe("render", fresh.pk, certifier_id=fresh.certifier_id)
        _settled(fresh)
    if fresh.registry_lists is not None:  # whether it is put right is looked up once more
        issue = fresh.operations.get(certifier_id=fresh.certifier_id, kind=OperationKind.ISSUE)
        owe("confirm", issue.pk, certifier_id=fresh.certifier_id)
    return fresh


def _settled(certificate: Certificate) -> None:
    """Nothing needs a person any more, but for what only the registry itself can put right."""
    certificate.attention = policies.registry_differs(certificate)
    certificate.save(update_fields=["attention"])


def _go_on(certificate: Certificate, operation: RegistryOperation, *, by: User, only_look: bool) -> None:
    """Take an operation that rested for a person up again."""
    if operation.status == OperationStatus.REFUSED:
        was = OperationStatus.IN_DOUBT if operation.last_sent_at else OperationStatus.PENDING
        advance(
            operation, was, by=by, attempts=0, trying_since=now(), only_look=only_look, not_found_at=None,
        )  # fmt: skip
    if certificate.status == CertificateStatus.NEEDS_ATTENTION:
        advance(certificate, CertificateStatus.ISSUING, by=by, attention="")
    elif certificate.attention:
        _settled(certificate)


def _known_reason(certificate: Certificate, reason: str) -> None:
    assert certificate.request.policy is not None  # noqa: S101 - a sent request has one
    if reason not in {one.code for one in certificate.request.policy.rules.cancel_reasons}:
        raise Refused([_("Choose a reason from the list.")])
