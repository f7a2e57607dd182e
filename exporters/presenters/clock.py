"""The turnaround classes as choices of the form, each with the decision that it would bring."""

from django.utils.translation import gettext as _

from exporters.forms.journey import Class
from nopic.fees.quotes import money
from nopic.presentation.words import city_of, moment
from nopic.requests import timing
from nopic.requests.models import CertificateRequest
from nopic.tenants.models import Policy
from nopic.tenants.policy.fees import Fees
from nopic.workflow.clock import now


def classes(asked: CertificateRequest, policy: Policy) -> list[Class]:
    """The classes of the policy in force, as this exporter may choose them now."""
    rules, present = policy.rules, now()
    zone, first = rules.time_zone, timing.is_first(asked, rules)
    default = rules.turnaround("").code
    return [
        Class(
            each.code,
            each.title,
            _("Decision by %(when)s if you send it now. %(counted)s")
            % {
                "when": moment(timing.promise(policy, present, each.code, is_first=first), zone, city_of(zone)),
                "counted": each.sentence,
            }
            + _price(rules.fees, each.code),
            each.code == default,
        )
        for each in rules.turnarounds
    ]


def _price(fees: Fees, code: str) -> str:
    """What a class costs on top, as the sentence that follows; "" where it costs nothing."""
    price = fees.for_class(code)
    said = _("%(price)s on top, for each certificate") % {"price": money(price, fees.currency)} if price else ""
    return f". {said}" if said else ""
