"""Kilograms of a certificate that another request is about: lent to what replaces it, and not free yet for what was split off.

A replacement takes all of them at once, so that nobody else may have them meanwhile. A part that leaves later waits until
the certificate says less: a revision can be refused, and what was sent on borrowed kilograms would then hold none.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_UP, Decimal
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
    line = request.split_line
    return line is not None and line.account_id is not None and comes_back(request, line.account_id) > 0


def comes_back(request: CertificateRequest, account_id: int) -> Decimal:
    """Kilograms that the certificate it was split off gives back to an account once it says less.

    Where another one took its place they are on that one: no more than went over, and no more than it has still.
    """
    line, stays = request.split_line, request.split_stays_kg
    if line is None or stays is None or line.account_id != account_id:
        return Decimal(0)
    *gone, last = _succession(line)
    went_over = [accounts.given_back(one.pk, one.account_id) for one in gone if one.account_id is not None]
    still = accounts.used_by(last.pk, last.account_id) if last.account_id is not None else Decimal(0)
    return max(Decimal(0), min([still, *went_over]) - stays)


def goods_are_on(line: RequestLine) -> RequestLine:
    """The line whose certificate has the goods of this one's: its own, or the one that took its place in the end."""
    return _succession(line)[-1]


def _succession(line: RequestLine) -> list[RequestLine]:
    """A line, and those whose certificates took its place one after another."""
    found = [line]
    while not (found[-1].account_id and accounts.used_by(found[-1].pk, found[-1].account_id)):
        after = RequestLine.objects.filter(
            certifier_id=line.certifier_id, request__certifier_id=line.certifier_id,
            request__replaces_line_id=found[-1].pk,
        ).select_related("request")  # fmt: skip
        taken = accounts.swapped(one.pk for one in after)
        following = next((one for one in after if one.pk in taken), None)
        if following is None:
            break
        found.append(following)
    return found


def to_hold(request: CertificateRequest, account: Account, kg: Decimal) -> Decimal:
    """What a line of `kg` has to hold itself until its certificate takes the place of the other one."""
    return max(Decimal(0), kg - lent(request, account))


def lent_inputs(request: CertificateRequest, line: RequestLine, lines: Sequence[RequestLine]) -> dict[int, Decimal]:
    """The same of transaction certificates, {certificate: kg}: lent once, to the first of the request's `lines`."""
    if request.replaces_line_id is None or not lines or lines[0].pk != line.pk:
        return {}
    return inputs.used_by(request.replaces_line_id)


def drawn_by(
    line: "LineFacts", lots: Sequence[tuple[str, Decimal | None]], *, used: Mapping[int, Decimal], before: Decimal,
    net_kg: Decimal,
) -> dict[int, Decimal]:  # fmt: skip
    """Kilograms that a version of a line's certificate still takes of each transaction certificate, {certificate: kg}.

    Of `used` kilograms while it said `before` kg; it now says `net_kg`, and these `lots` as (code, kilograms or None).
    Lots that it no longer names give their purchase back, but never more than the goods became fewer; where its lots are
    not the request's, all purchases shrink alike.
    """
    share = net_kg / before
    alike = {pk: (kg * share).quantize(inputs.GRAM, rounding=ROUND_UP) for pk, kg in used.items()}
    said = dict(lots)
    if not set(said) <= {lot.code for lot in line.lots}:
        return alike
    factor = line.version.input_factor if line.version else Decimal(1)
    wanted: dict[int, Decimal] = dict.fromkeys(used, Decimal(0))
    for lot in line.lots:
        certificate = line.inputs.get(lot.pk)
        if certificate is None or certificate.pk not in used or lot.code not in said:
            continue
        weight = said[lot.code]
        if weight is None:
            weight = line.kg_of(lot) if len(line.lots) > 1 else net_kg
        if weight is None:
            return alike
        wanted[certificate.pk] += inputs.input_of(weight, factor)
    spare = inputs.input_of(before - net_kg, factor)
    for pk in sorted(used):
        freed = min(max(used[pk] - wanted[pk], Decimal(0)), spare)
        wanted[pk], spare = used[pk] - freed, spare - freed
    return wanted
