"""Why something cannot be noted about a certificate now: asked by buttons, forms and actions."""

from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.certificates import policies as certificates
from nopic.certificates.models import Certificate
from nopic.certificates.shipping import cap
from nopic.watch.models import Concern


def obstacles_to_reroute(certificate: Certificate) -> list[str]:
    """Routing is recorded beside a certificate that counts, from approval on."""
    if not certificates.counts(certificate):
        return [_("This certificate is not valid any more. Routing is recorded beside valid certificates only.")]
    return []


def obstacles_to_report_treatment(certificate: Certificate) -> list[str]:
    """Treatments are reported of goods under a number, also after a cancellation: what was treated stays a fact."""
    if not certificate.number:
        return [_("This certificate has no number yet: no goods travel under it.")]
    if left_organic(certificate) <= 0:
        return [_("All kilograms of this certificate are reported as treated already.")]
    return []


def obstacles_to_read_again(concern: Concern) -> list[str]:
    """The registry is asked about a party that it numbers, while its concern is open."""
    if concern.settled_at is not None:
        return [_("This concern is settled.")]
    if concern.item_id is not None or (concern.supplier is not None and not concern.supplier.nop_id):
        return [_("INTEGRITY cannot be asked about %(name)s: it has no number there.") % {"name": concern.name}]
    return []


def left_organic(certificate: Certificate) -> Decimal:
    """Kilograms that nothing was reported about, of what it says or will say once its approved version is published."""
    return cap(certificate) - certificate.non_organic_kg
