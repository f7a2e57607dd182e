"""How much is left: the verified quantity of a line's product, who uses it, and where the line's own kilograms come from."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.presentation.bars import Bar, bar
from nopic.presentation.words import kg
from nopic.requests.facts import LineFacts
from nopic.requests.statuses import UNDECIDED_LINE

_NOTHING = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """Two pictures on their own scales: `used` of the verified quantity, and `sources` of this line by lot."""

    title: str
    left: str
    used: Bar
    sources: Bar | None
    held: bool  # the line's kilograms are set aside
    capped: bool
    missing_kg: Decimal  # what has to be verified before the line can be approved


def balance(line: LineFacts) -> Balance:
    """The balance of one line's account as it stands, in kg."""
    account, net = line.account, line.line.net_kg or _NOTHING
    held, issued = (account.held, account.issued) if account else (_NOTHING, _NOTHING)
    allocated = account.allocated if account else _NOTHING
    this = net if line.line.status in UNDECIDED_LINE else line.own_held
    # What the certificate that it replaces uses is this line's: counted once.
    lent = line.lent if line.line.status in UNDECIDED_LINE else _NOTHING
    issued = max(issued - lent, _NOTHING)
    others = max(held - line.own_held, _NOTHING)
    code = line.line.item.code if line.line.item else ""
    title = _("%(code)s, harvest %(year)s") % {"code": code, "year": line.line.crop_year}
    missing = _NOTHING if allocated is None else max(issued + others + this - allocated, _NOTHING)
    if allocated is None:
        left = _("No limit: this product has no verified quantity")
    elif missing:
        left = _("%(kg)s kg over the verified quantity") % {"kg": kg(missing)}
    else:
        left = _("%(kg)s kg left after this request") % {"kg": kg(allocated - issued - others - this)}
    return Balance(
        title=title,
        left=left,
        used=bar(used=issued, held=others, this=this, of=allocated),
        sources=_sources(line, net),
        held=line.own_held > 0 or lent > 0,
        capped=allocated is not None,
        missing_kg=missing if line.line.status in UNDECIDED_LINE else _NOTHING,
    )


def _sources(line: LineFacts, net: Decimal) -> Bar | None:
    """Own production and purchases among the lots against the net weight; nothing while a lot has no weight."""
    weights = [(lot.kg, lot.supplier_id is not None) for lot in line.lots]
    if not weights or any(weight is None for weight, _bought in weights):
        return None
    own = sum((weight for weight, bought in weights if weight is not None and not bought), _NOTHING)
    bought = sum((weight for weight, bought in weights if weight is not None and bought), _NOTHING)
    return bar(
        used=own,
        held=bought,
        of=net,
        used_word=_("own production"),
        held_word=_("bought"),
        left_word=_("without a lot"),
    )
