"""JSON into frozen dataclasses, strictly: what is not declared is refused, by the name of its place (`lots[0].kg`).

A declaration is the type hint of a field: a dataclass, a tuple of one kind, `Literal` words, a union with None, or
`Annotated[str, rule]` where the rule is a pattern that must match whole or a function that raises ValueError.
"""

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

NOT_READ = {"frozen"}  # fields that are computed


class UnknownFact(ValueError):
    """The data does not have the shape of a certificate; the message names the place, `lots[0].kg`."""


@cache
def _shape(kind: type) -> tuple[dict[str, Any], frozenset[str]]:
    """The types of a dataclass's keys, and those that must be there."""
    hints = get_type_hints(kind, include_extras=True)
    keys = {field.name: hints[field.name] for field in fields(kind) if field.name not in NOT_READ}
    required = frozenset(f.name for f in fields(kind) if f.name in keys and not _has_default(f))
    return keys, required


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def arguments(kind: type, value: Any, where: str = "") -> dict[str, Any]:
    """The arguments of dataclass `kind` from the JSON object `value`, found at `where`."""
    keys, required = _shape(kind)
    if not isinstance(value, Mapping):
        raise UnknownFact(f"{where or 'the certificate'} is not an object")
    at = f"{where}." if where else ""
    if unknown := sorted(set(value) - set(keys)):
        raise UnknownFact(f"{at}{unknown[0]} is not a fact that a certificate carries")
    if missing := sorted(required - set(value)):
        raise UnknownFact(f"{at}{missing[0]} is missing")
    return {key: _read(keys[key], inner, f"{at}{key}") for key, inner in value.items()}


def _read(kind: Any, value: Any, where: str) -> Any:
    """`value` as `kind`: a dataclass, a tuple of kinds, a union with None, one of several words, a checked string."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        if value is None and NoneType in get_args(kind):
            return None
        kinds = [option for option in get_args(kind) if option is not NoneType]
        if len(kinds) > 1:
            kind = next((option for option in kinds if type(value) is option), kinds[0])
        else:
            kind = kinds[0]
        return _read(kind, value, where)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise UnknownFact(f"{where} is not a list")
        return tuple(_read(get_args(kind)[0], inner, f"{where}[{at}]") for at, inner in enumerate(value))
    if origin is Literal:
        if value not in get_args(kind):
            raise UnknownFact(f"{where} is not one of {', '.join(get_args(kind))}")
        return value
    if origin is Annotated:
        checked, rule = get_args(kind)
        return _checked(checked, rule, value, where)
    if is_dataclass(kind) and isinstance(kind, type):
        return kind(**arguments(kind, value, where))
    if type(value) is not kind:
        raise UnknownFact(f"{where} is not a {kind.__name__}")
    return value


def _checked(kind: type, rule: Any, value: Any, where: str) -> Any:
    if type(value) is not kind:
        raise UnknownFact(f"{where} is not a {kind.__name__}")
    if isinstance(rule, re.Pattern):
        if not rule.fullmatch(value):
            raise UnknownFact(f"{where} does not have the form {rule.pattern}")
        return value
    try:
        rule(value)
    except ValueError as error:
        raise UnknownFact(f"{where}: {error}") from error
    return value
