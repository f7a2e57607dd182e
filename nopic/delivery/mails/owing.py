"""Which e-mails are owed to whom. Each is one row with a key, and a key makes one e-mail however often it is asked for.

Everything here runs inside the caller's `tenant()` and only writes rows; sending is the worker's.
"""

from typing import Any

from nopic.certificates.models import Certificate
from nopic.delivery.models import Mail
from nopic.requests.models import CertificateRequest
from nopic.tenants.models import Membership
from nopic.tenants.statuses import EXPORTERS
from nopic.workflow.dispatch import owe

VERSION = "v1"  # folder of templates/emails/ that new e-mails are rendered from
KINDS = ("exporter", "importer", "broker")


def recipients(request: CertificateRequest) -> dict[str, str]:
    """Address by kind of recipient. Somebody who is importer and broker at once gets the importer's e-mail only."""
    found: dict[str, str] = {}
    for kind, address in (
        ("exporter", exporter_address(request)),
        ("importer", request.importer_email),
        ("broker", request.broker_email),
    ):
        address = address.strip().lower()
        if address and address not in found.values():
            found[kind] = address
    return found


def exporter_address(request: CertificateRequest) -> str:
    """The person who sent the request while they belong to the company, otherwise the company's own address.

    Of a draft that was never sent, the person who began it.
    """
    sender = request.submitted_by or request.created_by
    if sender is not None and sender.is_active:
        belongs = Membership.objects.filter(
            certifier_id=request.certifier_id,
            exporter_id=request.exporter_id,
            user_id=sender.pk,
            role__in=EXPORTERS,
            is_active=True,
        )
        if belongs.exists():
            return str(sender.email)
    return str(request.exporter.email)


def owe_mail(
    *,
    key: str,
    template: str,
    to: str,
    kind: str,
    request: CertificateRequest,
    certificate: Certificate | None = None,
    context: dict[str, Any] | None = None,
) -> Mail:
    """The e-mail with this key: a new one, owed from this transaction's commit, or the one that there is already."""
    mail, created = Mail.objects.get_or_create(
        certifier_id=request.certifier_id,
        key=key,
        defaults={
            "request": request,
            "certificate_id": certificate.pk if certificate else None,
            "to": to,
            "recipient_kind": kind,
            "template": f"{VERSION}/{template}",
            "context": context or {},
        },
    )
    if created:
        owe("mail", mail.pk, certifier_id=request.certifier_id)
    return mail


def owe_to_all(
    request: CertificateRequest, certificate: Certificate, notice: str, *, version: int | None = None
) -> list[Mail]:
    """The same notice (`issued`, `cancelled`, `revised`, `replaced`) to everybody who is concerned, once each and per version."""
    about = f"{notice}:{certificate.pk}" if version is None else f"{notice}:{certificate.pk}:{version}"
    return [
        owe_mail(
            key=f"{about}:{kind}",
            template=notice,
            to=address,
            kind=kind,
            request=request,
            certificate=certificate,
            context={} if version is None else {"version": version},
        )
        for kind, address in recipients(request).items()
    ]
