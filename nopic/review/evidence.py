"""What a decision rested on, kept so that it can be judged again: the facts as they were, and what was found in them.

Facts are live rows that go on changing: a balance is drawn on, an importer's certification ends. So each decision keeps
a copy of what the rules looked at. `rerun` lays the policy that the request was sent under on that copy and compares:
the same findings, or the difference. Nobody's password or key is ever copied: of a person the number and the name.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import override

from nopic.requests.beside import Beside
from nopic.requests.checks import Finding, LetPass, Waived, weigh
from nopic.requests.facts import Facts
from nopic.requests.models import RequestLine
from nopic.review.models import Decision
from nopic.review.queries import Case
from nopic.tenants.models import Policy, User
from nopic.tenants.policy import Rules
from nopic.workflow.audit import Actor

_OF_THE_RULES = frozenset({"rules", "office", "today"})  # never copied: they follow from the pinned version


@dataclass(frozen=True)
class Rerun:
    """A past decision judged again: findings that were there then and are not now, and the other way round."""

    decision: Decision
    gone: list[str]
    new: list[str]

    @property
    def is_same(self) -> bool:
        """Whether the same was found."""
        return not self.gone and not self.new


def keep(case: Case, line: RequestLine, outcome: str, *, by: Actor) -> Decision:
    """Write down what a decision on a line rests on, in the transaction of the decision. The row is append-only."""
    waivers = [[each.rule, each.line_id, str(each.by), each.reason, each.seen] for each in case.waivers]
    with override("en"):
        found = _of_line(weigh(case.facts, moment="approval", waived=_let_pass(waivers)), line.pk)
    return Decision.objects.create(
        certifier_id=line.certifier_id, request_id=line.request_id, line=line, policy_id=case.request.policy_id,
        turn=case.request.turn, outcome=outcome, by=str(by), at=case.facts.now, waivers=waivers, findings=found,
        facts=_Packer().pack(case.facts),
    )  # fmt: skip


def rerun(decision: Decision) -> Rerun:
    """Judge the kept facts again under the pinned policy. Reads two rows, writes nothing."""
    policy = Policy.objects.get(certifier_id=decision.certifier_id, pk=decision.policy_id)
    facts = unpacked(decision.facts, policy.rules)
    with override("en"):
        found = _of_line(weigh(facts, moment="approval", waived=_let_pass(decision.waivers)), decision.line_id)
    then, today = {_key(each): each for each in decision.findings}, {_key(each): each for each in found}
    return Rerun(
        decision,
        gone=[then[key]["sentence"] for key in then if key not in today],
        new=[today[key]["sentence"] for key in today if key not in then],
    )


def _let_pass(waivers: list[list[Any]]) -> Waived:
    """As the rules read them; decisions from before the facts were kept with them have four columns."""
    return {(rule, line_id): LetPass(who, why, seen[0] if seen else None) for rule, line_id, who, why, *seen in waivers}


def _of_line(found: list[Finding], line_id: int) -> list[dict[str, Any]]:
    kept = [
        {
            "rule": each.rule, "line_id": each.line_id, "severity": each.severity, "inputs": each.inputs,
            "waived_by": each.waived_by, "sentence": each.staff_sentence,
        }
        for each in found
        if each.line_id in (None, line_id)
    ]  # fmt: skip
    plain: list[dict[str, Any]] = json.loads(json.dumps(kept, default=str))
    return plain


def _key(found: dict[str, Any]) -> str:
    return json.dumps({name: value for name, value in found.items() if name != "sentence"}, sort_keys=True)


class _Packer:
    """Turns facts into JSON; an object that stands in several places is written once and referred to."""

    def __init__(self) -> None:
        self.known: dict[int, int] = {}
        self.kept: list[object] = []  # or an id could be used again

    def pack(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str | Promise):
            return str(value)
        if isinstance(value, Decimal):
            return {"~": "decimal", "v": format(value, "f")}
        if isinstance(value, UUID):
            return {"~": "uuid", "v": str(value)}
        for kind, name in ((datetime, "datetime"), (date, "date"), (time, "time")):
            if isinstance(value, kind):
                return {"~": name, "v": value.isoformat()}
        for sequence, name in ((list, "list"), (tuple, "tuple"), (frozenset, "frozenset"), (set, "set")):
            if isinstance(value, sequence):
                return {"~": name, "v": [self.pack(item) for item in value]}
        if isinstance(value, dict):
            return {"~": "dict", "v": [[self.pack(key), self.pack(item)] for key, item in value.items()]}
        if id(value) in self.known:
            return {"~": "ref", "v": self.known[id(value)]}
        self.known[id(value)] = number = len(self.known)
        self.kept.append(value)
        if isinstance(value, Model):
            return {"~": "model", "n": number, **self._model(value)}
        if is_dataclass(value):
            return {"~": "record", "n": number, **self._record(value)}
        raise TypeError(f"{type(value).__name__} cannot be kept as evidence")

    def _model(self, row: Model) -> dict[str, Any]:
        names = ("id", "name") if isinstance(row, User) else tuple(field.attname for field in row._meta.concrete_fields)
        related = {} if isinstance(row, User) else row._state.fields_cache
        return {
            "of": row._meta.label,
            "v": {name: self.pack(row.__dict__[name]) for name in names if name in row.__dict__},
            "r": {name: self.pack(one) for name, one in related.items() if not isinstance(one, Policy)},
        }

    def _record(self, record: Any) -> dict[str, Any]:
        cls = type(record)
        names = {one.name for one in fields(record)}
        values = {name: getattr(record, name) for name in names - _OF_THE_RULES}
        # What the rules asked for and the record remembers, such as the document list.
        asked = {name: value for name, value in getattr(record, "__dict__", {}).items()
                 if name not in names | _OF_THE_RULES}  # fmt: skip
        return {
            "of": f"{cls.__module__}:{cls.__qualname__}",
            "v": {name: self.pack(value) for name, value in values.items()},
            "c": {name: self.pack(value) for name, value in asked.items()},
        }


def unpacked(packed: Any, rules: Rules) -> Facts:
    """The facts of a decision with the rules of its policy."""
    facts: Facts = _Unpacker(packed, rules).unpack(packed)
    return facts


_PLAIN: Final[dict[str, Callable[[str], Any]]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "uuid": UUID,
}
_MANY: Final[dict[str, Callable[[Iterable[Any]], Any]]] = {
    "list": list,
    "tuple": tuple,
    "frozenset": frozenset,
    "set": set,
}


class _Unpacker:
    """Makes facts of JSON. The database keeps the names of an object in an order of its own, so a reference may come
    before what it refers to: that is made first, from where it stands.
    """

    def __init__(self, packed: Any, rules: Rules) -> None:
        self.rules = rules
        self.known: dict[int, Any] = {}
        self.places: dict[int, dict[str, Any]] = {}
        self._find(packed)

    def _find(self, value: Any) -> None:
        if isinstance(value, dict):
            if "~" in value and "n" in value:
                self.places[value["n"]] = value
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                self._find(item)

    def unpack(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        kind, inner = value["~"], value["v"]
        if kind in _PLAIN:
            return _PLAIN[kind](inner)
        if kind in _MANY:
            return _MANY[kind](self.unpack(item) for item in inner)
        if kind == "dict":
            return {self.unpack(key): self.unpack(item) for key, item in inner}
        number = inner if kind == "ref" else value["n"]
        if number not in self.known:
            place = self.places[number]
            (self._model if place["~"] == "model" else self._record)(place)
        return self.known[number]

    def _model(self, place: dict[str, Any]) -> None:
        made = apps.get_model(place["of"])(**{name: self.unpack(item) for name, item in place["v"].items()})
        made._state.adding = False
        self.known[place["n"]] = made
        for name, one in place["r"].items():
            made._state.fields_cache[name] = self.unpack(one)

    def _record(self, place: dict[str, Any]) -> None:
        module, _colon, name = place["of"].partition(":")
        if not module.startswith("nopic."):
            raise ValueError(f"{module} keeps no evidence")
        cls = getattr(import_module(module), name)
        made = cls.__new__(cls)
        self.known[place["n"]] = made
        if cls is Facts:
            object.__setattr__(made, "rules", self.rules)
            object.__setattr__(made, "beside", Beside([], []))  # what nobody looked at then is not looked at now
        for name, item in [*place["v"].items(), *place["c"].items()]:
            object.__setattr__(made, name, self.unpack(item))
