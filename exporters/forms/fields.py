"""One field of a step as its page prints it: what was typed, what is wrong with it, and the box it fills."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nopic.requests.steps import Problem


@dataclass(frozen=True, slots=True)
class Field:
    """`kind`: text, date, email, area, select, radio, numeric. Options are (value, words) pairs."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    box: int | None = None
    hint: str = ""
    unit: str = ""
    beside: "Field | None" = None  # the choice of its unit, in the same frame
    apart: bool = False  # its sentences need the width of the row: the page prints them below
    width: str = "n12"
    options: Sequence[tuple[str, str]] = ()
    needed: bool = True
    listed: str = ""  # id of a datalist
    small: Mapping[str, str] = field(default_factory=dict)  # small print of options, by value
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def printed(self) -> list[tuple[str, str, str]]:
        """Options as (value, words, small print)."""
        return [(value, words, self.small.get(value, "")) for value, words in self.options]

    @property
    def id(self) -> str:
        """Its id on the page, which links of the error summary name."""
        return f"{self.name}-0-choice" if self.kind == "radio" else self.name

    @property
    def described_by(self) -> str:
        """Ids of the texts that belong to it."""
        parts = [("hint", self.hint), ("error", self.errors), ("note", self.notes)]
        return " ".join(f"{self.name}-{part}" for part, there in parts if there)


class Writer:
    """Makes the fields of a step from its text and the problems of its reading."""

    def __init__(self, raw: Mapping[str, Any], problems: Iterable[Problem]) -> None:
        self.raw = raw
        self.said: dict[str, list[Problem]] = {}
        for problem in problems:
            self.said.setdefault(problem.field, []).append(problem)

    def field(
        self, name: str, label: str, *, of: Mapping[str, Any] | None = None, key: str = "", **facts: Any
    ) -> Field:
        """The field `name`; its text is `of[key]`, by default the step's own entry of that name."""
        source = self.raw if of is None else of
        value = source.get(key or name, "")
        said = self.said.get(name, [])
        return Field(
            name=name,
            label=str(label),
            value=value if isinstance(value, str) else "",
            errors=tuple(one.sentence for one in said if not one.hint),
            notes=tuple(one.sentence for one in said if one.hint),
            **facts,
        )


def summary(problems: Iterable[Problem], radios: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Sentences and ids for the error summary; hints are said at their fields only."""
    first = {name: f"{name}-0-choice" for name in radios}
    return [(one.sentence, first.get(one.field, one.field)) for one in problems if not one.hint]
