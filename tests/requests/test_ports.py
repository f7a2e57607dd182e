"""Places are found as people type them, and each has the clock that hangs on its wall."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from nopic.requests import ports
from nopic.tenants.countries import countries, country_code, country_name


@pytest.mark.parametrize(
    ("unlocode", "zone"),
    [
        ("USOAK", "America/Los_Angeles"),  # America/Chicago in the source
        ("USDET", "America/Detroit"),
        ("THBKK", "Asia/Bangkok"),  # Asia/Tehran in the source
        ("BRMAO", "America/Manaus"),  # Europe/Stockholm in the source
        ("MXREX", "America/Matamoros"),  # the border strip keeps US summer time
        ("MXVER", "America/Mexico_City"),  # empty in the source
        ("PECLL", "America/Lima"),
        ("INCOK", "Asia/Kolkata"),
    ],
)
def test_a_place_has_its_own_time_zone(unlocode, zone):
    assert ports.place(unlocode).time_zone == zone


def test_every_place_has_a_country_and_a_zone_that_exist_and_no_mis_encoded_name():
    for place in ports._places().values():
        assert country_name(place.country)
        assert ZoneInfo(place.time_zone)
        assert place.name == place.name.strip()
        assert not set("�¸¤‐[]") & set(place.label)


def test_every_port_of_entry_has_four_digits_and_only_places_that_exist():
    listed = ports.ports_of_entry()
    assert len({port.code for port in listed}) == len(listed) > 90
    for port in listed:
        assert len(port.code) == 4
        assert port.code.isdigit()
        assert not port.unlocode or ports.place(port.unlocode)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("callao", "Callao, Peru"),
        ("PECLL", "Callao, Peru"),
        ("Valparaíso", "Valparaiso, Chile"),
        ("san antonio chile", "San Antonio, Chile"),
        ("oakl", "Oakland, California, United States"),
        ("cortes", "Puerto Cortes, Honduras"),
    ],
)
def test_a_place_is_found_by_name_code_and_country(typed, first):
    assert ports.search(typed)[0].label == first


def test_a_search_can_be_narrowed_to_a_country_and_is_never_endless():
    assert {place.country for place in ports.search("san", country="PE")} == {"PE"}
    assert len(ports.search("s")) == 12
    assert ports.search("") == ports.search("  ") == ports.search("…") == ports.search("xq" * 5000) == ()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("2811", "2811 Oakland, California"),
        ("pharr", "2305 Hidalgo/Pharr, Texas"),
        ("new york", "4601 New York/Newark area, New York"),
        ("wilmington del", "1103 Wilmington, Delaware"),
        ("port ever", "5203 Port Everglades, Florida"),
    ],
)
def test_a_port_of_entry_is_found_by_name_or_digits(typed, first):
    assert ports.search_ports_of_entry(typed)[0].label == first


def test_what_does_not_exist_is_not_found():
    assert ports.place("XXXXX") is None
    assert ports.port_of_entry("0000") is None
    assert ports.place("us oak") == ports.place("USOAK")
    assert ports.port_of_entry(" 2811 ").name == "Oakland"


def test_a_departure_is_a_day_on_the_clock_of_its_place():
    moment = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # 20:00 on Monday 2 March in Guayaquil
    assert ports.local_date(moment, "ECGYE").isoformat() == "2026-03-02"
    assert ports.local_date(moment, "ESALG").isoformat() == "2026-03-03"
    with pytest.raises(ValueError, match="time zone"):
        ports.local_date(datetime(2026, 3, 3), "ECGYE")  # noqa: DTZ001 the point of the test


def test_countries_are_known_by_code_and_by_name():
    assert len(countries()) == 249
    assert list(countries())[:4] == ["AF", "AX", "AL", "DZ"]
    assert country_name("CI") == "Côte d'Ivoire"
    assert country_code(" peru ") == "PE"
    assert country_code("Atlantis") is None
    assert all(country_code(name) == code for code, name in countries().items())
