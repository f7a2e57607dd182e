"""Settings in words: what a stored value says, and in which points two values differ. For screens, history and audit."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext as _

from nopic.presentation.words import full_day
from nopic.tenants.countries import countries

from .frame import Shape, shape_of, written
from .rules import Rules
from .words import WORDS, word

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def declared(cls: type) -> dict[str, "Field[Any]"]:
    """The settings of a record by name, in their order."""
    return {one.name: one for one in fields(cls)}


def label_of(name: str) -> str:
    """The label of a setting of the policy; the name itself for one that is no more."""
    found = declared(Rules).get(name)
    return str(found.metadata["label"]) if found else name


def offered(shape: Shape, data: Mapping[str, Any]) -> dict[str, str]:
    """Code -> words of everything that a code of this shape may name in the policy `data`."""
    table, rows = shape_of(declared(Rules)[shape.table].metadata["reads"]).item, data.get(shape.table)
    named = {code: word(code) for code in shape.choices}
    if table is None or table.record is None or not isinstance(rows, list):
        return named
    key = next(iter(declared(table.record)))
    codes = {row[key]: row for row in rows if isinstance(row, Mapping) and row.get(key)}
    return named | {code: title_of(table.record, row) for code, row in codes.items()}


def number(text: str) -> str:
    """A number of the policy in groups of three digits; what is none as it is."""
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", text):
        return text
    return f"{Decimal(text):,f}"


def said(shape: Shape, value: Any, among: Mapping[str, Any] = NOTHING) -> str:
    """A stored (JSON) value in words; "none" for nothing. `among`: the policy in which codes are looked up."""
    if value is None or value in ("", []):
        return _("none") if shape.kind != "choice" or "" not in shape.choices else word("")
    if shape.kind == "optional" and shape.item is not None:
        return said(shape.item, value, among)
    if shape.kind == "yes_no":
        return _("yes") if value else _("no")
    if shape.kind == "choice":
        return word(str(value))
    if shape.kind == "code" and shape.table:
        return offered(shape, among).get(str(value), word(str(value)) if value in WORDS else str(value))
    if shape.kind == "country":
        return countries().get(str(value), str(value))
    if shape.kind == "decimal":
        return number(str(value))
    if shape.kind == "day":
        return _day(str(value))
    if shape.kind == "list" and shape.item is not None and isinstance(value, list):
        between = "; " if shape.item.kind == "record" else ", "
        return between.join(said(shape.item, item, among) for item in value)
    if shape.kind == "record" and shape.record is not None and isinstance(value, Mapping):
        if _is_row(shape.record):
            return title_of(shape.record, value, among)
        return "; ".join(points(shape.record, value, among))
    return str(value)


def _day(text: str) -> str:
    """A day in words; what is being typed and none yet as it is."""
    try:
        return full_day(date.fromisoformat(text))
    except ValueError:
        return text


def points(cls: type, value: Mapping[str, Any], among: Mapping[str, Any] = NOTHING) -> list[str]:
    """Each setting of a record that stands alone: label and value."""
    return [
        _("%(label)s: %(value)s") % {
            "label": one.metadata["label"], "value": said(shape_of(one.metadata["reads"]), value.get(name, _default(one)), among),
        }
        for name, one in declared(cls).items()
    ]  # fmt: skip


def _is_row(cls: type) -> bool:
    """Rows of tables have a field that must be given, by which they are known; a record that stands alone has none."""
    return any(one.default is MISSING for one in fields(cls))


def _default(one: "Field[Any]") -> Any:
    return None if one.default is MISSING else written(one.default)


def said_of(name: str, value: Any) -> str:
    """The value of a setting of the policy in words."""
    found = declared(Rules).get(name)
    return said(shape_of(found.metadata["reads"]), value) if found else str(value)


def title_of(cls: type, row: Mapping[str, Any], among: Mapping[str, Any] = NOTHING) -> str:
    """What a row of a table is called: its built-in words where it has them, else its first fields."""
    try:
        made = cls(**{key: value for key, value in row.items() if key in declared(cls)})
        if title := getattr(made, "title", ""):
            return str(title)
    except (TypeError, KeyError, ValueError):  # a row that is being typed need not hold together yet
        pass
    shown = [
        said(shape_of(one.metadata["reads"]), row.get(name), among)
        for name, one in declared(cls).items()
        if row.get(name)
    ]
    return ", ".join(shown[:3]) or _("new row")


def differences(name: str, before: Any, after: Any, among: Mapping[str, Any] = NOTHING) -> list[str]:
    """One sentence for each point in which a setting changed; a table is compared row by row.

    `among`: the policy in which codes are looked up.
    """
    found, label = declared(Rules).get(name), label_of(name)
    shape = shape_of(found.metadata["reads"]) if found else Shape("text")
    if (
        shape.kind == "list"
        and shape.item
        and shape.item.record
        and isinstance(before, list)
        and isinstance(after, list)
    ):
        return [
            _("%(label)s: %(what)s") % {"label": label, "what": what}
            for what in _rows(shape.item.record, before, after, among)
        ]
    if shape.record is not None and isinstance(before, Mapping) and isinstance(after, Mapping):
        told = zip(
            points(shape.record, before, among),
            points(shape.record, after, among),
            declared(shape.record).values(),
            strict=True,
        )
        return [
            _("%(label)s, %(what)s") % {"label": label, "what": _from_to(one, before, after, among)}
            for was, now, one in told
            if was != now
        ]
    if before is None:
        return [_("%(label)s: %(after)s") % {"label": label, "after": said(shape, after, among)}]
    words = {"label": label, "before": said(shape, before, among), "after": said(shape, after, among)}
    return [_("%(label)s: %(before)s → %(after)s") % words]


def _from_to(one: "Field[Any]", before: Mapping[str, Any], after: Mapping[str, Any], among: Mapping[str, Any]) -> str:
    shape = shape_of(one.metadata["reads"])
    return _("%(label)s: %(before)s → %(after)s") % {
        "label": str(one.metadata["label"]).lower(),
        "before": said(shape, before.get(one.name, _default(one)), among),
        "after": said(shape, after.get(one.name, _default(one)), among),
    }


def _rows(cls: type, before: list[Any], after: list[Any], among: Mapping[str, Any]) -> list[str]:
    """Rows are known by their required fields, such as a code."""
    declared_here = declared(cls)
    key = [name for name, one in declared_here.items() if one.default is MISSING][:2]

    def by_key(rows: list[Any]) -> dict[tuple[str, ...], Mapping[str, Any]]:
        return {tuple(str(row.get(name, "")) for name in key): row for row in rows}

    old, new = by_key(before), by_key(after)
    told = [_("“%(row)s” is new") % {"row": title_of(cls, new[one], among)} for one in new if one not in old]
    told += [_("“%(row)s” is removed") % {"row": title_of(cls, old[one], among)} for one in old if one not in new]
    for one in new:
        for name, field in declared_here.items() if one in old else ():
            default = _default(field)
            was, now = old[one].get(name, default), new[one].get(name, default)
            if was != now:
                shape = shape_of(field.metadata["reads"])
                told.append(
                    _("“%(row)s”, %(label)s: %(before)s → %(after)s")
                    % {
                        "row": title_of(cls, new[one], among),
                        "label": str(field.metadata["label"]).lower(),
                        "before": said(shape, was, among),
                        "after": said(shape, now, among),
                    }
                )
    if not told:
        told.append(_("another order"))
    return told
