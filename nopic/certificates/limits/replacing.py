"""When another certificate may take the place of one: before the goods leave, while it is in force, and once."""

from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.models import Certificate
from nopic.certificates.standing import replacement_of
from nopic.certificates.statuses import OPEN_REVISION


def obstacles_to_replace(certificate: Certificate) -> list[str]:
    """Why no other certificate can take its place: asked when the request for it begins, and again at its approval."""
    if not policies.counts(certificate):
        return [_("It is not in force any more. Start a new request instead.")]
    if replacement_of(certificate) is not None:
        return [_("Its replacement is approved already and being published.")]
    if policies.is_time_frame(certificate):
        return [_("A certificate for several shipments is not replaced: its shipments are recorded under its number.")]
    if certificate.revisions.filter(certifier_id=certificate.certifier_id, status__in=OPEN_REVISION).exists():
        return [_("A revision of this certificate is under way. It can be replaced once that is published or refused.")]
    if policies.goods_have_left(certificate) or policies.has_shipped(certificate):
        return [
            _(
                "The goods have left, and no other certificate can be issued for goods that have left. More kilograms, another product or importer cannot be certified any more."
            )
        ]
    return []
