"""What reviewers read when they decide and where they choose what to decide next."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.certificates.statuses import Channel
from nopic.tenants.policy import SECOND_REASONS, LowRisk, Rules


def approved(position: int, rules: Rules) -> str:
    """What follows an approval, by the way on which data reach the registry."""
    if rules.registry_channel == Channel.ASSISTED:
        return _("Product %(n)s is approved. Publish it in INTEGRITY now and bring its number back.") % {"n": position}
    return _("Product %(n)s is approved. Its number follows when INTEGRITY has published it.") % {"n": position}


def cancelled(rules: Rules | None) -> str:
    """Who is told of a cancellation; INTEGRITY by the portal, or by staff who key it."""
    if rules is not None and rules.registry_channel == Channel.ASSISTED:
        return _(
            "Cancelled here. The exporter, the importer and the broker are told. Key it into INTEGRITY now: "
            "it stands under Publish in INTEGRITY."
        )
    return _("Cancelled here. INTEGRITY, the exporter, the importer and the broker are told.")


def approved_by(last: object, first: object) -> str:
    """Who approved a product; where a colleague (`last`) confirmed it, both."""
    if first is None or first == last:
        return _("Approved by %(name)s") % {"name": last}
    return _("Approved by %(first)s, confirmed by %(last)s") % {"first": first, "last": last}


def waits(position: int, reasons: Iterable[str]) -> str:
    """That a colleague must confirm an approval, and why (codes of the policy's reasons)."""
    why = ", ".join(str(SECOND_REASONS[code]) for code in reasons)
    return _("Product %(n)s waits for a colleague: %(why)s.") % {"n": position, "why": why}


def low_risk_in_words(counts: LowRisk) -> str:
    """What the view "Low risk, all green" shows, in one sentence."""
    said = {
        "certificates": ngettext("%(n)s certificate", "%(n)s certificates", counts.least_issued)
        % {"n": counts.least_issued},
        "days": ngettext("%(n)s day", "%(n)s days", counts.days) % {"n": counts.days},
    }
    return (
        _(
            "Sent in time, no rule asks or stands against it, at least %(certificates)s issued to the exporter before, no "
            "difference found in its requests in %(days)s, and no new supplier. Each still needs its checks and its decision."
        )
        % said
    )
