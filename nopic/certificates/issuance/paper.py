"""The PDF of a published certificate: rendered, stored, recorded; repeatable at any time without a new number.

There are at most two files: as issued, and once it is cancelled the same page with "Not valid for import" on it. The
first is kept for ever and no longer handed out.
"""

import logging
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from nopic.certificates import pdf, policies, projection
from nopic.certificates.issuance.desk import BY
from nopic.certificates.models import Certificate, CertificateFile
from nopic.documents import files
from nopic.tenants.context import tenant
from nopic.workflow.audit import record
from nopic.workflow.crash import crash_point
from nopic.workflow.dispatch import Claim, Later, database_now, owe

log = logging.getLogger(__name__)
MOST_CRASHES = 3  # a certificate whose page kills the process is set aside, the others go on
TRIES_BEFORE_NOTICE = 8  # then staff read it, and it is tried on
AREA = "certificates"


def render_paper(claim: Claim) -> Later | None:
    """Render and store the PDF unless it is stored already. Failing changes nothing about the certificate itself."""
    with tenant(claim.certifier_id):
        certificate = _certificate(claim)
        if certificate is None or not certificate.number:
            claim.finish()
            return None
        version = policies.file_version(certificate)
        file = certificate.files.filter(certifier_id=claim.certifier_id, version=version).first()
    if file:  # stored, and died before it was recorded as rendered
        _record(claim, version, None)
        return None
    if claim.crashes >= MOST_CRASHES:
        _give_up(claim, _("Rendering the PDF ended the process three times."))
        return None
    crash_point("paper.before_render")
    try:
        rendered = pdf.render(
            pdf.CertificateDocument.from_json(certificate.data, issue_facts(certificate)),
            template_version=certificate.template_version,
            page_size=certificate.page_size,  # type: ignore[arg-type]
        )
    except (pdf.UnprintableText, pdf.UnknownFact, pdf.SealBroken, LookupError) as error:
        log.exception("certificate %s cannot be rendered", claim.subject_id)
        _give_up(claim, _("The PDF cannot be rendered: %(why)s") % {"why": error})
        return None
    except Exception:
        if claim.attempts == TRIES_BEFORE_NOTICE:
            _notice(claim, _("The PDF could not be rendered yet; it is tried again."))
        raise
    crash_point("paper.after_render")
    stored = files.store(claim.certifier_id, BytesIO(rendered.pdf), area=AREA)
    crash_point("paper.after_store")
    _record(claim, version, stored)
    crash_point("paper.after_record")
    return None


def issue_facts(certificate: Certificate) -> dict[str, Any]:
    """What the publication added to the frozen data; the page needs nothing else."""
    assert certificate.number and certificate.issued_at  # noqa: S101, PT018 - it is issued
    return {
        "number": certificate.number,
        "published_at": certificate.issued_at.isoformat(),
        "verification_url": f"{settings.BASE_URL}/v/{certificate.number}?k={certificate.verification_key}",
        "verification_key": certificate.verification_key,
        "registry_is_mock": settings.OID_IS_MOCK,
        "replaces": certificate.replaces.number if certificate.replaces else None,
        "statuses": _standing(certificate),
    }


def _standing(certificate: Certificate) -> list[str]:
    if certificate.cancel_requested_at:
        return ["cancelled"]
    return ["replaced"] if certificate.superseded_at else []


def _certificate(claim: Claim) -> Certificate | None:
    return (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("request__policy", "replaces")
        .filter(certifier_id=claim.certifier_id, pk=claim.subject_id)
        .first()
    )


def _record(claim: Claim, version: int, stored: files.Stored | None) -> None:
    with tenant(claim.certifier_id):
        certificate = _certificate(claim)
        assert certificate is not None  # noqa: S101 - certificates are never deleted
        if stored:
            # The first stored file wins; a worker that lost its lease may have been faster.
            CertificateFile.objects.get_or_create(
                certifier_id=claim.certifier_id, certificate=certificate, version=version,
                defaults={"sha256": stored.sha256, "size": stored.size},
            )  # fmt: skip
        if not certificate.rendered_at:
            certificate.rendered_at = database_now()
            record(certificate, "rendered", by=BY)
        if not policies.resting_operation(certificate):
            certificate.attention = policies.registry_differs(certificate)  # anything else was about this PDF
        certificate.save(update_fields=["rendered_at", "attention"])
        projection.refresh(certificate)
        owe("hand_over", certificate.pk, certifier_id=claim.certifier_id)
        claim.finish()


def _notice(claim: Claim, why: str) -> None:
    with tenant(claim.certifier_id):
        certificate = _certificate(claim)
        claim.keep()
        if certificate and not certificate.attention:
            certificate.attention = why
            certificate.save(update_fields=["attention"])
            record(certificate, "needs attention", by=BY, note=why)


def _give_up(claim: Claim, why: str) -> None:
    """The certificate stays issued; a person reads why it has no PDF."""
    with tenant(claim.certifier_id):
        certificate = _certificate(claim)
        assert certificate is not None  # noqa: S101 - certificates are never deleted
        certificate.attention = why
        certificate.save(update_fields=["attention"])
        record(certificate, "needs attention", by=BY, note=why)
        claim.finish()
