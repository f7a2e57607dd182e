"""Papers and the journey: the document list is complete, container numbers are right, treatments are declared."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.documents.statuses import Organic
from nopic.presentation.words import full_day
from nopic.requests.checks.finding import Finding, Moment, Severity
from nopic.requests.containers import ContainerError, read_container
from nopic.requests.facts import Facts
from nopic.requests.slots import SlotView
from nopic.requests.statuses import Treatment
from nopic.tenants.policy import DocumentRow

# What staff read of a file in whose text the word was not found.
_NOT_FOUND = {
    Organic.NOT_FOUND: gettext_lazy(
        "%(document)s (%(file)s): the word organic is not in its text. Look, and say what you see"
    ),
    Organic.NOT_IN_PART: gettext_lazy(
        "%(document)s (%(file)s): the word organic is not in the part of its text that was read; the file has more."
        " Save the original to see all of it, and say what you see"
    ),
}


def last_due_day(slot: "SlotView | DocumentRow", departure: date | None) -> date | None:
    """The last day on which what comes later may come; None where the policy or the departure does not say."""
    if slot.days_after_departure is None or departure is None:
        return None
    return departure + timedelta(days=slot.days_after_departure)


def why_not_due(slot: "SlotView | DocumentRow", due_on: date | None, departure: date | None, today: date) -> str:
    """The sentence about a day to which the exporter cannot commit for a document that comes later, or nothing."""
    words = {"document": slot.name, "n": slot.days_after_departure}
    if due_on is None:
        return _("%(document)s: tell us on which day it comes") % words
    if due_on < today:
        return _("%(document)s: it comes later, so enter today or a day after it") % words
    last = last_due_day(slot, departure)
    if last is not None and due_on > max(last, today):
        words["day"] = full_day(last)
        return (
            _("%(document)s is due %(n)s days after departure, so by %(day)s. Enter that day or an earlier one") % words
        )
    return ""


def documents_are_complete(facts: Facts, moment: Moment) -> list[Finding]:
    """Every row that the policy wants before sending has a file, or an answer where the policy takes one."""
    found = []
    for slot in facts.slots:
        inputs = {"rule": slot.rule, "subject": slot.subject, "state": slot.state}
        if not slot.is_complete:
            found.append(
                Finding("documents_are_complete", 18, "stop", slot.sentence,
                        _staff(slot), inputs, field=f"documents#{slot.anchor}")
            )  # fmt: skip
        elif slot.state == "not_needed" and slot.must_before_sending and slot.ruling is None:
            words = {"document": slot.name, "reason": slot.reason}
            found.append(
                Finding("documents_are_complete", 18, "note",
                        _("%(document)s does not apply: %(reason)s. A reviewer decides on it") % words,
                        _("%(document)s does not apply, says the exporter: %(reason)s") % words,
                        inputs, field=f"documents#{slot.anchor}")
            )  # fmt: skip
    return found


def _staff(slot: SlotView) -> str:
    words = {"document": slot.name, "reason": slot.reason, "by": slot.decided_by}
    if slot.state == "refused" and slot.reason:
        return _("%(document)s is missing: not accepted by %(by)s, %(reason)s") % words
    return _("%(document)s is missing") % words


def documents_name_the_product_as_organic(facts: Facts, moment: Moment) -> list[Finding]:
    """A stop for invoice, packing list, final transport document and bill of sale; of others it is written down.

    What a reviewer confirmed counts; what was found in the text is a hint to the exporter before sending.
    """
    found = []
    for slot in facts.slots:
        stops = {file.pk for file in slot.stops_without_organic}
        for file in slot.files if slot.organic != "no" and slot.state != "not_needed" else ():
            words = {"document": slot.name, "file": file.name, "by": file.named_by}
            inputs = {"rule": slot.rule, "document": file.pk, "text": file.organic, "page": file.organic_page}
            asked = f"documents#{slot.anchor}"
            if file.named_organic is False:
                sentence = _("%(document)s does not name the product as organic. Send one that does")
                staff = _("%(document)s (%(file)s) does not name the product as organic, says %(by)s")
                severity: Severity = "stop" if file.pk in stops else "note"
            elif file.named_organic is None and file.pk in stops and file.organic in _NOT_FOUND:
                sentence = _("%(document)s: we did not find the word organic in it. Check that it names the product so")
                staff = str(_NOT_FOUND[Organic(file.organic)])
                severity = "note" if moment in ("draft", "submit") else "question"
            else:
                continue
            found.append(
                Finding("documents_name_the_product_as_organic", 7, severity, sentence % words, staff % words, inputs,
                        field=asked)
            )  # fmt: skip
    return found


def container_numbers_are_right(facts: Facts, moment: Moment) -> list[Finding]:
    """The check digit catches a wrong digit, which the customs entry would not forgive."""
    found = []
    for at, container in enumerate(facts.request.containers):
        try:
            read_container(container["number"])
        except ContainerError as error:
            found.append(
                Finding("container_numbers_are_right", 14, "question", str(error), str(error),
                        {"number": container["number"]}, field=f"transport#containers-{at}-number", can_be_waived=True)
            )  # fmt: skip
    return found


def treatment_is_permitted(facts: Facts, moment: Moment) -> list[Finding]:
    """A treatment beyond heat, cold and carbon dioxide wants a person's eye: fumigation may end the organic status."""
    request = facts.request
    if request.treatment != Treatment.OTHER:
        return []
    words = {"text": request.treatment_text}
    return [
        Finding("treatment_is_permitted", 16, "question",
                _("A treatment such as fumigation or irradiation can end the organic status. A reviewer looks at it"),
                _("Treatment declared: %(text)s") % words, {"treatment": request.treatment_text},
                field="transport#treatment", can_be_waived=True)
    ]  # fmt: skip
