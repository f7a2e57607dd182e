"""The papers of a request in words."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from nopic.requests.slots import SlotView


def owed_names(slots: Iterable[SlotView]) -> str:
    """The papers that have still to come, in words."""
    final = _("the final transport document, before US customs clearance")
    return "; ".join(final if slot.lacks_final else slot.name for slot in slots)
