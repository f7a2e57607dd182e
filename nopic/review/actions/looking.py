"""The second look at a refused line: asked for once by the exporter, taken by another reviewer than the one who refused."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nopic.requests import actions as requests
from nopic.requests.checks import Finding
from nopic.requests.models import RequestLine
from nopic.review import policies
from nopic.review.actions.checking import line_of
from nopic.review.actions.taking import lock
from nopic.review.models import SecondLook
from nopic.tenants.models import User
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused


@transaction.atomic
def ask_second_look(*, line: RequestLine, by: User, text: str) -> SecondLook:
    """A refused line is open again before another reviewer, its kilograms held anew. Once for each line.

    Raises Overtaken (not refused any more, asked for already, or other products not decided yet), Refused without a
    text or when its kilograms are not free any more.
    """
    fresh = lock(line.request)
    current = line_of(fresh, line)
    if policies.obstacles_to_second_look(current) or current.decided_by is None:
        raise Overtaken(current)
    said = text.replace("\x00", "").strip()[:2000]
    if not said:
        sentence = _("Write why the reviewer should look at it again")
        raise Refused([Finding("a_second_look_says_why", None, "stop", sentence, sentence, field="text")])
    try:
        with transaction.atomic():
            look = SecondLook.objects.create(
                certifier_id=current.certifier_id, line=current, text=said, asked_at=now(), asked_by=str(by),
                refused_by=current.decided_by, refused_because=current.reason_text,
            )  # fmt: skip
            requests.open_again(line=current, by=by, text=said)
    except IntegrityError as error:  # another request for the same replacement was begun at this moment
        raise Overtaken(current) from error
    return look


def settle_second_look(line: RequestLine, by: User) -> None:
    """Note who decided a line that is looked at a second time; the table refuses whoever refused it first."""
    for look in SecondLook.objects.filter(certifier_id=line.certifier_id, line_id=line.pk, decided_by=None):
        look.decided_by = by
        look.save(update_fields=["decided_by"])


def open_second_look(line: RequestLine) -> None:
    """A decision that a colleague did not confirm is none: whoever refused the line first still may not take it."""
    SecondLook.objects.filter(certifier_id=line.certifier_id, line_id=line.pk).update(decided_by=None)
