"""Figures 4, 5 and 7: pages with a thousand and with a million requests, first and deepest, and their statements."""

import re
from collections.abc import Mapping

from django.urls import NoReverseMatch, reverse

from nopic.demo.bench import clockwork, pages, rows
from nopic.demo.bench.parties import Office
from nopic.demo.bench.side import Side
from nopic.demo.bench.table import Figure, of_ratio

MOST_STATEMENTS = 10
STAFF_LISTS = ("queue", "certificates", "operations", "attention")
EXPORTER_LISTS = ("requests", "my_certificates", "verified_list")
DEEPEST = 55  # certificates that are older than the deepest page's key


def address(name: str, office: Office) -> str:
    """Where a list of the office is; nothing when the portal has no such page."""
    try:
        return reverse(name, args=[office.certifier.slug])
    except NoReverseMatch:
        return ""


def growth(small: str, large: str, office: Office, *, rounds: int, times: int) -> list[Figure]:
    """Figure 4: the first page of the queue, as a reviewer sees it, on both databases."""
    at, who = address("queue", office), office.reviewer.pk
    with Side(small) as few, Side(large) as many:
        for side in (few, many):
            side.ask(pages.sign_in, who)
            side.ask(pages.get, who, at, times=5)
        first = few.ask(pages.shown, who, at).answer
        same = first == many.ask(pages.shown, who, at).answer
        spent = clockwork.in_turns(
            {
                "few": lambda: few.ask(pages.get, who, at, times=times),
                "many": lambda: many.ask(pages.get, who, at, times=times),
            },
            rounds,
        )
    bytes_ = [spent[name][0].answer[1] for name in ("few", "many")]
    own = clockwork.ratio([each.own for each in spent["many"]], [each.own for each in spent["few"]])
    both = clockwork.ratio([each.both for each in spent["many"]], [each.both for each in spent["few"]])
    rows_said = f"{'the same' if same else 'OTHER'} {len(first)} rows, {bytes_[1]} and {bytes_[0]} bytes"
    return [
        _with(of_ratio("4a", "queue page, CPU with many requests ÷ with few", 1.15, own), rows_said),
        _with(of_ratio("4b", "the same with PostgreSQL's CPU", 1.15, both), ""),
    ]


def depth(large: str, office: Office, *, rounds: int, times: int) -> list[Figure]:
    """Figure 5: the oldest fifty certificates beside the newest fifty."""
    at, who = address("certificates", office), office.reviewer.pk
    what = "certificate list, CPU of the deepest ÷ of the first page"
    if not at:
        return [Figure("5", what, 1.3, None, "the portal has no such page")]
    with Side(large) as side:
        side.ask(pages.sign_in, who)
        link, oldest = (
            side.ask(pages.next_link, who, at).answer,
            side.ask(rows.oldest_certificate, office.certifier.pk, DEEPEST),
        )
        deep = re.sub(r"=\d+$", f"={oldest.answer}", link)
        ways: Mapping[str, str] = {"first": at, "deepest": deep}
        found = {name: len(side.ask(pages.shown, who, there).answer) for name, there in ways.items()}
        for there in ways.values():
            side.ask(pages.get, who, there, times=5)
        spent = clockwork.in_turns(
            {name: (lambda there=there: side.ask(pages.get, who, there, times=times)) for name, there in ways.items()},
            rounds,
        )
    measured = clockwork.ratio([each.both for each in spent["deepest"]], [each.both for each in spent["first"]])
    return [
        _with(
            of_ratio("5", what, 1.3, measured),
            f"{found['deepest']} and {found['first']} rows, PostgreSQL's CPU included",
        )
    ]


def statements(database: str, offices: Mapping[int, Office]) -> list[Figure]:
    """Figure 7: how many statements each list needs for an office with so many rows.

    What opens a door (`set_config`, a transaction's own setting) is said beside the figure and not counted in it, as
    BEGIN and COMMIT are not.
    """
    figures = []
    with Side(database) as side:
        for office in offices.values():
            for person in (office.reviewer, office.sender):
                side.ask(pages.sign_in, person.pk)
        for names, role in ((STAFF_LISTS, "reviewer"), (EXPORTER_LISTS, "sender")):
            for name in names:
                counts, doors = {}, 0
                for size, office in offices.items():
                    if at := address(name, office):
                        who = getattr(office, role).pk
                        side.ask(pages.get, who, at)  # the first page of a session writes its CSRF secret
                        asked = side.ask(pages.statements, who, at).answer
                        doors = sum("set_config" in one for one in asked)
                        counts[size] = len(asked) - doors
                if counts:
                    figures.append(_counted(name, counts, doors))
    return figures


def _counted(name: str, counts: Mapping[int, int], doors: int) -> Figure:
    said = ", ".join(f"{count} with {size}" for size, count in counts.items())
    same = "" if len(set(counts.values())) == 1 else ": it GROWS"
    goal = MOST_STATEMENTS if not same else min(counts.values())
    return Figure(
        "7",
        f"SQL statements of the list “{name}”",
        goal,
        max(counts.values()),
        f"{said} rows{same}; {doors} more open doors",
        decimals=0,
    )


def _with(figure: Figure, how: str) -> Figure:
    return Figure(figure.number, figure.what, figure.goal, figure.figure, "; ".join(filter(None, (figure.how, how))))
