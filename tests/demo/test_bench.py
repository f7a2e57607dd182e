"""The bench on tiny sizes: rows and arithmetic are right. No time is asserted anywhere."""

import pytest
from django.db import connection

from nopic.demo.bench import clockwork, isolation, parties, place, rows, table
from nopic.requests.facts import policy_of
from nopic.review import queues
from nopic.tenants.context import tenant


def test_every_round_begins_with_another_way():
    order = []
    ways = {name: lambda name=name: order.append(name) or float(len(order)) for name in "abc"}
    costs = clockwork.in_turns(ways, 3)
    assert "".join(order) == "abcbcacab"
    assert costs["a"] == [1.0, 6.0, 8.0]


def test_a_ratio_is_the_median_of_the_ratios_and_not_the_ratio_of_the_medians():
    measured = clockwork.ratio([1.0, 8.0, 9.0], [2.0, 2.0, 9.0])
    assert (measured.figure, measured.low, measured.high) == (1.0, 0.5, 4.0)
    assert (measured.cost, measured.base) == (8.0, 2.0)


def test_cpu_of_a_process_is_counted_as_it_counts_itself():
    import os

    before_own, before = clockwork.own_cpu(), clockwork.cpu_of(os.getpid())
    sum(n * n for n in range(2_000_000))
    own, seen = clockwork.own_cpu() - before_own, clockwork.cpu_of(os.getpid()) - before
    assert seen == pytest.approx(own, abs=0.05)


def test_what_falls_short_stays_in_the_table_and_says_so():
    shown = "\n".join(
        table.lines(
            [
                table.Figure("1", "reached", 1.15, 1.154, "how"),
                table.Figure("2", "too much", 1.15, 1.16, "how"),
                table.Figure("3", "unknown", 10, None, "why not", decimals=0),
            ]
        )
    )
    assert shown.count("falls short") == 2
    assert "2 fall short: 2 too much, 3 unknown." in shown
    assert "≤ 1.15     1.16  falls short" in shown


def test_a_plan_is_searched_for_tables_read_from_end_to_end():
    inner = {"Node Type": "Seq Scan", "Relation Name": "small"}
    plan = [{"Plan": {"Node Type": "Nested Loop", "Plans": [{"Node Type": "Index Scan"}, {"Plans": [inner]}]}}]
    assert list(isolation.read_whole(plan)) == ["small"]


def test_a_thousand_is_the_beginning_of_a_million(db):
    with connection.cursor() as cursor:
        sizes = {"top": rows.TOP, "first": rows.FIRST_PAGE, "offices": 200}
        few, many = (
            cursor.execute(rows.SPREAD.format(rows=size, **sizes).replace("%%", "%")).fetchall()
            for size in (1000, 3000)
        )
    assert few == many[-1000:]
    assert sum(is_open for *_, is_open, _leaves, _whole in few) == rows.FIRST_PAGE


def test_the_rows_are_found_by_every_hot_query(committed):
    buyers = parties.importers(3)
    office = parties.office(1, 4, buyers)
    for number in (2, 3):
        parties.office(number, 1, buyers)
    parties.specimen(office)
    with place.loading(connection.settings_dict["NAME"]) as owner:
        rows.fill(owner, rows.SPREAD, rows=150, offices=3)
    with tenant(office.certifier):
        selection = queues.Selection(office.certifier.pk, office.reviewer.pk)
        page, _pace = queues.page(selection, policy_of(office.certifier.pk).rules)
    assert page.shown == 50
    asked = isolation.about(office)
    found = {name: work(asked) for name, work in isolation.HOT.items()}
    assert found["verification by number"].number == asked.number
    assert found["search by a rare word"][0].shown == 1
    assert [one.number for one in found["certificates by a word"].certificates] == [asked.number]
    assert len(found["certificate list"].certificates) == 19  # every fifth of those that are not open, and the real one
