"""A long list a part at a time, newest first: every row can be reached, and no page grows with the years."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from nopic.presentation.typed import whole

if TYPE_CHECKING:
    from django.db.models import QuerySet

RowT = TypeVar("RowT")
SIZE = 50


@dataclass(frozen=True)
class Part(Generic[RowT]):
    """Some rows, and where the rows before and after them begin; None where there are none."""

    rows: list[RowT]
    newer: int | None
    older: int | None


def part(found: "Sequence[RowT] | QuerySet[Any]", asked: object = "") -> Part[RowT]:
    """The part that begins at the row `asked` for in the address; anything that is no number is the first."""
    start = whole(asked) or 0
    rows = list(found[start : start + SIZE + 1])
    newer = max(start - SIZE, 0) if start else None
    return Part(rows[:SIZE], newer, start + SIZE if len(rows) > SIZE else None)
