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

_LATE = _("Promised for %(promised)s, not decided yet. Call your certifier if it is urgent")

REQUEST: dict[str, Shown] = {
    "draft": Shown(_("Draft"), "off", {"exporter": (_("Not sent, %(done)s of %(steps)s steps done"), _("Not sent"))}),
    "returned": Shown(
        _("Sent back"),
        "act",
        {
            "exporter": (_("%(points)s to change, since %(day)s"), _("Change what is marked and send it again")),
            "staff": (_("With the exporter since %(day)s"), _("With the exporter")),
            "importer": (_("The certifier asked your supplier for a change"),),
        },
    ),
    "submitted": Shown(
        _("Sent"),
        "wait",
        {
            "exporter": (_LATE, _("We have it. Decision by %(decision)s"), _("We have it")),
            "staff": (_("Nobody yet, decide by %(decision)s"), _("Nobody yet")),
            "importer": (_("Requested by your supplier on %(sent)s"), _("Requested by your supplier")),
        },
    ),
    "in_review": Shown(
        _("In review"),
        "wait",
        {
            "exporter": (_LATE, _("Decision by %(decision)s"), _("A reviewer is checking it")),
            "staff": (_("By %(by)s, %(done)s of %(checks)s checks"), _("By %(by)s"), _("Being checked")),
            "importer": (_("Being checked by the certifier"),),
        },
    ),
    "questions_open": Shown(
        _("Questions open"),
        "act",
        {
            "exporter": (
                _("%(points)s to answer by %(due)s"),
                _("Answer by %(due)s"),
                _("The certifier asks something"),
            ),
            "staff": (
                _("Exporter has %(points)s, the clock stands still"),
                _("With the exporter, the clock stands still"),
            ),
            "importer": (_("Your supplier and the certifier are clearing something up"),),
        },
    ),
    "correction": Shown(
        _("Correction open"),
        "act",
        {
            "exporter": (_("Confirm or reject it by %(due)s"), _("Your certifier enters what you asked for")),
            "staff": (_("With the exporter to confirm, until %(due)s"), _("Being entered for the exporter")),
            "importer": (_("Your supplier and the certifier are clearing something up"),),
        },
    ),
    "second_check": Shown(
        _("Second check"),
        "wait",
        {
            "exporter": (_LATE, _("Decision by %(decision)s"), _("A reviewer is checking it")),
            "staff": (_("Needs a colleague: %(why)s"), _("Needs a colleague")),
            "importer": (_("Being checked by the certifier"),),
        },
    ),
    "recalled": Shown(
        _("Taken back"),
        "off",
        {
            "exporter": (
                _("You took it back on %(day)s. Change it and send it again"),
                _("Change it and send it again"),
            ),
            "staff": (_("Taken back by the exporter on %(day)s"), _("Taken back by the exporter")),
            "importer": (_("Your supplier is changing the request"),),
        },
    ),
    "approved": Shown(
        _("Approved"),
        "wait",
        {
            "exporter": (_("Approved, being published in the US database, usually within the hour"),),
            "staff": (_("Being published in INTEGRITY"),),
            "importer": (_("Approved, number follows"),),
        },
    ),
    "decided": Shown(_("Decided"), "done"),
    "issued": Shown(
        _("Issued"),
        "done",
        {
            "exporter": (_("%(certificates)s issued on %(day)s"), _("Issued on %(day)s")),
            "staff": (_("Closed on %(day)s"),),
            "importer": (_("See the certificate"),),
        },
    ),
    "refused": Shown(
        _("Refused"),
        "bad",
        {
            "exporter": (
                _("Not issued: %(reason)s. You can ask for a second look"),
                _("Not issued. You can ask for a second look"),
            ),
            "staff": (_("Refused by %(by)s: %(reason)s"), _("Refused by %(by)s"), _("Refused")),
            "importer": (_("Not issued, ask your supplier"),),
        },
    ),
    "withdrawn": Shown(
        _("Withdrawn"),
        "off",
        {
            "exporter": (_("You withdrew it on %(day)s"), _("You withdrew it")),
            "staff": (_("Withdrawn by the exporter on %(day)s"), _("Withdrawn by the exporter")),
            "importer": (_("Withdrawn by your supplier"),),
        },
    ),
}
# fmt: on

LINE: dict[str, Shown] = {
    "open": Shown(
        _("To decide"),
        "wait",
        {"exporter": (_("Decision by %(decision)s"),), "staff": (_("%(done)s of %(checks)s checks"),)},
    ),
    "second_check": Shown(
        _("Second check"),
        "wait",
        {
            "exporter": (_("Decision by %(decision)s"),),
            "staff": (_("Approved by %(by)s, waits for a colleague"), _("Waits for a colleague")),
        },
    ),
    "approved": Shown(
        _("Approved"),
        "done",
        {"exporter": (_("Approved on %(day)s"),), "staff": (_("By %(by)s on %(day)s"), _("By %(by)s"))},
    ),
    "refused": Shown(
        _("Refused"),
        "bad",
        {
            "exporter": (_("Not issued: %(reason)s"), _("Not issued")),
            "staff": (_("By %(by)s: %(reason)s"), _("By %(by)s")),
        },
    ),
    "withdrawn": Shown(_("Withdrawn"), "off"),
}

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
