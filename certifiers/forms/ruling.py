"""The form of one page of the policy, made from what each setting says of itself: label, reader, shape.

A value as it is typed becomes JSON where it can be read; what cannot be read stays in its field as it is, with the
sentence of the reader beside it. Rows of tables are added, removed and moved by buttons that post the whole form.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.http import QueryDict
from django.utils.translation import gettext as _

from nopic.presentation.typed import whole
from nopic.requests.quantities import plain_number
from nopic.tenants.countries import countries
from nopic.tenants.policy.frame import Shape, shape_of, written
from nopic.tenants.policy.groups import Group
from nopic.tenants.policy.rules import Rules
from nopic.tenants.policy.saying import declared, number, offered, points, said, title_of
from nopic.tenants.policy.words import word

AREAS = frozenset(["Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"])
LONG_TEXT = 120  # characters from which a text gets several lines


@dataclass
class Row:
    """One row of a table: its fields, and what it is called while it is folded."""

    name: str
    title: str
    nodes: list["Node"]
    errors: list[str] = field(default_factory=list)
    number: int = 1
    is_first: bool = False
    is_last: bool = False

    @property
    def is_open(self) -> bool:
        """Unfolded where something is wrong in it, or nothing is in it yet."""
        return bool(self.errors) or any(node.errors for node in self.nodes) or not self.title


@dataclass
class Node:
    """One control of the form: a single value, a choice of several, or a table with rows."""

    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    checked: bool = False
    choices: list[tuple[str, str, bool]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # what users will read because of it

    @property
    def id(self) -> str:
        """The id of its control."""
        return f"f-{self.name}"

    @property
    def first_id(self) -> str:
        """Where a link to its error leads: the control, or the first of several."""
        return f"{self.id}-0" if self.kind == "several" and self.choices else self.id


def typed(group: Group, post: QueryDict) -> dict[str, Any]:
    """The JSON values of a page's settings as they were typed, after the button that was pressed."""
    found = {name: _read(shape_of(declared(Rules)[name].metadata["reads"]), name, post) for name in group.settings}
    for act in ("add", "remove", "up", "down"):
        if pressed := post.get(act):
            _press(act, pressed, found)
    return found


def nodes(group: Group, values: Mapping[str, Any], problems: Mapping[str, str]) -> list[Node]:
    """The controls of a page, with the sentence of each fault where it stands."""
    made = []
    for name in group.settings:
        one = declared(Rules)[name]
        made.append(_node(name, one.metadata["label"], one.metadata.get("hint", ""), shape_of(one.metadata["reads"]),
                          values.get(name), values))  # fmt: skip
    for path, sentence in problems.items():
        _place(path.replace(".", "-"), sentence, made)
    return made


def summary(made: list[Node], problems: Mapping[str, str]) -> list[tuple[str, str]]:
    """(sentence, id of the control) of every fault; one that belongs to another page has no control."""
    ids = {error: node.first_id for node in _all(made) for error in node.errors}
    ids |= {error: f"f-{row.name}" for node in _all(made) for row in node.rows for error in row.errors}
    return [(sentence, ids.get(sentence, "")) for sentence in problems.values()]


def _read(shape: Shape, name: str, post: QueryDict) -> Any:
    if shape.kind == "list" and shape.item is not None:
        if shape.item.kind == "record":
            count = min(whole(post.get(f"{name}-n")) or 0, shape.most)
            return [_read(shape.item, f"{name}-{at}", post) for at in range(count)]
        if shape.item.kind == "choice" or shape.item.table:
            return post.getlist(name)
        lines = [line.strip() for line in _text(post, name).splitlines() if line.strip()]
        return [_plain(shape.item, line) for line in lines]
    if shape.kind == "record" and shape.record is not None:
        return {key: _read(shape_of(one.metadata["reads"]), f"{name}-{key}", post)
                for key, one in declared(shape.record).items()}  # fmt: skip
    if shape.kind == "optional" and shape.item is not None:
        return _read(shape.item, name, post) if _text(post, name) else None
    if shape.kind == "yes_no":
        return name in post
    return _plain(shape, _text(post, name))


def _plain(shape: Shape, text: str) -> Any:
    """What was typed as JSON; as it is where it cannot be read, for the reader to say so."""
    if shape.kind == "number" and re.fullmatch(r"-?[0-9]{1,9}", text):
        return int(text)
    if shape.kind == "decimal" and (found := plain_number(text)) is not None:
        return format(found, "f")
    return text


def _text(post: QueryDict, name: str) -> str:
    return post.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _press(act: str, place: str, values: dict[str, Any]) -> None:
    """Add a row to a table, or remove or move one; what names no table or row does nothing."""
    name, _dash, at_text = place.rpartition("-") if act != "add" else (place, "", "")
    shape, rows = _table(name, values)
    at = whole(at_text)
    if shape.item is None or shape.item.record is None or not isinstance(rows, list):
        return
    if act == "add":
        if len(rows) < shape.most:
            rows.append(
                {one.name: "" if one.default is MISSING else written(one.default)
                 for one in declared(shape.item.record).values()}
            )  # fmt: skip
        return
    if at is None or at >= len(rows):
        return
    row = rows.pop(at)
    if act != "remove":
        rows.insert(max(0, at - 1) if act == "up" else at + 1, row)


def _table(name: str, values: dict[str, Any]) -> tuple[Shape, Any]:
    """The shape and the rows of a table, which is a setting or stands in one; of what names none no rows."""
    outer, _dash, inner = name.partition("-")
    shape, found = (
        shape_of(declared(Rules)[outer].metadata["reads"]) if outer in values else Shape("text"),
        values.get(outer),
    )
    if not inner:
        return shape, found
    if shape.record is None or inner not in declared(shape.record) or not isinstance(found, dict):
        return Shape("text"), None
    return shape_of(declared(shape.record)[inner].metadata["reads"]), found.get(inner)


def _node(name: str, label: object, hint: object, shape: Shape, value: Any, among: Mapping[str, Any]) -> Node:
    made = Node(name, "text", str(label), str(hint or ""))
    if shape.kind == "optional" and shape.item is not None:
        inner = _node(name, label, hint, shape.item, "" if value is None else value, among)
        if inner.kind == "choice":
            inner.choices.insert(0, ("", "", value is None))
        return inner
    if shape.kind == "list" and shape.item is not None:
        items = value if isinstance(value, list) else []
        if shape.item.kind == "record" and shape.item.record is not None:
            made.kind, made.rows = (
                "table",
                [_row(name, at, shape.item.record, item, len(items), among) for at, item in enumerate(items)],
            )
        elif shape.item.kind == "choice":
            made.kind, made.choices = "several", [(one, word(one), one in items) for one in shape.item.choices]
        elif shape.item.table:
            every = dict.fromkeys([*items, *offered(shape.item, among)])  # what is chosen keeps its order
            made.kind, made.choices = "several", [(one, said(shape.item, one, among), one in items) for one in every]
        else:
            made.kind, made.value = "lines", "\n".join(str(item) for item in items)
        return made
    if shape.kind == "record" and shape.record is not None:
        made.kind, made.rows = (
            "record",
            [_row(name, None, shape.record, value if isinstance(value, dict) else {}, 1, among)],
        )
        return made
    if shape.kind == "choice":
        made.kind, made.choices = "choice", [(one, word(one), one == value) for one in shape.choices]
    elif shape.table or shape.kind == "country":
        known = offered(shape, among) if shape.table else {"": _("No public holidays"), **countries()}
        made.kind, made.choices = "choice", [(code, title, code == value) for code, title in known.items()]
        if value not in known:
            made.choices.insert(0, (value or "", value or _("Choose"), True))
    elif shape.kind == "zone":
        made.kind, made.value, made.choices = "zone", str(value or ""), [(one, one, False) for one in zones()]
    elif shape.kind == "yes_no":
        made.kind, made.checked = "yes_no", value is True
    else:
        made.kind = {"number": "number", "decimal": "number", "hour": "hour", "day": "day"}.get(shape.kind, "text")
        if shape.kind == "text" and shape.most > LONG_TEXT:
            made.kind = "long"
        made.value = "" if value is None else str(value)
        if shape.kind == "decimal":
            made.value = as_typed(made.value)
    return made


@cache
def zones() -> tuple[str, ...]:
    """The time zones that are offered: those named after a place; any other name may be typed."""
    return tuple(sorted(one for one in available_timezones() if one.partition("/")[0] in AREAS and "/" in one))


def _row(name: str, at: int | None, cls: type, value: Mapping[str, Any], count: int, among: Mapping[str, Any]) -> Row:
    here = name if at is None else f"{name}-{at}"
    inner = [
        _node(f"{here}-{key}", one.metadata["label"], one.metadata.get("hint", ""), shape_of(one.metadata["reads"]),
              value.get(key, None if one.default is MISSING else written(one.default)), among)
        for key, one in declared(cls).items()
    ]  # fmt: skip
    filled = any(value.get(key) for key, one in declared(cls).items() if one.default is MISSING)
    number = (at or 0) + 1
    return Row(
        here,
        title_of(cls, value, among) if filled else "",
        inner,
        number=number,
        is_first=number == 1,
        is_last=number == count,
    )


def _place(path: str, sentence: str, made: list[Node]) -> None:
    """Put a fault at the deepest control or row whose place its path begins with."""
    best: Node | Row | None = None
    for node in _all(made):
        places: list[Node | Row] = [node, *node.rows]
        for one in places:
            if (path == one.name or path.startswith(one.name + "-")) and (
                best is None or len(one.name) >= len(best.name)
            ):
                best = one
    if best is not None:
        best.errors.append(sentence)


def _all(made: list[Node]) -> list[Node]:
    return [one for node in made for one in (node, *_all([inner for row in node.rows for inner in row.nodes]))]


def as_typed(text: str) -> str:
    """A stored number as it is read back: in groups of three, and never as one that means thousands."""
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", text):
        return text
    shown = number(text)
    return shown if plain_number(shown) == Decimal(text) else f"{shown}0"


def facts(group: Group, values: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    """(name, label, values in words) of every setting of a page, for reading; of a table nothing: its sentences say all."""
    found = []
    for name in group.settings:
        one = declared(Rules)[name]
        shape = shape_of(one.metadata["reads"])
        if shape.record is not None:
            told = points(shape.record, values.get(name) or {}, values)
        else:
            is_table = shape.kind == "list" and shape.item is not None and shape.item.kind == "record"
            told = [] if is_table else [said(shape, values.get(name), values)]
        found.append((name, str(one.metadata["label"]), told))
    return found
