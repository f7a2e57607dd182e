"""What reviewers read when they decide and where they choose what to decide next."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from nopic.certificates.statuses import Channel
from nopic.tenants.policy import SECOND_REASONS, LowRisk, Rules


def approved(position: int, rules: Rules) -> str:
    """What follows an approval, by the way on which data reach the registry."""
    if rules.registry_channel == Channel.ASSISTED:
        return _("Product %(n)s is approved. Publish it in INTEGRITY now and bring its number back.") % {"n": position}
    return _("Product %(n)s is approved. Its number follows when INTEGRITY has published it.") % {"n": position}


def waits(position: int, reasons: Iterable[str]) -> str:
    """That a colleague must confirm an approval, and why (codes of the policy's reasons)."""
    why = ", ".join(str(SECOND_REASONS[code]) for code in reasons)
    return _("Product %(n)s waits for a colleague: %(why)s.") % {"n": position, "why": why}


def low_risk_in_words(counts: LowRisk) -> str:
    """What the view "Low risk, all green" shows, in one sentence."""
    return _(
        "Sent in time, no rule asks or stands against it, at least %(n)s certificates issued to the exporter before, no difference "
        "found in its requests in %(days)s days, and no new supplier. Each still needs its checks and its decision."
    ) % {"n": counts.least_issued, "days": counts.days}
