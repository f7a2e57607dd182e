"""What is due for a certificate that is drawn down: warnings, the reminder of the actual weights, and the rest released.

One row of the queue for each certificate looks at everything that is due by now and comes back when the next thing is.
Each warning is a row that exists once; the rest goes back to the verified quantity in one entry that exists once.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from nopic.certificates.actions.revising import report_weights
from nopic.certificates.issuance.endings import goods_of
from nopic.certificates.models import Certificate
from nopic.certificates.shipping import lock, office_of
from nopic.certificates.statuses import RevisionStatus
from nopic.frames import actions as frames
from nopic.frames import queries
from nopic.frames.models import Allowance, Notice
from nopic.ledger import accounts, inputs
from nopic.ledger.models import InputKind
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, owe

BY = "shipments"
ENDING_DAYS = 14  # before the last departure, exporter and importer are told (ux.md §8)
REPORT_DAYS = 1  # before the last departure the actual weights go to the registry
ENDING, ACTUALS = "ending", "actuals"
UNSAID = "unsaid"  # what was planned keeps the rest from being released until somebody says whether it has left


def look(claim: Claim) -> None:
    """Do what is due for one certificate and owe the next look."""
    with tenant(claim.certifier_id):
        certificate = lock(Certificate(pk=claim.subject_id, certifier_id=claim.certifier_id))
        allowance = queries.allowance_of(claim.certifier_id, certificate.pk)
        office = office_of(certificate)
        following = None
        if allowance is not None and not allowance.closed_at:
            today = office.local(now()).date()
            if allowance.time_frame:
                _warn(allowance, office, today)
                if (allowance.last_on - today).days <= REPORT_DAYS:
                    _report(certificate, allowance, "weights")
            if _settle(certificate, allowance, office, today):
                _report(certificate, allowance, "weights_settled")
            else:
                if allowance.planned_kg and today >= settles_on(allowance, office):
                    _tell(allowance, UNSAID)
                following = _next(allowance, office, today)
        claim.finish()
        if following is not None:
            owe("frame", certificate.pk, certifier_id=claim.certifier_id, due=following)


def settles_on(allowance: Allowance, office: Office) -> date:
    """The day from which nothing more is recorded: the last departure and the policy's working days to record it, and at
    the least until the last day is over where the goods are loaded, which may be some hours later than at the office.
    """
    day, rest = allowance.last_on, office.rules.time_frames.record_days
    while rest > 0:
        day += timedelta(days=1)
        rest -= office.is_working_day(day)
    return max(day, allowance.last_on + timedelta(days=1)) + timedelta(days=1)


def _warn(allowance: Allowance, office: Office, today: date) -> None:
    rules = office.rules.time_frames
    days_left = (allowance.last_on - today).days
    if days_left < 0:
        return
    reached = [each for each in rules.warn_at if allowance.left_kg * 100 <= allowance.cap_kg * each]
    low = [_once(allowance, f"low_{each}") for each in sorted(reached)]
    # Who falls through several levels at once reads one letter, about the lowest.
    if (lowest := next((one for one in low if one), None)) and lowest is low[0] and allowance.left_kg:
        owe("frame_notice", lowest.pk, certifier_id=allowance.certifier_id)
    length = (allowance.last_on - allowance.first_on).days
    for kind, days in ((ENDING, ENDING_DAYS), (ACTUALS, rules.report_days)):
        if days_left <= days < length:
            _tell(allowance, kind)


def _tell(allowance: Allowance, kind: str) -> None:
    """Owe the letter of this kind, once."""
    if notice := _once(allowance, kind):
        owe("frame_notice", notice.pk, certifier_id=allowance.certifier_id)


def _once(allowance: Allowance, kind: str) -> Notice | None:
    """The warning of this kind, or None when it exists."""
    notice, created = Notice.objects.get_or_create(
        certifier_id=allowance.certifier_id,
        allowance=allowance,
        kind=kind,
        defaults={
            "facts": {
                "left_kg": str(allowance.left_kg),
                "shipped_kg": str(allowance.shipped_kg),
                "last_on": allowance.last_on.isoformat(),
            }
        },
    )
    return notice if created else None


def _report(certificate: Certificate, allowance: Allowance, kind: str) -> None:
    """Owe the registry what has really left, once before the end, and once more if it has changed until it is settled."""
    if not allowance.shipped_kg:
        return
    told = Notice.objects.filter(certifier_id=allowance.certifier_id, allowance=allowance, kind="weights").first()
    if told and Decimal(told.facts.get("shipped_kg", 0)) == allowance.shipped_kg:
        return
    if _once(allowance, kind):
        report_weights(certificate=certificate, shipments=queries.actuals(allowance).shipments, by=BY)


def _settle(certificate: Certificate, allowance: Allowance, office: Office, today: date) -> bool:
    """Release what never left, once; of a single shipment only when its actual weight is known.

    Not while a version is being published: it frees the difference itself, and then this frees what is left of it.
    """
    if today < settles_on(allowance, office) or (not allowance.time_frame and not allowance.shipped_kg):
        return False
    if certificate.revisions.filter(certifier_id=certificate.certifier_id, status=RevisionStatus.APPROVED).exists():
        return False
    rest = frames.settle(allowance=allowance, by=BY)
    if rest is None:
        return False
    goods = goods_of(certificate)
    certified = accounts.used_by(goods.line_id, goods.account.pk)
    rest = min(rest, certified - certificate.non_organic_kg)  # what was treated is never certified again
    if rest > Decimal(0):
        accounts.give_rest_back(
            goods.account, rest, line_id=goods.line_id, turn=goods.turn, by=BY, reason="not shipped"
        )
        inputs.give_back(
            goods.line_id, turn=goods.turn, by=BY, reason="not shipped", share=rest / certified, kind=InputKind.REST
        )
    return True


def _next(allowance: Allowance, office: Office, today: date) -> datetime | None:
    """The next moment at which something is due; None when only a person's entry can change anything."""
    days = [
        allowance.last_on - timedelta(days=ENDING_DAYS),
        allowance.last_on - timedelta(days=office.rules.time_frames.report_days),
        allowance.last_on - timedelta(days=REPORT_DAYS),
        settles_on(allowance, office),
    ]
    following = min((day for day in days if day > today), default=None)
    if following is None:
        return None
    return datetime.combine(following, time(6, 0), ZoneInfo(office.rules.time_zone))
