"""The answer to "Has it left?": no, with a new date and why; or yes, which is a fact and a hard stop."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.fees.quotes import LATE, SAME_DAY
from nopic.presentation.words import day as in_words
from nopic.presentation.words import full_day
from nopic.requests.actions.drafting import lock
from nopic.requests.actions.resending import charge_anew
from nopic.requests.checks import Finding
from nopic.requests.checks.departure import today_at_port
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest
from nopic.requests.queries import date_is_fixed
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps import cleaned
from nopic.requests.steps.departure import why_not_departure
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused

LONG_BEFORE = timedelta(days=180)  # what is declared stays for ever: last year's date is a slip


@transaction.atomic
def declare_departure(
    *, request: CertificateRequest, by: User, departed_on: date | None, new_date: date | None, why: str
) -> CertificateRequest:
    """Say when the goods left, or when they will leave instead and why.

    That they left may be said of a decided request too: it stops what is not published yet. Another date only until
    the first line is approved, because its certificate says the one it was approved with. A declared departure stays:
    it is never taken back or moved. A new date changes the forecast of a sent request
    without sending it again; the version that was sent still shows the old one. Raises Refused or Overtaken.
    """
    lock(request)
    decided = request.status == RequestStatus.DECIDED
    if request.status == RequestStatus.WITHDRAWN or (decided and departed_on is None):
        raise Overtaken(request)
    if request.departed_on is not None:
        if departed_on == request.departed_on:
            return request
        raise Overtaken(request)
    facts, reason = load(request), " ".join(str(cleaned(why)).split())[:500]
    if departed_on is None and reason and (new_date, reason) == (request.departure_on, request.departure_note):
        return request  # clicked twice
    before = request.departure_on
    if departed_on is not None:
        if departed_on > max(facts.today, today_at_port(facts)):
            raise _refused("departed_on", _("Enter the day the goods left, today or earlier"))
        if departed_on < facts.office.local(request.created_at).date() - LONG_BEFORE:
            sentence = _("%(day)s is half a year before the request was begun. Enter the day the goods left")
            raise _refused("departed_on", sentence % {"day": full_day(departed_on)})
        request.departed_on = departed_on
        record(request, "departed", by=by, old=str(before or ""), new=departed_on.isoformat(), note=reason)
    elif new_date is None:
        raise _refused("new_date", _("Tell us whether the goods have left, and the date"))
    elif date_is_fixed(request):
        raise _refused(
            "new_date", _("A product is approved with the date it leaves, so the date cannot be moved any more")
        )
    elif sentence := why_not_departure(new_date, today_at_port(facts), facts.rules):
        raise _refused("new_date", sentence)
    elif request.last_departure_on is not None and new_date > request.last_departure_on:
        raise _refused(
            "new_date",
            _("The time frame ends on %(day)s. Enter a first departure of that day or earlier")
            % {"day": in_words(request.last_departure_on, facts.today)},
        )
    elif not reason:
        raise _refused("why", _("Tell us why the goods leave on another day"))
    else:
        request.departure_on, request.departure_note = new_date, reason
        typed = {**request.raw.get("departure", {}), "departure_on": new_date.isoformat()}
        request.raw = {**request.raw, "departure": typed}
        if request.submitted_at is not None and request.status != RequestStatus.DRAFT:
            request.late = facts.office.is_late(request.submitted_at, new_date)
            # Of its products, which an answer may be changing, these fees need only know that there is one.
            charge_anew(request, [(None, "")], by=by, reason=_("The departure was moved"), only=(LATE, SAME_DAY))
        record(request, "departure moved", by=by, old=str(before or ""), new=new_date.isoformat(), note=reason)
    request.revision += 1
    if new_date is not None and departed_on is None:  # what was confirmed of the former day is asked again
        request.box_revisions = {**request.box_revisions, "17": request.revision}
    request.step_revisions = {**request.step_revisions, "departure": request.revision}
    request.saved_at = now()
    request.save()
    return request


def _refused(name: str, sentence: str) -> Refused:
    return Refused([Finding("has_not_departed", 17, "stop", sentence, sentence, field=f"departure#{name}")])
