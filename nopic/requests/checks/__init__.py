"""Every rule that a request and its lines must satisfy, one function each; a rule answers once, for every reader.

`findings` is asked when the form is shown (draft), when it is sent (submit), at approval and right before the registry
is called (issue). The name of a rule is the statement that should hold. Which rule speaks when is the table below.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from nopic.requests import facts as loading
from nopic.requests.checks.alike import is_not_there_twice, lots_are_not_counted_twice, travels_by_itself
from nopic.requests.checks.answers import answers_can_be_read
from nopic.requests.checks.departure import (
    arrives_after_departure,
    has_not_departed,
    is_sent_in_time,
    leaves_soon_enough,
)
from nopic.requests.checks.finding import Finding, LetPass, Moment, Severity
from nopic.requests.checks.frames import no_time_frame_covers_it, time_frame_has_an_end, time_frame_is_permitted
from nopic.requests.checks.goods import differences, product_is_on_the_verified_list, same_commodity_once
from nopic.requests.checks.papers import (
    container_numbers_are_right,
    documents_are_complete,
    documents_name_the_product_as_organic,
    treatment_is_permitted,
)
from nopic.requests.checks.parties import (
    exporter_is_certified,
    importer_is_certified,
    recipients_are_named,
    suppliers_are_certified,
)
from nopic.requests.checks.purchases import (
    purchases_are_covered,
    suppliers_have_a_certificate_on_file,
    transaction_certificate_is_no_second_entry,
)
from nopic.requests.checks.replacing import replaces_what_is_in_force
from nopic.requests.checks.splitting import split_goods_are_free
from nopic.requests.checks.tariff import hts_belongs_to_the_product
from nopic.requests.checks.weights import (
    gross_is_at_least_net,
    lots_are_named,
    packages_are_counted,
    packages_hold_the_net_weight,
    quantity_is_positive,
    quantity_is_within_what_is_left,
)
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import UNDECIDED_LINE
from nopic.requests.steps import STEPS

__all__ = ["Finding", "LetPass", "Moment", "Severity", "Waived", "differences", "findings", "line_findings", "weigh"]

# Rules that a reviewer has let pass: (rule, line id or None) -> who, why, and the facts that it was about.
Waived = Mapping[tuple[str, int | None], LetPass]

FORM: Final = frozenset({"draft", "submit"})
SENT: Final = frozenset({"draft", "submit", "approval"})
ALWAYS: Final = frozenset({"draft", "submit", "approval", "issue"})

REQUEST_RULES: Final[tuple[tuple[Callable[[Facts, Moment], list[Finding]], frozenset[str]], ...]] = (
    (exporter_is_certified, ALWAYS),
    (has_not_departed, ALWAYS),
    (leaves_soon_enough, FORM),
    (time_frame_has_an_end, ALWAYS),
    (is_sent_in_time, SENT),
    (importer_is_certified, ALWAYS),
    (replaces_what_is_in_force, SENT),
    (split_goods_are_free, SENT),
    (recipients_are_named, SENT),
    (suppliers_are_certified, SENT),
    (suppliers_have_a_certificate_on_file, SENT),
    (arrives_after_departure, SENT),
    (container_numbers_are_right, SENT),
    (is_not_there_twice, SENT),
    (travels_by_itself, SENT),
    (lots_are_not_counted_twice, SENT),
    (treatment_is_permitted, SENT),
    (documents_are_complete, SENT),
    (documents_name_the_product_as_organic, SENT),
)
LINE_RULES: Final[tuple[tuple[Callable[[Facts, LineFacts, Moment], list[Finding]], frozenset[str]], ...]] = (
    (product_is_on_the_verified_list, ALWAYS),
    (time_frame_is_permitted, SENT),
    (no_time_frame_covers_it, SENT),
    (hts_belongs_to_the_product, SENT),
    (same_commodity_once, SENT),
    (quantity_is_positive, ALWAYS),
    (quantity_is_within_what_is_left, SENT),
    (packages_are_counted, SENT),
    (packages_hold_the_net_weight, SENT),
    (gross_is_at_least_net, SENT),
    (lots_are_named, SENT),
    (purchases_are_covered, SENT),
    (transaction_certificate_is_no_second_entry, frozenset({"approval"})),
)


def findings(
    request: CertificateRequest, *, moment: Moment, now: datetime | None = None, waived: Waived | None = None
) -> list[Finding]:
    """Everything that does not hold for the request and its open lines, in the order of the form.

    At `draft` only steps that were saved once are judged. `waived` is what reviewers let pass in this turn; a waived
    finding comes back as a note that says who and why. A fixed number of statements, whatever the number of lines.
    """
    return weigh(loading.load(request, now), moment=moment, waived=waived)


def line_findings(
    line: RequestLine, *, moment: Moment, now: datetime | None = None, waived: Waived | None = None
) -> list[Finding]:
    """Everything that concerns one line: the findings of its request and its own."""
    found = findings(line.request, moment=moment, now=now, waived=waived)
    return [finding for finding in found if finding.line_id in (None, line.pk)]


def weigh(facts: Facts, *, moment: Moment, waived: Waived | None = None) -> list[Finding]:
    """The same as `findings`, from facts that are loaded already."""
    found = [each for rule, moments in REQUEST_RULES if moment in moments for each in rule(facts, moment)]
    for line in facts.lines:
        if line.line.status in UNDECIDED_LINE or moment == "issue":
            found += [
                replace(each, line_id=line.line.pk)
                for rule, moments in LINE_RULES
                if moment in moments
                for each in rule(facts, line, moment)
            ]
    if moment in FORM:
        found = _joined(found, answers_can_be_read(facts, moment))
    if moment == "draft":
        found = [each for each in found if not each.step or each.step in facts.request.raw]
    if waived:
        found = [_waived(each, waived) for each in found]
    return sorted(found, key=lambda each: STEPS.index(each.step) if each.step else 0)


def _joined(found: list[Finding], unread: list[Finding]) -> list[Finding]:
    """One sentence for one answer: what was typed and cannot be read is explained, not called missing.

    A question with a page of its own stays, and of two sentences about an answer that can be read the rule's does.
    """
    unreadable = {_place(each) for each in unread if each.is_stop}
    found = [each for each in found if each.asks or not each.is_stop or _place(each) not in unreadable]
    told = {each.field for each in found if each.field} | {each.sentence for each in found}
    return found + [each for each in unread if not {each.field, each.sentence} & told]


def _place(finding: Finding) -> str:
    """The answer that a finding is about; the lots of a product are one."""
    return finding.field.partition("-lots-")[0] + ("-lots" if "-lots-" in finding.field else "")


def _waived(finding: Finding, waived: Waived) -> Finding:
    """Only a rule that may be waived can be, and only while the facts are those that were let pass."""
    said = waived.get((finding.rule, finding.line_id))
    if said is None or not finding.can_be_waived or finding.severity == "note" or not said.covers(finding):
        return finding
    return finding.waived(said.by, said.why)
