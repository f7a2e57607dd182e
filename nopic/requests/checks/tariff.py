"""The tariff code belongs to the product: well formed on the verified list, and the organic one where there is one."""

from django.utils.translation import gettext as _

from nopic.products import hts
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts, LineFacts


def hts_belongs_to_the_product(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """The listed code, on the day of arrival, is one that customs expects organic goods under.

    A note only: the report names no code that has no organic flag, so one that is not in it need not be wrong.
    """
    version = line.version
    if version is None:
        return []
    on = facts.request.arrival_on or facts.request.departure_on or facts.today
    siblings = hts.organic_breakout(version.hts, on)
    if not siblings and hts.known(version.hts, on):
        return []
    words = {"product": line.name, "code": version.hts, "codes": ", ".join(str(entry.code) for entry in siblings[:4])}
    inputs = {"hts": version.hts, "on": on.isoformat(), "siblings": [str(entry.code) for entry in siblings]}
    if siblings:
        sentence = _(
            "%(product)s: US customs has a code of its own for the organic goods: %(codes)s. "
            "Tell us if %(code)s is the wrong one"
        )
        staff = _("%(product)s is listed under %(code)s; customs has organic codes beside it: %(codes)s")
    else:
        sentence = _("%(product)s: US customs names no organic goods under %(code)s. Tell us if the code is wrong")
        staff = _("%(product)s: customs' report has no organic flag for %(code)s")
    return [
        Finding("hts_belongs_to_the_product", 8, "note", sentence % words, staff % words, inputs, field=line.at("item"))
    ]
