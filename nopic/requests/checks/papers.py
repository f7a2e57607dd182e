"""Papers and the journey: the document list is complete, container numbers are right, treatments are declared."""

from django.utils.translation import gettext as _

from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.containers import ContainerError, read_container
from nopic.requests.facts import Facts
from nopic.requests.statuses import Treatment


def documents_are_complete(facts: Facts, moment: Moment) -> list[Finding]:
    """Every row that the policy wants before sending has a file, or an answer where the policy takes one."""
    found = []
    for slot in facts.slots:
        inputs = {"rule": slot.rule, "subject": slot.subject, "state": slot.state}
        if not slot.is_complete:
            found.append(
                Finding("documents_are_complete", 18, "stop", slot.sentence,
                        _("%(document)s is missing") % {"document": slot.name}, inputs, field=f"documents#{slot.anchor}")
            )  # fmt: skip
        elif slot.state == "not_needed" and slot.must_before_sending and slot.answer is not None:
            words = {"document": slot.name, "reason": slot.answer.reason}
            found.append(
                Finding("documents_are_complete", 18, "note",
                        _("%(document)s does not apply: %(reason)s. A reviewer decides on it") % words,
                        _("%(document)s does not apply, says the exporter: %(reason)s") % words,
                        inputs, field=f"documents#{slot.anchor}")
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
