"""Where a request and each of its products are, in words: the rows of the table of statuses that are about them."""

from django.utils.translation import gettext_lazy as _

from nopic.presentation.shown import Shown

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
