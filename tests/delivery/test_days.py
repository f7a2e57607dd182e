"""Days that readers outside the tenant see are those of the place that they are about, not of the server's clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nopic.certificates.models import PublicRecord
from nopic.delivery import queries
from nopic.delivery.presenters import boxes, show
from nopic.tenants.context import organisation
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.factories import World

EVENING = datetime(2026, 11, 28, 22, tzinfo=ZoneInfo("America/New_York"))  # 17 hours in Honolulu, the 29th in London


@pytest.fixture
def ours(world: World) -> Consignment:
    return consignments.make(world.here, world.importer, departure_on=date(2026, 11, 20), arrival_in=8)


def test_what_arrives_today_at_the_port_is_arriving_though_it_is_tomorrow_in_london(
    world: World, ours: Consignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def arriving(at: datetime) -> int:
        monkeypatch.setattr(queries, "now", lambda: at)
        with organisation(importer_id=world.importer.pk, actor=world.importer_user):
            mine = queries.addressed_to(importer_id=world.importer.pk)
            return queries.narrowed(mine, {"arriving": "14"}).count()

    assert arriving(EVENING) == 1
    assert arriving(EVENING + timedelta(days=1)) == 0
    assert arriving(EVENING - timedelta(days=14)) == 1
    assert arriving(EVENING - timedelta(days=15)) == 0  # in London it is within fourteen days already


def record(**facts: object) -> PublicRecord:
    """A record of goods loaded in Callao, or nowhere known, by an office in Lima."""
    ends = datetime(2026, 12, 2, tzinfo=ZoneInfo("America/Lima"))
    return PublicRecord(departure_on=date(2026, 12, 1), departure_ends_at=ends, **facts)


@pytest.mark.parametrize(
    ("place", "country", "day"),
    [("Callao", "Peru", 28), ("Manila", "Philippines", 29), ("Nowhere", "", 28)],
)
def test_the_draw_down_is_told_on_the_day_of_the_place_of_loading(
    monkeypatch: pytest.MonkeyPatch, place: str, country: str, day: int
) -> None:
    monkeypatch.setattr(queries, "now", lambda: EVENING)
    route = {"place_of_loading": place, "country_of_loading": country}
    assert queries.port_day(record(data={"route": route})).day == day


def test_a_cancellation_is_told_on_the_offices_day() -> None:
    shown = show(record(status="cancelled", cancelled_at=EVENING))
    assert shown.cancelled_on.startswith("Sat 28 Nov")


def test_a_single_departure_is_named_once(world: World, ours: Consignment) -> None:
    with organisation(importer_id=world.importer.pk, actor=world.importer_user):
        found = PublicRecord.objects.get(certificate_id=ours.certificate.pk)
        found.data["coverage"]["last_departure"] = found.data["coverage"]["first_departure"] = "2026-11-20"
        valid = next(box for box in boxes(found) if box.number == 17)
    assert valid.value == "Departure Fri 20 Nov 2026"
