"""Bars, rulers and the ageing chart say in words what they draw, and add up."""

from datetime import date, timedelta
from decimal import Decimal

from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from nopic.presentation import bars, rulers

WEIGHTS = st.decimals(min_value=0, max_value=10**7, places=3)


def drawn(source: str, **context: object) -> str:
    return Template("{% load paper %}" + source).render(Context(context))


def test_what_exceeds_the_verified_quantity_is_cut_off_this_request_and_shown_as_over() -> None:
    picture = bars.bar(used=Decimal(50_500), held=Decimal(24_000), this=Decimal(24_000), of=Decimal(96_000))
    assert [(s.kind, s.figure) for s in picture.segments] == [
        ("used", "50,500"), ("held", "24,000"), ("this", "21,500"), ("over", "2,500"),
    ]  # fmt: skip
    assert picture.sentence == (
        "50,500 kg certified, 24,000 kg other open requests, 21,500 kg this request, 2,500 kg over of 96,000 kg"
    )


def test_a_product_without_a_cap_has_nothing_left_and_nothing_over() -> None:
    picture = bars.bar(used=Decimal(100), this=Decimal(50))
    assert [s.kind for s in picture.segments] == ["used", "this"]
    assert picture.sentence == "100 kg certified, 50 kg this request"


@given(WEIGHTS, WEIGHTS, WEIGHTS, WEIGHTS)
def test_a_bar_loses_no_kilogram_and_fills_its_width(used: Decimal, held: Decimal, this: Decimal, of: Decimal) -> None:
    picture = bars.bar(used=used, held=held, this=this, of=of)
    total = {s.kind: s.weight for s in picture.segments}
    drawn_in = sum((w for kind, w in total.items() if kind != "left"), Decimal(0))
    assert drawn_in == used + held + this
    assert total.get("over", 0) == max(used + held + this - of, 0)
    assert total.get("left", 0) == max(of - used - held - this, 0)
    if picture.segments:
        assert picture.segments[-1].end == "100.00"


def test_a_bar_is_svg_without_any_style() -> None:
    html = drawn("{% bar used=a of=b thin=True %}", a=Decimal(30), b=Decimal(120))
    assert '<rect class="used" x="0.00%" width="25.00%" height="100%"/>' in html
    assert 'role="img" aria-label="30 kg certified, 90 kg left of 120 kg"' in html
    assert "style" not in html


def days(first: date, count: int) -> list[dict[str, object]]:
    made = [
        {"date": first + timedelta(n), "counts": (first + timedelta(n)).weekday() < 5, "role": ""} for n in range(count)
    ]
    made[1]["role"], made[-1]["role"] = "by", "go"
    return made


def test_the_ruler_reads_as_a_list_of_days() -> None:
    cells, label = rulers.ruler(days(date(2026, 12, 3), 9))
    assert [(c.letters, c.number, c.mark) for c in cells][:4] == [
        ("Th", "3", ""),
        ("Fr", "4", "by"),
        ("Sa", "5", "off"),
        ("Su", "6", "off"),
    ]
    assert cells[-1].note == "leaves"
    assert cells[2].spoken == "does not count"
    assert label == "Calendar from Thursday 3 December to Friday 11 December"


def test_a_long_ruler_folds_its_middle_and_says_how_much() -> None:
    cells, _ = rulers.ruler(days(date(2026, 12, 3), 30))
    assert len(cells) == rulers.CELLS
    assert [c.spoken for c in cells if c.mark == "cut"] == ["21 more days"]
    assert (cells[1].note, cells[-1].note) == ("send by", "leaves")


def test_the_tallest_column_of_the_ageing_chart_fits_and_the_others_keep_their_share() -> None:
    columns = rulers.ageing([{"label": "1 day", "mine": 90, "theirs": 10, "late": True}, {"label": "2", "mine": 50}])
    assert [c.height for c in columns] == [88, 44]
    assert [c.total for c in columns] == [100, 50]
    assert rulers.ageing([{"label": "1 day", "mine": 0}])[0].height == 0


def test_the_chart_says_how_many_are_with_the_exporter() -> None:
    assert ", 3 with the exporter" in drawn("{% ageing c %}", c=[{"label": "2", "mine": 1, "theirs": 3}])
