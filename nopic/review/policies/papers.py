"""What has still to be said of the papers before a product is approved.

No rule of nopic.requests.checks: it is the reviewer's own work that is missing, as a check without a verdict is.
"""

from django.utils.translation import gettext as _

from nopic.requests.checks import Finding
from nopic.requests.slots import SlotView
from nopic.review.queries import Case


def organic_is_said(case: Case) -> list[Finding]:
    """Of every file of which it is asked, somebody said whether it names the product as organic."""
    return [_unsaid(slot, file.name) for slot in case.facts.slots for file in slot.unsaid]


def _unsaid(slot: SlotView, name: str) -> Finding:
    sentence = _("%(document)s (%(file)s): say whether it names the product as organic") % {
        "document": slot.name, "file": name,
    }  # fmt: skip
    return Finding("organic_is_said", 7, "stop", sentence, sentence, field=f"documents#{slot.anchor}")
