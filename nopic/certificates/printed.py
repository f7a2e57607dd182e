"""Which PDFs of a certificate there are: of each version one as issued, and one marked as no longer valid."""

from typing import Any

from nopic.certificates.models import Certificate, CertificateFile
from nopic.certificates.statuses import RevisionStatus


def file_version(certificate: Certificate) -> int:
    """Which PDF tells the truth now: of each version the odd one as issued, the even one with "Not valid for import"."""
    marked = marked_file(certificate.version)
    return marked if certificate.cancel_requested_at or certificate.superseded_at else marked - 1


def marked_file(version: int) -> int:
    """The PDF of a version that says that it is not valid, as cancelled, replaced or followed by a newer one."""
    return 2 * version


def earlier_versions(certificate: Certificate) -> list[tuple[int, dict[str, Any]]]:
    """Number and frozen data of each version that a newer one under the same number took the place of."""
    later = certificate.revisions.filter(
        certifier_id=certificate.certifier_id, status=RevisionStatus.PUBLISHED
    ).order_by("version")
    return [(version - 1, before) for version, before in later.values_list("version", "before")]


def file_to_hand_out(certificate: Certificate) -> CertificateFile | None:
    """The PDF that tells the truth now, once it is made: whoever downloads a cancelled certificate reads it on the page."""
    return certificate.files.filter(certifier_id=certificate.certifier_id, version=file_version(certificate)).first()
