"""A request for goods that were split off a certificate: sent once that certificate says less."""

from django.utils.translation import gettext as _

from nopic.presentation.words import kg
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts
from nopic.requests.lending import goods_are_on, still_elsewhere


def split_goods_are_free(facts: Facts, moment: Moment) -> list[Finding]:
    """The same kilograms are never on two certificates: until the next version of the first is published, they are on it."""
    request = facts.request
    if request.split_line is None or request.split_stays_kg is None or not still_elsewhere(request):
        return []
    words = {"reference": goods_are_on(request.split_line).request.reference, "kg": kg(request.split_stays_kg)}
    sentence = _(
        "These goods are still on the certificate of request %(reference)s. Send this request once the version of it that"
        " says %(kg)s kg is published"
    )
    inputs = {"split_from": words["reference"], "stays_kg": str(request.split_stays_kg)}
    return [
        Finding(
            "split_goods_are_free", 10, "stop", sentence % words, sentence % words, inputs, field="products#lines-0-net"
        )
    ]
