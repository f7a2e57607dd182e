"""How much: above nothing, gross not below net, within what is left, packed in packages, in named lots."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.presentation.words import kg
from nopic.requests.checks.finding import Finding, Moment, Severity
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.lending import comes_back
from nopic.requests.quantities import QuantityError, read_number
from nopic.requests.steps.products import why_not_gross, why_not_lots
from nopic.tenants.policy import Rules


def quantity_is_positive(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """A certificate is for a weight."""
    net = line.line.net_kg
    if net is not None and net > 0:
        return []
    sentence = _("%(product)s: enter the net weight in kilograms") % {"product": line.name}
    return [Finding("quantity_is_positive", 10, "stop", sentence, sentence, {"net_kg": str(net)}, field=line.at("net"))]


def gross_is_at_least_net(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """Goods with their packages weigh no less than without."""
    net, gross = line.line.net_kg, line.line.gross_kg
    if gross is None and facts.time_frame:
        return []
    if gross is None:
        sentence = _("%(product)s: enter the gross weight in kilograms") % {"product": line.name}
    elif net is None or not (sentence := why_not_gross(line.name, gross, net)):
        return []
    inputs = {"net_kg": str(net), "gross_kg": str(gross)}
    return [Finding("gross_is_at_least_net", 11, "stop", sentence, sentence, inputs, field=line.at("gross"))]


def packages_are_counted(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """The certificate names number and kind of packages."""
    if line.line.packages or facts.time_frame:
        return []
    sentence = _("%(product)s: enter the number of packages") % {"product": line.name}
    return [Finding("packages_are_counted", 11, "stop", sentence, sentence, field=line.at("packages"))]


def quantity_is_within_what_is_left(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """Net weight and what earlier lines of the request take is within the verified quantity of the harvest year."""
    net, left = line.line.net_kg, facts.left_for(line)
    if net is None or left is None or net <= left or line.line.item_id is None or line.line.crop_year is None:
        return []  # a product or a harvest year that is not known is told by other rules
    if line.account is not None and net <= left + comes_back(facts.request, line.account.pk):
        return []  # that they are not free yet is what split_goods_are_free says
    words = {
        "product": line.name,
        "left": kg(max(left, Decimal(0))),
        "over": kg(net - left),
        "year": line.line.crop_year,
    }
    account = line.account
    field = line.at("net" if account else "crop_year")
    inputs = {
        "net_kg": str(net),
        "left_kg": str(left),
        "allocated_kg": str(account.allocated if account else 0),
        "certified_kg": str(account.issued if account else 0),
        "held_kg": str(account.held if account else 0),
        "crop_year": line.line.crop_year,
    }
    severity: Severity = "stop"
    asks_staff = facts.rules.over_allocation == "ask_staff"
    if asks_staff and moment in ("draft", "submit"):
        severity = "question"
    if account is None:
        sentence = _("%(product)s: your verified list has no quantity for harvest %(year)s")
        if severity == "question":
            sentence = _(
                "%(product)s: your verified list has no quantity for harvest %(year)s. "
                "You can send it, and we will ask for harvest or purchase records"
            )
    else:
        sentence = _over(severity == "question")
    staff = _("%(product)s: %(over)s kg more than is left of %(year)s. Raise the verified quantity or refuse the line")
    return [
        Finding("quantity_is_within_what_is_left", 10, severity, sentence % words, staff % words, inputs, field=field)
    ]  # fmt: skip


def over_in_words(rules: Rules, product: str, net: Decimal, left: Decimal) -> str:
    """What an exporter reads who asks for more than is left."""
    return _over(rules.over_allocation == "ask_staff") % {"product": product, "over": kg(net - left), "left": kg(left)}


def _over(asks_staff: bool) -> str:
    if asks_staff:
        return _(
            "%(product)s: this is %(over)s kg more than is left on your verified list. "
            "You can send it, and we will ask for harvest or purchase records"
        )
    return _("%(product)s: net weight must be %(left)s kg or less, because that is what is left on your verified list")


_ROUNDING = Decimal("0.02")  # of the net weight: scales and moisture, not a wrong count


def packages_hold_the_net_weight(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """Where the weight of one package is known, the packages together weigh what the line does."""
    net, count, one = line.line.net_kg, line.line.packages, _package_kg(line)
    if facts.time_frame or net is None or not count or not one or abs(count * one - net) < one:
        return []
    if abs(count * one - net) <= facts.rules.tolerance(net, "packages"):
        return []
    words = {
        "product": line.name,
        "n": f"{count:,}",
        "kg": kg(one),
        "all": kg(count * one),
        "net": kg(net),
    }
    sentence = _("%(product)s: %(n)s packages of %(kg)s kg are %(all)s kg, the net weight is %(net)s kg. Compare them")
    inputs = {"packages": count, "package_kg": str(one), "net_kg": str(net)}
    severity: Severity = "question" if abs(count * one - net) > net * _ROUNDING else "note"
    return [
        Finding("packages_hold_the_net_weight", 11, severity, sentence % words, sentence % words, inputs,
                field=line.at("packages"), can_be_waived=severity == "question")
    ]  # fmt: skip


def _package_kg(line: LineFacts) -> Decimal | None:
    """Kilograms of one package: as written ("bags of 60 kg"), or of the verified list when packed as listed there."""
    kind, version = line.line.package_kind, line.version
    if written := re.search(r"(\d[\d.,]*)\s*kg\b", kind, re.IGNORECASE | re.ASCII):
        try:
            return read_number(written[1])
        except QuantityError:
            return None
    return version.package_kg if version and kind in ("", version.package_kind) else None


def lots_are_named(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """Lots lead back to the field: named where the certifier asks for them, and together as heavy as the line."""
    lots, words = line.lots, {"product": line.name}
    if sentence := why_not_lots(line.name, len(lots), facts.rules, time_frame=facts.time_frame):
        return [Finding("lots_are_named", 12, "stop", sentence, sentence, field=line.at("lots-0-code"))]
    if not lots:
        return []
    net = line.line.net_kg
    weights = [lot.kg for lot in lots]
    if facts.time_frame or net is None or any(weight is None for weight in weights):
        return []  # the lots of a time frame are those of its first shipment
    total = sum((weight for weight in weights if weight is not None), Decimal(0))
    tolerance = facts.rules.tolerance(net, "lots")
    if abs(total - net) <= tolerance:
        return []
    sentence = _("%(product)s: the lots weigh %(lots)s kg together, the net weight is %(net)s kg. Compare them") % {
        **words, "lots": kg(total), "net": kg(net),
    }  # fmt: skip
    inputs = {"lots_kg": str(total), "net_kg": str(net), "tolerance_kg": str(tolerance)}
    return [
        Finding("lots_are_named", 12, "question", sentence, sentence, inputs, field=line.at("lots-0-kg"),
                can_be_waived=True)
    ]  # fmt: skip
