"""The kilograms of a certificate that a request replaces: nobody else may have them, so it need not hold them twice."""

from decimal import Decimal

from nopic.ledger import accounts
from nopic.ledger.models import Account
from nopic.requests.models import CertificateRequest


def lent(request: CertificateRequest, account: Account | None) -> Decimal:
    """Kilograms of an account that the certificate it replaces leaves to this request, and to no other.

    As long as they are used there: a certificate that was cancelled meanwhile lends nothing.
    """
    if request.replaces_line_id is None or account is None:
        return Decimal(0)
    return accounts.used_by(request.replaces_line_id, account.pk)


def to_hold(request: CertificateRequest, account: Account, kg: Decimal) -> Decimal:
    """What a line of `kg` has to hold itself until its certificate takes the place of the other one."""
    return max(Decimal(0), kg - lent(request, account))
