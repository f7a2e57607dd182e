"""The price list as a page prints it."""

from django.utils.translation import gettext as _

from nopic.fees.quotes import money
from nopic.tenants.policy import Rules
from nopic.tenants.policy.fees import SENT


def of_revision(rules: Rules) -> str:
    """What a new version of a certificate costs, for whoever asks for it or approves it; nothing where it is free."""
    if not rules.fees.revision:
        return ""
    words = {"price": money(rules.fees.revision, rules.fees.currency)}
    return _("A revision costs %(price)s, owed once it is approved.") % words


def of_another_departure(rules: Rules) -> str:
    """What another day of departure changes of the price, for whoever moves it; nothing where being late is free."""
    if not rules.fees.late:
        return ""
    words = {"price": money(rules.fees.late, rules.fees.currency)}
    return _("A request that is late for its new date costs %(price)s more than one that is in time.") % words


def price_list(rules: Rules) -> list[tuple[str, str, str]]:
    """(what, price, when it is charged) of everything that costs something; nothing where all is free."""
    fees = rules.fees
    owed = _("owed when it is sent") if fees.due == SENT else _("owed when the certificate is issued")
    rows = [(_("Certificate"), fees.certificate, owed)]
    rows += [
        (
            _("Turnaround: %(title)s") % {"title": each.title},
            fees.for_class(each.code),
            _("on top, for each certificate"),
        )
        for each in rules.turnarounds
    ]
    rows += [
        (_("Several shipments in a time frame"), fees.time_frame, _("on top, for each certificate")),
        (_("Late request"), fees.late, _("once for the request")),
        (_("Goods leave on the day of sending"), fees.same_day, _("once for the request, in place of the late fee")),
        (_("Revision"), fees.revision, _("for each certificate")),
        (_("Replacement"), fees.replacement, _("for each certificate")),
    ]
    return [(what, money(price, fees.currency), when) for what, price, when in rows if price]
