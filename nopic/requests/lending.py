"""Kilograms of a certificate that another request is about: lent to what replaces it, and not free yet for what was split off.

A replacement takes all of them at once, so that nobody else may have them meanwhile. A part that leaves later waits until
the certificate says less: a revision can be refused, and what was sent on borrowed kilograms would then hold none.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from nopic.ledger import accounts, inputs
from nopic.ledger.models import Account
from nopic.requests.models import CertificateRequest, RequestLine

if TYPE_CHECKING:
    from nopic.requests.facts import LineFacts


def lent(request: CertificateRequest, account: Account | None) -> Decimal:
    """Kilograms of an account that the certificate it replaces leaves to this request, and to no other.

    As long as they are used there: a certificate that was cancelled meanwhile lends nothing.
    """
    if request.replaces_line_id is None or account is None:
        return Decimal(0)
    return accounts.used_by(request.replaces_line_id, account.pk)


def still_elsewhere(request: CertificateRequest) -> bool:
    """Whether goods that were split off are on the first certificate still: it uses more than what shall stay there.

    Asked of the account and not of the revision: what frees the kilograms is that they were given back, whichever version
    or cancellation did it.
    """
    line, stays = request.split_line, request.split_stays_kg
    if line is None or line.account_id is None or stays is None:
        return False
    return accounts.used_by(line.pk, line.account_id) > stays


def to_hold(request: CertificateRequest, account: Account, kg: Decimal) -> Decimal:
    """What a line of `kg` has to hold itself until its certificate takes the place of the other one."""
    return max(Decimal(0), kg - lent(request, account))


def lent_inputs(request: CertificateRequest, line: RequestLine, lines: Sequence[RequestLine]) -> dict[int, Decimal]:
    """The same of transaction certificates, {certificate: kg}: lent once, to the first of the request's `lines`."""
    if request.replaces_line_id is None or not lines or lines[0].pk != line.pk:
        return {}
    return inputs.used_by(request.replaces_line_id)


def drawn_by(line: "LineFacts", lots: Mapping[str, Decimal | None], net_kg: Decimal) -> dict[int, Decimal]:
    """Kilograms that a version of a line's certificate takes of each transaction certificate, {certificate: kg}.

    `lots` by code with their kilograms where the version has them, and its `net_kg`. A lot that it does not name takes
    nothing.
    """
    factor = line.version.input_factor if line.version else Decimal(1)
    found: dict[int, Decimal] = {}
    for lot in line.lots:
        certificate = line.inputs.get(lot.pk)
        if certificate is None or lot.code not in lots:
            continue
        weight = lots[lot.code]
        if weight is None:
            weight = line.kg_of(lot) if len(line.lots) > 1 else net_kg
        if weight is not None:
            found[certificate.pk] = found.get(certificate.pk, Decimal(0)) + inputs.input_of(weight, factor)
    return found
