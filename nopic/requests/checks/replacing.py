"""A request in the place of a certificate: one product, one shipment, and a certificate that is still in force."""

from django.utils.translation import gettext as _

from nopic.ledger import accounts
from nopic.presentation.words import kg
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts


def replaces_what_is_in_force(facts: Facts, moment: Moment) -> list[Finding]:
    """What was cancelled is not replaced: its kilograms are free again, and an ordinary request takes them."""
    request = facts.request
    line = request.replaces_line
    if line is None:
        return []
    sentence = ""
    if line.account_id is None or not accounts.used_by(line.pk, line.account_id):
        sentence = _("The certificate that this request replaces is not in force any more. Start a new request")
    elif len(facts.lines) != 1:
        sentence = _("A replacement is for one product, as the certificate is. Start a new request for another product")
    elif (treated := line.certificate.non_organic_kg) > (facts.lines[0].line.net_kg or 0):
        sentence = _("%(kg)s kg of the certificate are reported as treated. A replacement says that weight or more") % {
            "kg": kg(treated)
        }
    elif facts.time_frame:
        sentence = _("A replacement is for one shipment. Start a new request for a time frame")
    if not sentence:
        return []
    inputs = {"replaces": request.replaces_id, "lines": len(facts.lines)}
    return [Finding("replaces_what_is_in_force", 10, "stop", sentence, sentence, inputs, field="products#lines-0-item")]
