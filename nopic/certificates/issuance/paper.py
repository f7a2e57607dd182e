"""The PDF of a published certificate: rendered, stored, recorded; repeatable at any time without a new number.

Of each version there are at most two files: as issued, and once it is cancelled, replaced or followed by a newer version
the same page with "Not valid for import" on it. The first is kept for ever and no longer handed out.
"""

import logging
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from nopic.certificates import pdf, policies, printed, projection
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
        due = _due(certificate)
    if not due:  # stored, and died before it was recorded as rendered
        _record(claim, {})
        return None
    if claim.crashes >= MOST_CRASHES:
        _give_up(claim, _("Rendering the PDF ended the process three times."))
        return None
    crash_point("paper.before_render")
    try:
        made = {version: _print(certificate, data, standing) for version, (data, standing) in due.items()}
        crash_point("paper.after_render")
        stored = {version: files.store_bytes(claim.certifier_id, page, area=AREA) for version, page in made.items()}
    except files.NoRoom:
        if claim.attempts == TRIES_BEFORE_NOTICE:
            _notice(claim, _("The PDF cannot be kept, because there is no room on the disk; it is tried again."))
        raise
    except (pdf.UnprintableText, pdf.UnknownFact, pdf.SealBroken, LookupError) as error:
        log.exception("certificate %s cannot be rendered", claim.subject_id)
        _give_up(claim, _("The PDF cannot be rendered: %(why)s") % {"why": error})
        return None
    except Exception:
        if claim.attempts == TRIES_BEFORE_NOTICE:
            _notice(claim, _("The PDF could not be rendered yet; it is tried again."))
        raise
    crash_point("paper.after_store")
    _record(claim, stored)
    crash_point("paper.after_record")
    return None


def _due(certificate: Certificate) -> dict[int, tuple[dict[str, Any], list[str]]]:
    """By file version, of what is not stored yet: the data to print and why the page is not valid, if it is not.

    The page that tells the truth now comes first; then each earlier version's, which says that a newer one is in force.
    """
    wanted = {printed.file_version(certificate): (certificate.data, _standing(certificate))}
    for version, before in printed.earlier_versions(certificate):
        wanted[printed.marked_file(version)] = (before, ["earlier"])
    there = set(certificate.files.filter(certifier_id=certificate.certifier_id).values_list("version", flat=True))
    return {version: wanted[version] for version in wanted if version not in there}


def _print(certificate: Certificate, data: dict[str, Any], standing: list[str]) -> bytes:
    return pdf.render(
        pdf.CertificateDocument.from_json(data, issue_facts(certificate) | {"statuses": standing}),
        template_version=certificate.template_version,
        page_size=certificate.page_size,  # type: ignore[arg-type]
    ).pdf


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


def _record(claim: Claim, stored: dict[int, files.Stored]) -> None:
    with tenant(claim.certifier_id):
        certificate = _certificate(claim)
        assert certificate is not None  # noqa: S101 - certificates are never deleted
        for version, file in stored.items():
            # The first stored file wins; a worker that lost its lease may have been faster.
            CertificateFile.objects.get_or_create(
                certifier_id=claim.certifier_id, certificate=certificate, version=version,
                defaults={"sha256": file.sha256, "size": file.size},
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
