"""What the settings of checks, people and the registry say: to reviewers while they check and decide."""

from decimal import Decimal

from django.utils.translation import gettext as _

from certifiers.presenters.deciding import approved, low_risk_in_words, waits
from certifiers.presenters.ruling.reader import Reader
from nopic.presentation import words
from nopic.requests.checks.weights import over_in_words
from nopic.review.queries.asked import answers_due_by
from nopic.tenants.policy import GROUPS, SECOND_REASONS, CheckRow, Reason, Rules, cancel_text, refusal_text
from nopic.tenants.policy.kinds import BUILT_IN
from nopic.tenants.policy.letters import SAMPLES
from nopic.tenants.policy.words import word

_SAMPLE_KG = Decimal(19_200)


def checks(reader: Reader) -> list[str]:
    """The rows in their order, each with what stands beside it."""
    return [_check(reader.rules, row) for row in reader.rules.checks]


def _check(rules: Rules, row: CheckRow) -> str:
    where = [str(GROUPS[row.group]), word(row.scope)]
    if row.box is not None:
        where.append(_("box %(n)s") % {"n": row.box})
    said = [_("%(title)s (%(where)s).") % {"title": row.title, "where": ", ".join(where)}]
    if row.compares:
        titles = {each.key: each.title for each in rules.documents} | {
            key: str(one.name) for key, one in BUILT_IN.items() if key not in {each.key for each in rules.documents}
        }
        said.append(
            _("Side by side: %(them)s.") % {"them": ", ".join(titles.get(each) or word(each) for each in row.compares)}
        )
    if row.has_tolerance:
        said.append(_accepted(rules.tolerance(_SAMPLE_KG, row.id)))
    return " ".join(said)


def _accepted(kg: Decimal) -> str:
    declared = words.kg(_SAMPLE_KG)
    if not kg:
        return _("Of %(declared)s kg declared, exactly %(declared)s kg are accepted.") % {"declared": declared}
    return _("Of %(declared)s kg declared, %(least)s to %(most)s kg are accepted.") % {
        "declared": declared, "least": words.kg(_SAMPLE_KG - kg), "most": words.kg(_SAMPLE_KG + kg),
    }  # fmt: skip


def tolerance(reader: Reader) -> list[str]:
    """What every check without a tolerance of its own accepts."""
    own = [row.title for row in reader.rules.checks if row.has_tolerance]
    said = [_accepted(reader.rules.tolerance(_SAMPLE_KG))]
    return [*said, _("These have their own: %(them)s.") % {"them": ", ".join(own)}] if own else said


def over_allocation(reader: Reader) -> list[str]:
    """What an exporter reads who asks for more than is left."""
    sentence = over_in_words(reader.rules, SAMPLES["product"], _SAMPLE_KG, _SAMPLE_KG - 1200)
    return [_("“%(sentence)s”") % {"sentence": sentence}]


def refusals(reader: Reader) -> list[str]:
    """The reasons as the exporter reads them."""
    return [_reason(_("Refused: %(text)s"), refusal_text(each), each) for each in reader.rules.refusal_reasons]


def cancellations(reader: Reader) -> list[str]:
    """The reasons as everybody with the certificate reads them."""
    return [_reason(_("Cancelled: %(text)s"), cancel_text(each), each) for each in reader.rules.cancel_reasons]


def _reason(sentence: str, text: str, reason: Reason) -> str:
    said = sentence % {"text": text}
    return f"{said} ({reason.citation})" if reason.citation else said


def second_person(reader: Reader) -> list[str]:
    """When an approval waits, and what its reviewer reads then."""
    rules = reader.rules.second_person
    when = {
        "first_request": rules.first_request,
        "new_supplier": rules.new_supplier,
        "override": rules.override,
        "late": rules.late,
        "signed_form": rules.signed_form,
    }
    said = [
        _("Above %(kg)s kg net: “%(sentence)s”") % {"kg": words.kg(rules.above_kg), "sentence": waits(1, ["weight"])}
        if rules.above_kg
        else _("Never because of the weight."),
        _("Above %(n)s per cent of the verified quantity: “%(sentence)s”")
        % {"n": rules.above_percent, "sentence": waits(1, ["balance"])}
        if rules.above_percent
        else _("Never because of the share of the verified quantity."),
    ]
    said += [f"“{waits(1, [code])}”" for code, holds in when.items() if holds]
    if never := ", ".join(str(SECOND_REASONS[code]) for code, holds in when.items() if not holds):
        said.append(_("Never because of: %(them)s.") % {"them": never})
    said.append(
        _("A new version of a certificate is checked by one person and approved by another.")
        if rules.revision
        else _("One person checks and approves a new version of a certificate.")
    )
    said.append(
        _("While nobody else is on duty, whoever approved may go on alone with a reason; a colleague reviews it later.")
        if rules.alone_may_override
        else _("Nobody goes on alone: an approval waits until a colleague confirms it.")
    )
    return said


def asking(reader: Reader) -> list[str]:
    """Until when answers are due, and what confirms what staff entered."""
    due = answers_due_by(reader.rules, reader.moment)
    return [
        _("Asked now: answers by %(when)s.") % {"when": reader.when(due)},
        _("The exporter confirms what staff entered, or staff add the form that the exporter signed.")
        if reader.rules.asking.signed_form_confirms
        else _("Only the exporter confirms what staff entered for it."),
    ]


def low_risk(reader: Reader) -> list[str]:
    """What the saved view shows."""
    return [_("In the queue: “%(sentence)s”") % {"sentence": low_risk_in_words(reader.rules.low_risk)}]


def registry(reader: Reader) -> list[str]:
    """What a reviewer reads after approving."""
    return [_("After approving: “%(sentence)s”") % {"sentence": approved(1, reader.rules)}]
