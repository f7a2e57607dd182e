"""The working-day ruler and the queue's ageing chart, as rows ready to print.

A ruler shows at most ten cells; of a longer stretch the middle is folded into one cell that says how many days it stands
for, because the two ends (send by, leaves) are what the reader needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext

from nopic.presentation.words import spoken_day, weekday_letters

CELLS = 10
COLUMN_HEIGHT = 88  # pixels of the tallest column of the ageing chart


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the ruler: two letters, the number, the class that colours it, the words under it, what is read out."""

    letters: str
    number: str
    mark: str
    note: str
    spoken: str


def ruler(days: Sequence[Mapping[str, Any]]) -> tuple[list[Cell], str]:
    """Cells and the label of the picture, from day dicts in order.

    Each dict: `date`; `counts` (False: weekend, holiday or closed day); `role`: "by" (send by), "go" (leaves), "safe"
    (before the last day) or ""; `why` (optional: the holiday's name).
    """
    if not days:
        return [], ""
    cells = [_cell(each) for each in days]
    if len(cells) > CELLS:
        head, tail = CELLS // 2, CELLS - CELLS // 2 - 1
        hidden = len(cells) - head - tail
        said = ngettext("%(n)s more day", "%(n)s more days", hidden) % {"n": hidden}
        cells = [*cells[:head], Cell("", "…", "cut", "", said), *cells[-tail:]]
    label = gettext("Calendar from %(first)s to %(last)s") % {
        "first": spoken_day(days[0]["date"]),
        "last": spoken_day(days[-1]["date"]),
    }
    return cells, label


def _cell(each: Mapping[str, Any]) -> Cell:
    when: date = each["date"]
    role = each.get("role") or ""
    if not each.get("counts", True) and role not in ("by", "go"):
        mark = "off"
        spoken = each.get("why") or gettext("does not count")
    else:
        mark, spoken = role, ""
    note = {"by": gettext("send by"), "go": gettext("leaves")}.get(role, "")
    return Cell(weekday_letters(when), str(when.day), mark, note, spoken)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the ageing chart: label, number on top, heights in pixels from the ground up."""

    label: str
    total: int
    mine: int
    theirs: int
    late: bool
    url: str
    mine_height: int
    theirs_height: int

    @property
    def height(self) -> int:
        """Of the whole column; the number stands on it, the hatched part on the solid one."""
        return self.mine_height + self.theirs_height


def ageing(columns: Iterable[Mapping[str, Any]]) -> list[Column]:
    """Columns scaled to the tallest one.

    Each dict: `label`; `mine` (to review, solid); `theirs` (with the exporter, hatched; default 0); `late` (red);
    `url` (optional, the filtered list behind the column).
    """
    rows = [dict(each) for each in columns]
    tallest = max((row["mine"] + row.get("theirs", 0) for row in rows), default=0) or 1
    step = min(14.0, COLUMN_HEIGHT / tallest)
    return [
        Column(
            label=row["label"],
            total=row["mine"] + row.get("theirs", 0),
            mine=row["mine"],
            theirs=row.get("theirs", 0),
            late=bool(row.get("late")),
            url=row.get("url", ""),
            mine_height=round(row["mine"] * step),
            theirs_height=round(row.get("theirs", 0) * step),
        )
        for row in rows
    ]
