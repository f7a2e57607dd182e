"""What the portal offers to ask an exporter about a difference, by the kind of check; the reviewer edits it.

A check that compares a declared value asks about that value. One that asks whether something is shown, certified or in
time has its own sentences: the row's title is a reviewer's question and says nothing to an exporter.
"""

from typing import Final, NamedTuple

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from nopic.tenants.policy import CheckRow


class Asked(NamedTuple):
    """What stands above the question, what is asked, and what the exporter may do about it."""

    heading: Promise
    opening: Promise
    closing: Promise


# Rows that compare a value with the documents, where their title is no name of that value.
_VALUES: Final[dict[str, Promise]] = {
    "product_name": later("Product name"),
    "origin": later("Origin"),
    "transport_parties": later("Parties, containers and seals on the transport document"),
}
_ASKED: Final[dict[str, Asked]] = {
    "named_organic": Asked(
        later("The word organic on your documents"),
        later("Every document that goes with the goods names the product as organic."),
        later("Send the document with the word organic beside the product, or tell us where it stands."),
    ),
    "quantity_left": Asked(
        later("Quantity left on your verified list"),
        later("The weight does not fit what is left on your verified list."),
        later("Lower the weight, or send records of harvest or purchases that show more."),
    ),
    "inputs_cover": Asked(
        later("Harvest and purchases"),
        later("Your harvest and purchases do not seem to cover the quantity."),
        later("Correct the lots, or send records that show where the goods come from."),
    ),
    "exporter_certified": Asked(
        later("Your organic certification"),
        later("We cannot confirm that your certification covers this export."),
        later("Send your current certificate, or tell us what has changed."),
    ),
    "importer_certified": Asked(
        later("Importer of record"),
        later("We cannot confirm that the importer of record is certified."),
        later("Choose another importer, or send the importer's current certificate."),
    ),
    "supplier_guarantee": Asked(
        later("Guarantee for purchased lots"),
        later("Each purchased lot needs a transaction certificate or a purchase invoice of its supplier."),
        later("Send the paper that is missing, or correct the lots."),
    ),
    "standard_and_category": Asked(
        later("Organic standard and label category"),
        later("The standard or the label category does not fit your verified list."),
        later("Choose the right product, or tell us what the label says."),
    ),
    "sent_in_time": Asked(
        later("Time between sending and departure"),
        later("The request came later than we ask for."),
        later("Tell us why, or choose a later departure."),
    ),
    "not_left": Asked(
        later("Departure"),
        later("It looks as if the goods have left already."),
        later("Tell us the day they left, or the new date."),
    ),
    "treatment": Asked(
        later("Treatment of the goods"),
        later("We need to know how the goods were treated, fumigation and irradiation included."),
        later("Tell us the treatment and its substance, and send the paper that names it."),
    ),
    "clean_transport": Asked(
        later("Clean transport unit"),
        later("We need to see that the transport unit was clean before loading."),
        later("Send a cleaning record or an affidavit, or tell us why none is needed."),
    ),
    "no_commingling": Asked(
        later("Goods kept apart"),
        later("We need to see that the goods were kept apart from goods that are not organic."),
        later("Send the paper that says so, or tell us how they were kept apart."),
    ),
}


def heading(row: CheckRow, language: str) -> str:
    """What stands above the question, in the exporter's language; a certifier's own question as it is."""
    with translation.override(language):
        if row.question:
            return row.question
        return str(_ASKED[row.id].heading if row.id in _ASKED else _VALUES.get(row.id, row.title))


def sentence(row: CheckRow, declared: str, note: str, language: str) -> str:
    """The question, in the exporter's language: what was declared, what was found, and what they may do."""
    with translation.override(language):
        said = {"title": heading(row, language), "declared": declared, "note": note}
        if not row.question and row.id not in _ASKED:
            return _about_a_value(said)
        asked = None if row.question else _ASKED[row.id]
        opening = str(asked.opening) if asked else row.question.strip()
        closing = str(asked.closing) if asked else _("Change the request, send a document, or write to us.")
        parts = [opening if opening.endswith((".", "?", "!")) else f"{opening}."]
        if declared:
            parts.append(_("You declared: %(declared)s.") % said)
        if note:
            parts.append(_("We found: %(note)s.") % said)
        return " ".join([*parts, closing])


def _about_a_value(said: dict[str, str]) -> str:
    if said["declared"] and said["note"]:
        return (
            _(
                "%(title)s: you declared %(declared)s. We found: %(note)s. Correct the request, send the right document, or tell us why they differ."
            )
            % said
        )
    if said["note"]:
        return _("%(title)s. We found: %(note)s. Correct the request, send the right document, or tell us why they differ.") % said  # fmt: skip
    if said["declared"]:
        return _("%(title)s: you declared %(declared)s, and the documents say something else. Correct the request, send the right document, or tell us why they differ.") % said  # fmt: skip
    return _("%(title)s: the documents do not agree. Correct the request, send the right document, or tell us why they differ.") % said  # fmt: skip
