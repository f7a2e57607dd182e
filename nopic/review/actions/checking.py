"""Confirming a case: one verdict at a time, a rule waived with a reason, a verified quantity raised inside the case."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.ledger import accounts
from nopic.presentation import words
from nopic.presentation.typed import plain_lines
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LineStatus
from nopic.review import queries
from nopic.review.actions.taking import hold, lock
from nopic.review.models import CheckVerdict, Verdict, Waiver
from nopic.review.policies.waiving import obstacles_to_waive
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused

MOST_CHARACTERS = 2000  # of a note or reason


@transaction.atomic
def judge(
    *,
    request: CertificateRequest,
    line: RequestLine | None,
    check_id: str,
    verdict: str,
    note: str,
    by: User,
    revision: int | None = None,
) -> CheckVerdict:
    """Set the standing verdict of one check: who and when stand with it, the one before is in the audit log.

    The first verdict takes the case. A verdict that stands already changes nothing. `revision` is that of the request
    that was looked at (None: as it stands). Raises Overtaken when somebody else has the case, the line is decided or a
    paper of this check came or left since `revision`; KeyError when the policy has no such check for a line or request.
    """
    fresh = hold(lock(request), by)
    current = line_of(fresh, line) if line is not None else None
    if current is not None and current.status != LineStatus.OPEN:
        raise Overtaken(current)
    rules = fresh.policy.rules if fresh.policy is not None else None
    row = next((each for each in rules.checks if each.id == check_id), None) if rules is not None else None
    if row is None or (row.scope == "line") != (current is not None):
        raise KeyError(check_id)
    changed_at = queries.changed_at(fresh, row, current.pk if current is not None else None)
    if revision is not None and revision < changed_at:
        raise Overtaken(fresh)
    choice, said = Verdict(verdict), _tidy(note)
    mine = {"certifier_id": fresh.certifier_id, "request": fresh, "line": current, "turn": fresh.review_turn}
    standing = CheckVerdict.objects.filter(**mine, check_id=check_id).select_related("by").first()
    if (
        standing is not None
        and standing.revision >= changed_at
        and (standing.verdict, _tidy(standing.note)) == (choice, said)
    ):
        moved = queries.load(fresh).certificates_changed_at(standing.line_id) if row.id == queries.GUARANTEE else None
        if moved is None or moved <= standing.at:
            return standing
    was = "" if standing is None else standing.verdict
    standing = standing or CheckVerdict(**mine, check_id=check_id)
    standing.verdict, standing.note, standing.by, standing.at = choice, said, by, now()
    standing.revision = fresh.revision
    standing.save()
    record(
        fresh, "checked", by=by, old=was, new=choice, note=said, check=check_id, line=current.pk if current else None
    )
    return standing


@transaction.atomic
def waive(*, request: CertificateRequest, line: RequestLine | None, rule: str, reason: str, by: User) -> Waiver:
    """Let what a rule found pass in this turn, with the reason; it stays visible with who and why.

    It counts only while the facts are those that the rule found: an answer that changes them asks again.
    Raises Refused without a reason or when the rule says nothing that may be waived, Overtaken when somebody else has it.
    """
    fresh = hold(lock(request), by)
    current = line_of(fresh, line) if line is not None else None
    said = _tidy(reason)
    if not said:
        raise Refused([_("Write why it may pass.")])
    case, line_id = queries.load(fresh), current.pk if current else None
    if against := obstacles_to_waive(case, rule, line_id):
        raise Refused(against)
    passing = case.may_pass(rule, line_id)
    waiver, _created = Waiver.objects.update_or_create(
        certifier_id=fresh.certifier_id,
        request=fresh,
        line=current,
        turn=fresh.review_turn,
        rule=rule,
        defaults={"reason": said, "by": by, "at": now(), "seen": [each.seen for each in passing]},
    )
    found = " ".join(dict.fromkeys(each.staff_sentence for each in passing))
    record(fresh, "waived", by=by, new=rule, note=said, line=line_id, found=found)
    return waiver


@transaction.atomic
def raise_allocation(*, line: RequestLine, kg: Decimal, reason: str, by: User, seen: int | None = None) -> None:
    """Raise the verified quantity of the line's product and harvest by `kg`, and hold the line's kilograms.

    `seen` as in accounts.allocate: a second click raises nothing. Raises Refused without a reason, for less than is
    missing, or where there is no limit; Overtaken when it is decided, or with the entry that a colleague made meanwhile.
    """
    fresh = hold(lock(line.request), by)
    current = line_of(fresh, line)
    if current.status != LineStatus.OPEN:
        raise Overtaken(current)
    said = _tidy(reason)
    if kg <= 0:
        raise Refused([_("The verified quantity can only be raised here: enter kilograms above 0.")])
    if not said:
        raise Refused([_("Write what shows that there is more: harvest or purchase records.")])
    if current.account_id is None:
        raise Overtaken(fresh)
    account = accounts.lock([current.account_id])[current.account_id]
    if account.allocated is None:
        raise Refused([_("This product has no verified quantity to raise.")])
    if not accounts.allocate(account, kg, by=by, reason=said, seen=seen):
        return
    record(current, "verified quantity raised", by=by, note=said, kg=str(kg), account=account.pk)
    current.request = fresh
    if not accounts.held_for([current.pk]).get(current.pk):
        account.refresh_from_db()
        missing = (current.net_kg or Decimal(0)) - (account.left or Decimal(0))
        if missing > 0:
            raise Refused([_("That is %(kg)s kg too little for this line.") % {"kg": words.kg(missing)}])
        requests.hold_line(line=current, by=by)


def line_of(request: CertificateRequest, line: RequestLine) -> RequestLine:
    """The line as it stands, held until the end of the transaction. Overtaken when it left the request."""
    mine = RequestLine.objects.filter(
        certifier_id=request.certifier_id, request_id=request.pk, pk=line.pk, removed=False
    )
    if mine.select_for_update().values_list("pk").first() is None:
        raise Overtaken(request)
    found = mine.select_related("item", "version", "account", "decided_by").get()
    found.request = request
    return found


def _tidy(text: str) -> str:
    # Line ends first: a browser counts each as one character, and sends two.
    return str(plain_lines(text)).replace("\x00", "").strip()[:MOST_CHARACTERS]
