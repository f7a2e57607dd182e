"""What is sent: a product of the verified list, under a tariff code that belongs to it, each commodity once."""

from datetime import date

from django.utils.translation import gettext as _

from nopic.presentation.words import day as in_words
from nopic.products.models import ProductVersion
from nopic.products.statuses import ProductStatus
from nopic.requests.checks.finding import Finding, Moment
from nopic.requests.facts import Facts, LineFacts

PINNED = ("wording", "hts", "form", "status")  # what may not change between sending and decision


def product_is_on_the_verified_list(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """Listed and approved today and on the day of departure, as the same thing as when the request was sent."""
    if line.line.item_id is None:
        sentence = _("%(product)s: choose the product on your verified list") % {"product": line.name}
        return [Finding("product_is_on_the_verified_list", 7, "stop", sentence, sentence, field=line.at("item"))]
    current = line.version_on(facts.today)
    departure = facts.request.departure_on
    for day in sorted({facts.today, max(facts.today, departure or facts.today)}):
        if (listed := line.version_on(day)) is None or listed.status != ProductStatus.APPROVED:
            return [_not_listed(facts, line, listed, day)]
        if current is not None and (changed := differences(current, listed)):
            return [_changes(facts, line, changed, listed.valid_from)]
    pinned = next((v for v in line.versions if v.pk == line.line.version_id), None)
    if moment in ("approval", "issue") and pinned and current and (changed := differences(pinned, current)):
        return [_changes(facts, line, changed, current.valid_from)]
    return []


def differences(one: ProductVersion, other: ProductVersion) -> list[str]:
    """Names of the pinned facts in which two versions differ."""
    return [name for name in PINNED if getattr(one, name) != getattr(other, name)]


def _not_listed(facts: Facts, line: LineFacts, listed: ProductVersion | None, day: date) -> Finding:
    words = {"product": line.name, "day": in_words(day, facts.today), "certifier": facts.certifier}
    if listed is None and day == facts.today:
        sentence = _("%(product)s is not on your verified list today. Choose another product or contact %(certifier)s")
    elif listed is None:
        sentence = _("%(product)s is on your verified list only until before %(day)s. Contact %(certifier)s")
    elif listed.status == ProductStatus.SUSPENDED:
        sentence = _("%(product)s is suspended on your verified list. Contact %(certifier)s")
    else:
        sentence = _("%(product)s was removed from your verified list. Choose another product or contact %(certifier)s")
    staff = _("%(product)s: no approved version on the verified list on %(day)s") % words
    inputs = {
        "day": day.isoformat(),
        "version": listed.number if listed else None,
        "status": listed.status if listed else None,
    }
    return Finding("product_is_on_the_verified_list", 7, "stop", sentence % words, staff, inputs, field=line.at("item"))


def _changes(facts: Facts, line: LineFacts, changed: list[str], since: date) -> Finding:
    words = {"product": line.name, "day": in_words(since, facts.today), "what": ", ".join(changed)}
    return Finding(
        "product_is_on_the_verified_list", 7, "stop",
        _("%(product)s changes on your verified list from %(day)s. Send the request again with the new entry") % words,
        _("%(product)s: the verified list differs since %(day)s (%(what)s). Return the request or refuse the line") % words,
        {"changed": changed, "since": since.isoformat()}, field=line.at("item"),
    )  # fmt: skip


def same_commodity_once(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """The same product twice is one certificate too many, unless something sets the two apart: offered, never forced."""
    if line.line.item_id is None:
        return []
    before = [other for other in facts.lines[: facts.lines.index(line)] if other.line.item_id == line.line.item_id]
    first = next((other for other in before if not sets_apart(other, line)), None)
    if first is None and (not before or moment not in ("draft", "submit")):
        return []
    what = "" if first else ", ".join(sets_apart(before[0], line))
    words = {"product": line.name, "n": (first or before[0]).line.position, "what": what}
    told = _("%(product)s is already product %(n)s. They stay two certificates: %(what)s differs") % words
    if first:
        told = (
            _("%(product)s is already product %(n)s. Merge them to one certificate, unless brand or order differ")
            % words
        )
    counted = first is not None and _is_counted(first) and _is_counted(line)
    return [
        Finding(
            "same_commodity_once", 7, "note", told,
            _("%(product)s is also product %(n)s of this request") % words,
            {"first_line": (first or before[0]).line.pk}, field=line.at("item"), asks="merge" if counted else "",
        )
    ]  # fmt: skip


def sets_apart(one: LineFacts, other: LineFacts) -> list[str]:
    """What makes two lines of one product two certificates, in words; empty when they can be merged."""
    suppliers = {lot.code: lot.supplier_id for lot in one.lots}
    differ = {
        _("the harvest year"): one.line.crop_year != other.line.crop_year,
        _("the packaging"): one.line.package_kind != other.line.package_kind,
        _("the region of origin"): one.line.origin_region != other.line.origin_region,
        _("the source of the same lot"): any(
            suppliers.get(lot.code, lot.supplier_id) != lot.supplier_id for lot in other.lots
        ),
    }
    return [what for what, is_so in differ.items() if is_so]


def _is_counted(line: LineFacts) -> bool:
    return None not in (line.line.net_kg, line.line.gross_kg, line.line.packages)
