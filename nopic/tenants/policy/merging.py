"""A planned change laid on ground that changed meanwhile: what it changed, and nothing else."""

from collections.abc import Mapping
from typing import Any, Final

ROW_KEYS: Final = ("key", "id", "code", "mode", "turnaround", "day", "letter", "language")  # what tells rows apart


def laid_on(ground: Any, *, before: Any, wanted: Any) -> Any:
    """The JSON value of a setting that was changed from `before` to `wanted`, on `ground` instead of `before`.

    Fields of an object, and rows that have a key, are laid one by one; any other value is the wanted one if it was changed.
    """
    if wanted == before:
        return ground
    if all(isinstance(each, dict) for each in (ground, before, wanted)):
        return _fields(ground, before, wanted)
    rows = [_by_key(each) for each in (ground, before, wanted)]
    if all(each is not None for each in rows):
        return list(_fields(*rows).values())  # type: ignore[arg-type]
    return wanted


def as_typed(path: str, *, laid: Mapping[str, Any], typed: Mapping[str, Any]) -> str:
    """The path of a fault in laid values as it stands in what was typed: a row may have another number there, or be in none."""
    name, _dot, rest = path.partition(".")
    number, dot, inner = rest.partition(".")
    here, there = _by_key(laid.get(name)), _by_key(typed.get(name))
    if here is None or there is None or not number.isdecimal():
        return path
    key, keys = list(here)[int(number)], list(there)
    return f"{name}.{keys.index(key)}{dot}{inner}" if key in keys else name


def touched(before: Any, after: Any, place: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    """The places, field by field and row by row, in which a setting was changed; for another order the list's own."""
    if before == after:
        return set()
    both = isinstance(before, dict) and isinstance(after, dict)
    was, now = (before, after) if both else (_by_key(before), _by_key(after))
    if was is None or now is None:
        return {place}
    found = [touched(was.get(name), now.get(name), (*place, name)) for name in {**was, **now}]
    return set().union(*found) or {place}


def _fields(ground: Mapping[Any, Any], before: Mapping[Any, Any], wanted: Mapping[Any, Any]) -> dict[Any, Any]:
    kept = {
        name: laid_on(ground.get(name, value), before=before.get(name), wanted=value)
        for name, value in wanted.items()
        if name in ground or name not in before  # what was removed meanwhile and not touched stays removed
        or before[name] != value
    }  # fmt: skip
    return {**kept, **{name: value for name, value in ground.items() if name not in wanted and name not in before}}


def _by_key(rows: Any) -> dict[tuple[Any, ...], Any] | None:
    """Rows by what tells them apart; None when this is no list of such rows."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    named = {tuple(row[name] for name in ROW_KEYS if name in row): row for row in rows}
    return named if len(named) == len(rows) and () not in named else None
