"""An exporter asks that a certificate be cancelled; staff cancel or replace it, which answers it, or say why not."""

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.actions.revising import locked
from nopic.certificates.models import CancelWish, Certificate
from nopic.presentation.words import full_day
from nopic.requests.timing import day_of_loading
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Fault, Overtaken, Refused

MOST_CHARACTERS = 1000


@transaction.atomic
def ask_to_cancel(*, certificate: Certificate, by: User, goods: str, why: str) -> CancelWish:
    """Note the wish and tell the office of it, and nobody else; the certificate stays valid. Raises Refused with sentences.

    `goods` is one of CancelWish.Goods. The second of two clicks gets the wish of the first.
    """
    fresh = locked(certificate)
    said = _tidy(why)
    wish = policies.wish_to_cancel(fresh)
    if wish is not None and (wish.goods, wish.why, wish.asked_by) == (goods, said, by):
        return wish
    against: list[str | Fault] = [*policies.obstacles_to_ask_to_cancel(fresh)]
    if not said:
        against.append(_("Write why it should be cancelled"))
    if goods not in CancelWish.Goods.values:
        against.append(_("Choose what happened to the goods"))
    elif goods == CancelWish.Goods.LEFT and not policies.is_time_frame(fresh) and not policies.goods_have_left(fresh):
        leaves = policies.departure_of(fresh)
        if day_of_loading(fresh.request, now()) < leaves:
            sentence = _(
                "The goods are to leave on %(day)s. When they have left already, first say on which day: open request"
                " %(reference)s and choose “Has it left?”"
            )
            against.append(Fault(sentence % {"day": full_day(leaves), "reference": fresh.request.reference}, "goods"))
    if against:
        raise Refused(against)
    wish = CancelWish.objects.create(
        certifier_id=fresh.certifier_id, certificate=fresh, goods=goods, why=said, asked_at=now(), asked_by=by
    )
    record(fresh, "cancellation wished", by=by, new=goods, note=said)
    owe("cancel_wished", wish.pk, certifier_id=fresh.certifier_id)
    return wish


@transaction.atomic
def decline_to_cancel(*, certificate: Certificate, by: User, note: str, seen: str) -> CancelWish:
    """It stays valid, and the exporter reads why.

    `seen` is the key of the wish that was read. Raises Refused without a note, Overtaken when it is not asked any more.
    """
    fresh = locked(certificate)
    wish = policies.wish_to_cancel(fresh)
    if wish is None or str(wish.pk) != seen or policies.obstacles_to_cancel(fresh):
        raise Overtaken(fresh)
    said = _tidy(note)
    if not said:
        raise Refused([_("Write to the exporter why it is not cancelled")])
    wish.answer(CancelWish.Outcome.DECLINED, by=by, note=said)
    record(fresh, "cancellation declined", by=by, note=said)
    owe("hand_over", fresh.pk, certifier_id=fresh.certifier_id)
    return wish


def granted(certificate: Certificate, *, by: User) -> None:
    """The wish that there may be is answered by the cancellation, in its transaction."""
    if (wish := policies.wish_to_cancel(certificate)) is not None:
        wish.answer(CancelWish.Outcome.CANCELLED, by=by)


def _tidy(text: str) -> str:
    return text.replace("\x00", "").strip()[:MOST_CHARACTERS]
