"""What is printed: goal and figure side by side, and in words what was compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nopic.demo.bench.clockwork import Ratio


@dataclass(frozen=True)
class Figure:
    """One line of the table. A figure holds when it does not exceed its goal; None: it could not be measured, see `how`."""

    number: str
    what: str
    goal: float
    figure: float | None
    how: str
    decimals: int = 2

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        return self.figure is not None and round(self.figure, self.decimals) <= self.goal


def of_ratio(number: str, what: str, goal: float, measured: Ratio) -> Figure:
    """The line of a ratio: its rounds' range and both costs are said beside it."""
    how = (
        f"{measured.low:.2f} to {measured.high:.2f} over the rounds;"
        f" {_milliseconds(measured.cost)} against {_milliseconds(measured.base)}"
    )
    return Figure(number, what, goal, measured.figure, how)


def lines(figures: Sequence[Figure]) -> list[str]:
    """The whole table as text: number, what, goal, figure, verdict, and how it came about."""
    wide = max((len(each.what) for each in figures), default=4)
    head = f"{'':<4}{'what':<{wide}}  {'goal':>6}  {'figure':>7}  {'':<13}  how"
    shown = [head, "-" * len(head)]
    for each in figures:
        goal = f"≤ {each.goal:.{each.decimals}f}"
        figure = "none" if each.figure is None else f"{each.figure:.{each.decimals}f}"
        verdict = "reached" if each.holds else "falls short"
        shown.append(f"{each.number:<4}{each.what:<{wide}}  {goal:>6}  {figure:>7}  {verdict:<13}  {each.how}")
    return [*shown, "", verdict_of(figures)]


def verdict_of(figures: Iterable[Figure]) -> str:
    """One sentence for the end."""
    short = [each for each in figures if not each.holds]
    if not short:
        return "Every goal is reached."
    return f"{len(short)} fall short: " + ", ".join(f"{each.number} {each.what}" for each in short) + "."


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"
