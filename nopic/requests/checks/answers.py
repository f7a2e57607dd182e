"""What was typed and could not be read stands against sending, even where no other rule looks at the answer."""

from nopic.requests import steps
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts


def answers_can_be_read(facts: Facts, moment: Moment) -> list[Finding]:
    """The problems of every step of the form; at `draft` of the steps that were saved, before sending of all."""
    found = []
    for step in steps.STEPS:
        if step in ("documents", "check") or (moment == "draft" and step not in facts.request.raw):
            continue  # documents have a rule of their own
        typed = facts.request.raw.get(step, {})
        reading = steps.read(step, typed, request=facts.request, now=facts.now, rules=facts.rules)
        found += [
            Finding("answers_can_be_read", each.box, "note" if each.hint else "stop", each.sentence, each.sentence,
                    field=f"{step}#{each.field}")
            for each in reading.problems
        ]  # fmt: skip
    return found
