"""The words, shapes and marks of a document's states."""

from django.utils.translation import gettext_lazy as _

from nopic.presentation.shown import Shown

DOCUMENT: dict[str, Shown] = {
    "missing": Shown(_("Missing"), "off"),
    "received": Shown(_("Received"), "done"),
    "accepted": Shown(_("Accepted"), "ok"),
    "inspecting": Shown(_("Being looked at"), "wait", {"exporter": (_("You can go on"),)}),
    "clean": Shown(_("Received"), "done"),
    "unscanned": Shown(_("Received"), "done", {"staff": (_("Not scanned for viruses: no scanner is set up"),)}),
    "unreadable": Shown(_("Received"), "done", {"staff": (_("Cannot be shown here. Open the original"),)}),
    "refused": Shown(_("Not accepted"), "bad", {"exporter": (_("%(reason)s"),), "staff": (_("%(reason)s"),)}),
    "later": Shown(_("Later"), "off", {"exporter": (_("By %(day)s"), _("After departure"))}),
    "not_needed": Shown(
        _("Not needed"), "done", {"exporter": (_("%(reason)s"),), "staff": (_("%(by)s: %(reason)s"), _("%(reason)s"))}
    ),
}

# What the round mark beside a document's name shows; the word stands beside it too.
DOCUMENT_MARKS = {
    "received": "yes",
    "accepted": "yes",
    "inspecting": "yes",
    "clean": "yes",
    "unscanned": "yes",
    "unreadable": "yes",
    "refused": "bad",
    "later": "later",
    "not_needed": "later",
    "missing": "",
}

# Of a certificate that another one has taken the place of: what each reader is told.
REPLACED = {
    **dict.fromkeys(("exporter", "staff"), (_("Replaced by %(number)s on %(day)s"), _("By another certificate"))),
    "importer": (_("Use %(number)s instead"), _("Another certificate is in its place. Do not use")),
}
