"""The word, the shape and the sentences of every status: one table, the same name for everyone (ux.md §3).

A row is found by kind (request, line, certificate, document) and state: a stored status, or a state the caller computed
from several (`returned`, `recalled`, `correction`, `second_check`, `approved`, `issued`, `refused` of a request; `shipped` of a certificate; `missing`, `later`,
`not_needed` of a document). The word never changes with the reader, the sentence under it does; readers are "exporter",
"staff" and "importer" (also brokers and the public). The one exception is said at `present`.
"""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nopic.presentation.paper_states import DOCUMENT, DOCUMENT_MARKS, REPLACED
from nopic.presentation.request_states import LINE, REQUEST
from nopic.presentation.shown import Shown

__all__ = [
    "CERTIFICATE",
    "DOCUMENT",
    "DOCUMENT_MARKS",
    "LINE",
    "REQUEST",
    "STATUSES",
    "Shown",
    "headline",
    "present",
    "sentence",
    "tag",
]

_BEING_PUBLISHED = Shown(
    _("Being published"),
    "wait",
    {
        "exporter": (_("Not valid for import until it has its number. Usually within the hour"),),
        "staff": (_("INTEGRITY is being asked"),),
        "importer": (_("Not valid for import until it has its number"),),
    },
)

_TAKES_LONGER = Shown(
    _BEING_PUBLISHED.word,
    _BEING_PUBLISHED.shape,
    {
        **_BEING_PUBLISHED.readers,
        "exporter": (
            _("Not valid for import until it has its number. It takes longer than usual; your certifier sees to it"),
        ),
    },
)

CERTIFICATE: dict[str, Shown] = {
    "pending": _BEING_PUBLISHED,
    "issuing": _BEING_PUBLISHED,
    "needs_attention": Shown(
        _("Needs attention"), "act", {"staff": (_("%(why)s"), _("A person must look before it goes on"))}
    ),
    "issued": Shown(
        _("Valid"),
        "ok",
        {
            "exporter": (_("Issued on %(day)s"),),
            "staff": (_("Issued on %(day)s"),),
            "importer": (_("Use this number in ACE, message set OR2"),),
        },
    ),
    "shipped": Shown(
        _("Shipped"),
        "off",
        {
            "exporter": (_("On %(date)s"),),
            "staff": (_("On %(date)s"),),
            "importer": (_("Use this number in ACE, message set OR2, for that shipment only"),),
        },
    ),
    "used_up": Shown(
        _("Used up"),
        "off",
        {
            "exporter": (_("All %(kg)s kg shipped on %(date)s"), _("Nothing is left of it")),
            "staff": (_("All %(kg)s kg shipped on %(date)s"), _("Nothing is left of it")),
            "importer": (_("No quantity left. Ask for a new certificate for further shipments"),),
        },
    ),
    "ended": Shown(
        _("Ended"),
        "off",
        {
            "exporter": (_("Time frame ended on %(date)s"),),
            "staff": (_("Time frame ended on %(date)s"),),
            "importer": (_("Not valid for shipments leaving after %(date)s"),),
        },
    ),
    "cancelled": Shown(
        _("Cancelled"),
        "bad",
        {
            "exporter": (_("On %(day)s: %(reason)s"), _("On %(day)s")),
            "staff": (_("On %(day)s: %(reason)s"), _("On %(day)s")),
            "importer": (_("Cancelled on %(day)s. Do not use"), _("Cancelled. Do not use")),
        },
    ),
    "superseded": Shown(_("Replaced"), "bad", REPLACED),
    "abandoned": Shown(
        _("Not issued"),
        "off",
        {"staff": (_("Given up on %(day)s: %(reason)s"),), "importer": (_("It was never issued"),)},
    ),
}

STATUSES: dict[str, dict[str, Shown]] = {
    "request": REQUEST,
    "line": LINE,
    "certificate": CERTIFICATE,
    "document": DOCUMENT,
}


def present(kind: str, state: str, reader: str = "exporter") -> Shown:
    """The row for a state; KeyError for a state that is not in the table.

    A certificate that needs attention is staff's work: to every other reader it is still being published.
    """
    if kind == "certificate" and state == "needs_attention" and reader != "staff":
        return _TAKES_LONGER
    return STATUSES[kind][state]


def sentence(kind: str, state: str, reader: str, **facts: Any) -> str:
    """The sentence under the status for this reader, with the facts that are known (already in words)."""
    return present(kind, state, reader).sentence(reader, **facts)


def tag(kind: str, state: str, reader: str = "exporter") -> SafeString:
    """Shape, word and tint as HTML: `<span class="st wait">In review</span>`."""
    shown = present(kind, state, reader)
    return format_html('<span class="st {}">{}</span>', shown.shape, shown.word)


def headline(state: str, **facts: Any) -> str:
    """What a certificate's page says first, to anyone: "Valid", "Shipped on <date>, …", or "Not valid for import".

    Only an issued certificate is valid; of one whose shipment has left, `date` (in words) says which shipment it was for.
    """
    if state == "issued":
        return gettext("Valid")
    if state == "shipped" and facts.get("date"):
        return gettext("Shipped on %(date)s, for that shipment only") % {"date": facts["date"]}
    if state == "used_up":
        return gettext("Used up, for the shipments in its record only")
    if state == "ended":
        return gettext("Ended, for the shipments in its record only")
    return gettext("Not valid for import")
