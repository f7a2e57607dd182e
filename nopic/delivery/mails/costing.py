"""What the receipt of a request says of its price: how many certificates, in which class, for how much."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.fees.queries import of_request
from nopic.fees.quotes import money
from nopic.requests.models import CertificateRequest


def price_lines(request: CertificateRequest, count: int) -> list[str]:
    """What the sending fixed, with the class that was asked for; nothing where the certifier charges nothing."""
    if request.policy is None or request.policy.rules.fees.is_free:
        return []
    fixed = [row.charge for row in of_request(request.certifier_id, request.pk) if row.charge.turn == request.turn]
    if not fixed:
        return []
    said = ngettext("%(n)s certificate, %(class)s: %(amount)s", "%(n)s certificates, %(class)s: %(amount)s", count)
    total = sum((charge.amount for charge in fixed), Decimal(0))
    words = {
        "n": count,
        "class": request.policy.rules.turnaround(request.turnaround).title,
        "amount": money(total, fixed[0].currency),
    }
    return [said % words + ". " + _("Fees never change how a request is judged.")]
