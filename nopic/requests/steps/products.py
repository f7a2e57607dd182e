"""Step 3, products and quantities (boxes 7 to 13).

Values: lines, one dict per product in the order of the form: index (in the raw list), id (of the line, or None), remove,
item_id, crop_year, net_kg, net_typed, net_unit, packages, package_kind, gross_kg, origin_region, lots ([{code, kg,
supplier_id, proof}]). The gross weight is read in the unit of the net weight (in kg when that is counted in packs). A unit
written behind a number counts more than the one chosen beside it. Several lots may share one field, but not one figure
of kilograms: a certificate says the kilograms of each lot.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from nopic.presentation.words import kg
from nopic.requests.quantities import PACK, UNIT_CODES, UNITS, QuantityError, apart, read_number, to_kg
from nopic.requests.steps.reading import Choices, Product, Reading, entries, line, number, short, why_too_long
from nopic.tenants.policy import Rules

LOT_LENGTH, NET_LENGTH, PROOF_LENGTH = 40, 40, 60
MOST_PACKAGES = 2_147_483_647  # what an integer column holds
OWN = "own"  # a lot of own production
_TEXTS = ("item", "net", "packages", "gross", "origin_region", "crop_year", "lots")


def why_not_gross(name: str, gross_kg: Decimal, net_kg: Decimal) -> str:
    """The sentence about a gross weight below the net weight, or nothing."""
    if gross_kg >= net_kg:
        return ""
    return _("%(product)s: gross weight must be %(kg)s kg or more") % {"product": name, "kg": kg(net_kg)}


def why_not_lots(name: str, count: int, rules: Rules, *, time_frame: bool) -> str:
    """The sentence about too many lots or, where they are asked for, none; a time frame names its own later."""
    if count > rules.max_lots:
        return _("%(product)s: enter at most %(most)s lot numbers") % {"product": name, "most": rules.max_lots}
    if not count and rules.lots_required and not time_frame:
        return _("%(product)s: enter at least one lot number") % {"product": name}
    return ""


def read(raw: Mapping[str, Any], choices: Choices) -> Reading:
    """All products of the form; entirely empty ones are left out."""
    reading = Reading(values={"lines": []})
    kept = 0
    for index, entry in enumerate(entries(raw, "lines")):
        line_id = number(entry, "id")
        line_id = line_id if line_id in choices.line_ids else None
        if line(entry, "remove"):
            reading.values["lines"].append({"index": index, "id": line_id, "remove": True})
        elif line_id or not is_blank(entry):
            kept += 1
            reading.values["lines"].append(_Line(reading, entry, choices, index, kept).read(line_id))
    if not kept:
        reading.problem("lines-0-item", _("Choose the product on your verified list"), 7)
    return reading


def is_blank(entry: Mapping[str, Any]) -> bool:
    """Whether somebody added a product and has not begun to fill it in."""
    return not any(entry.get(name) and str(entry[name]).strip() for name in _TEXTS if name != "lots") and not any(
        line(lot, "code") for _row, lot in _lot_entries(entry)
    )


def net_of(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The net weight and its unit as they are meant: `42,000 lb` typed beside "kg" are pounds."""
    return apart(line(entry, "net"), line(entry, "unit") or "kg")


def gross_of(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The gross weight and its unit: the one that stood beside its box, so not one written behind the net weight."""
    chosen = line(entry, "unit")
    return apart(line(entry, "gross"), chosen if chosen in UNITS else "kg")


def _lot_entries(entry: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    """(row of the form, lot) one by one, also when several codes were typed into one field, separated by commas.

    `shared` says that the figure of kilograms beside it belongs to several lots.
    """
    typed = entry.get("lots")
    groups = [{"code": typed}] if isinstance(typed, str) else entries(entry, "lots")
    single: list[tuple[int, Mapping[str, Any]]] = []
    for row, group in enumerate(groups):
        codes = [code for code in re.split(r"[,;\n\r]+", str(group.get("code", ""))) if code.strip()]
        shared = "1" if len(codes) > 1 and line(group, "kg") else ""
        single += [(row, {**group, "code": code, "shared": shared}) for code in codes] or [(row, group)]
    return single


class _Line:
    """The reading of one product's fields."""

    def __init__(self, reading: Reading, entry: Mapping[str, Any], choices: Choices, index: int, position: int) -> None:
        self.reading, self.entry, self.choices = reading, entry, choices
        self.index, self.at = index, f"lines-{index}"
        self.product: Product | None = choices.products.get(number(entry, "item") or 0)
        self.name = self.product.version.wording if self.product else _("Product %(n)s") % {"n": position}

    def read(self, line_id: int | None) -> dict[str, Any]:
        if self.product is None:
            self.problem("item", _("%(product)s: choose the product on your verified list"), 7)
        net_kg, typed, unit = self._net()
        gross_kg = self._gross(net_kg)
        region = self._short("origin_region", 120, _("region of origin"), 13)
        kind = self._short("package_kind", 40, _("the kind of packages"), 11)
        return {
            "index": self.index,
            "id": line_id,
            "remove": False,
            "item_id": self.product.item.pk if self.product else None,
            "crop_year": self._crop_year(),
            "net_kg": net_kg,
            "net_typed": typed,
            "net_unit": unit,
            "packages": self._packages(typed, unit),
            "package_kind": kind or (self.product.version.package_kind if self.product else ""),
            "gross_kg": gross_kg,
            "origin_region": region or (self.product.version.origin_region if self.product else ""),
            "lots": self._lots(),
        }

    def problem(self, name: str, sentence: str, box: int | None, **words: object) -> None:
        self.reading.problem(f"{self.at}-{name}", sentence % {"product": self.name, **words}, box)

    def _short(self, name: str, most: int, label: str, box: int) -> str:
        words = _("%(product)s: %(label)s") % {"product": self.name, "label": label}
        return short(self.reading, f"{self.at}-{name}", line(self.entry, name), most, words, box)

    def _net(self) -> tuple[Decimal | None, str, str]:
        typed, unit = net_of(self.entry)
        kept = typed if len(typed) <= NET_LENGTH else ""  # nobody reads a longer one as a number
        if unit not in UNIT_CODES:
            self.problem("unit", _("%(product)s: choose the unit of the net weight"), 10)
            return None, kept, ""
        what = _("the number of packs") if unit == PACK else _("the net weight")
        if unit == "kg":
            what = _("the net weight in kilograms")
        return self._weight("net", typed, what, unit, 10), kept, unit

    def _weight(self, name: str, typed: str, what: str, unit: str, box: int) -> Decimal | None:
        pack = self.product.version.package_kg if self.product else None
        try:
            return to_kg(read_number(typed, what), unit, pack)
        except QuantityError as error:
            if error.code == "unreadable" and name == "net" and re.search("[A-Za-z]", typed):
                alone = _(
                    "%(product)s: enter the net weight as a number alone, such as 19,200, and choose its unit beside it"
                )
                self.problem(name, alone, box)
                return None
            self.reading.problem(f"{self.at}-{name}", error.about(self.name), box)
            return None

    def _gross(self, net_kg: Decimal | None) -> Decimal | None:
        typed, unit = gross_of(self.entry)
        what = _("the gross weight in kilograms") if unit == "kg" else _("the gross weight")
        if not typed and self.choices.time_frame:
            return None  # recorded with each shipment
        gross = self._weight("gross", typed, what, unit, 11)
        if gross is not None and net_kg is not None and (sentence := why_not_gross(self.name, gross, net_kg)):
            self.reading.problem(f"{self.at}-gross", sentence, 11)
        return gross

    def _packages(self, net_typed: str, unit: str) -> int | None:
        typed = line(self.entry, "packages")
        if not typed and unit == PACK:
            typed = net_typed  # counted already
        if not typed and self.choices.time_frame:
            return None  # recorded with each shipment
        try:
            count = read_number(typed, _("the number of packages"))
        except QuantityError as error:
            if not (typed == net_typed and unit == PACK):  # that field has its own sentence
                self.reading.problem(f"{self.at}-packages", error.about(self.name), 11)
            return None
        if count != int(count) or count > MOST_PACKAGES:
            self.problem("packages", _("%(product)s: enter the number of packages as a whole number"), 11)
            return None
        return int(count)

    def _crop_year(self) -> int | None:
        """The harvest year typed, else the newest one with a verified quantity, else this year."""
        typed = line(self.entry, "crop_year")
        if re.fullmatch(r"20\d\d", typed, re.ASCII):
            return int(typed)
        if typed:
            self.problem("crop_year", _("%(product)s: enter one harvest year with its four digits, such as 2026"), 7)
            return None
        years = [y for y in self.product.crop_years if y <= self.choices.today.year] if self.product else []
        return max(years, default=self.choices.today.year)

    def _lots(self) -> list[dict[str, Any]]:
        lots: dict[str, dict[str, Any]] = {}
        named = False
        for at, entry in _lot_entries(self.entry):
            code = line(entry, "code")
            named = named or bool(code)
            label = _("%(product)s: lot number %(lot)s…") % {"product": self.name, "lot": code[:LOT_LENGTH]}
            if not code:
                if line(entry, "kg") or line(entry, "supplier") not in ("", OWN):
                    self.problem(f"lots-{at}-code", _("%(product)s: enter the lot number"), 12)
                    named = True  # the sentence is said already
            elif sentence := why_too_long(code, LOT_LENGTH, label):
                self.reading.problem(f"{self.at}-lots-{at}-code", sentence, 12)
            elif code in lots:
                self.problem(f"lots-{at}-code", _("%(product)s: lot %(lot)s is there twice. Remove one"), 12, lot=code)
            else:
                lots[code] = {"code": code, **self._lot(entry, at, code)}
        count = max(len(lots), named)
        if sentence := why_not_lots(self.name, count, self.choices.rules, time_frame=self.choices.time_frame):
            self.reading.problem(f"{self.at}-lots-0-code", sentence, 12)
        return list(lots.values())

    def _lot(self, entry: Mapping[str, Any], at: int, code: str) -> dict[str, Any]:
        kg, chosen = None, line(entry, "supplier")
        supplier = self.choices.suppliers.get(number(entry, "supplier") or 0)
        typed, unit = apart(line(entry, "kg"), "kg")
        if entry.get("shared"):
            sentence = _(
                "%(product)s: give each lot its own row, or leave the kilograms empty. This figure stands beside several lots"
            )
            if not any(one.field == f"{self.at}-lots-{at}-kg" for one in self.reading.problems):
                self.problem(f"lots-{at}-kg", sentence, 12)
        elif typed:
            try:
                kg = to_kg(read_number(typed, _("the kilograms of lot %(lot)s") % {"lot": code}), unit)
            except QuantityError as error:
                self.reading.problem(f"{self.at}-lots-{at}-kg", error.about(self.name), 12)
        if chosen not in ("", OWN) and supplier is None:
            self.problem(f"lots-{at}-supplier", _("%(product)s: choose who sold lot %(lot)s"), 12, lot=code)
        label = _("%(product)s: the certificate or invoice number of lot %(lot)s") % {"product": self.name, "lot": code}
        proof = short(self.reading, f"{self.at}-lots-{at}-proof", line(entry, "proof"), PROOF_LENGTH, label, 12)
        return {"kg": kg, "supplier_id": supplier.pk if supplier else None, "proof": proof}
