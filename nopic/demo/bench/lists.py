"""Figures 4, 5 and 7: pages with a thousand and with a million requests, first and deepest, and their statements."""

import re
from collections.abc import Mapping

from django.urls import NoReverseMatch, reverse

from nopic.demo.bench import clockwork, pages, rows
from nopic.demo.bench.parties import Office
from nopic.demo.bench.side import Side
from nopic.demo.bench.table import Figure, of_ratio

MOST_STATEMENTS = 10
STAFF_LISTS = (
    "queue",
    "certificates",
    "operations",
    "publishing",
    "final_documents",
    "time_frames",
    "inputs",
    "concerns",
)
EXPORTER_LISTS = ("requests", "all_requests", "my_certificates", "verified_list", "suppliers", "fees")
Page = tuple[Side, int, str]  # where it is asked, by whom, its address
DEEPEST = 55  # certificates that are older than the deepest page's key


def address(name: str, office: Office) -> str:
    """Where a list of the office is; nothing when the portal has no such page."""
    try:
        return reverse(name, args=[office.certifier.slug])
    except NoReverseMatch:
        return ""


def growth(small: str, large: str, office: Office, *, rounds: int, times: int) -> list[Figure]:
    """Figure 4: the first page of the queue and the case that leaves next, as a reviewer sees them, on both databases."""
    at, who = address("queue", office), office.reviewer.pk
    with Side(small) as few, Side(large) as many:
        for side in (few, many):
            side.ask(pages.sign_in, who)
        found = [side.ask(pages.shown, who, at).answer for side in (few, many)]
        said = f"{'the same' if found[0] == found[1] else 'OTHER'} {len(found[0])} rows"
        case = found[0][0]
        return [
            *_grown("4a", "queue page, CPU with many requests ÷ with few", (few, who, at), (many, who, at), rounds, times, said),
            *_grown("4b", "case page, CPU with many requests ÷ with few", (few, who, case), (many, who, case), rounds, times),
        ]  # fmt: skip


def dashboard(database: str, offices: Mapping[int, Office], *, rounds: int, times: int) -> list[Figure]:
    """Figure 4 for an exporter's dashboard: with the most requests beside one with fifty, a full page in both."""
    few, many = offices[50], offices[max(offices)]
    with Side(database) as side:
        for office in (few, many):
            side.ask(pages.sign_in, office.sender.pk)
        small, large = ((side, office.sender.pk, address("requests", office)) for office in (few, many))
        what = f"exporter's dashboard, CPU with {max(offices)} open requests ÷ with 50"
        return _grown("4c", what, small, large, rounds, times)


def _grown(number: str, what: str, small: Page, large: Page, rounds: int, times: int, said: str = "") -> list[Figure]:
    """What a page costs beside the same page with less behind it: alone, and with PostgreSQL's CPU."""
    for side, who, at in (small, large):
        side.ask(pages.get, who, at, times=5)
    spent = clockwork.in_turns(
        {
            name: (lambda page=page: page[0].ask(pages.get, *page[1:], times=times))
            for name, page in (("few", small), ("many", large))
        },
        rounds,
    )
    statuses = {spent[name][0].answer[0] for name in spent}
    if statuses != {200}:
        raise RuntimeError(f"{large[2]} answers {statuses}")
    bytes_ = " and ".join(str(spent[name][0].answer[1]) for name in ("many", "few"))
    own = clockwork.ratio([each.own for each in spent["many"]], [each.own for each in spent["few"]])
    both = clockwork.ratio([each.both for each in spent["many"]], [each.both for each in spent["few"]])
    return [
        _with(of_ratio(number, what, 1.15, own), "; ".join(filter(None, (said, f"{bytes_} bytes")))),
        _with(of_ratio(number, "the same with PostgreSQL's CPU", 1.15, both), ""),
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
