"""/api/v1/: an organisation's key reads that organisation's rows, the contract is written down, and nothing else comes in."""

import re
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from nopic.delivery import limits
from nopic.tenants import apikeys
from nopic.tenants.context import organisation, tenant
from nopic.tenants.models import ApiKey, Exporter
from nopic.workflow.clock import now
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.delivery.test_mails import damage
from tests.factories import World, signed_in

SCHEMA = Path(__file__).parent / "schema.yml"


class Caller:
    """Somebody with a key."""

    def __init__(self, token: str) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self.headers | headers)

    def numbers(self) -> list[str]:
        return [one["number"] for one in self.get("certificates/").json()["results"]]


def of_exporter(side: Any, exporter: Exporter | None = None) -> Caller:
    with tenant(side.certifier):
        return Caller(apikeys.create(name="warehouse", by=side.sender, exporter=exporter or side.exporter))


def of_importer(world: World, importer: Any = None) -> Caller:
    importer = importer or world.importer
    with organisation(importer_id=importer.pk):
        return Caller(apikeys.create(name="ERP", by=world.importer_user, importer=importer))


@pytest.fixture
def ours(world: World) -> Consignment:
    return consignments.make(world.here, world.importer)


@pytest.fixture
def theirs(world: World) -> Consignment:
    return consignments.make(world.there, world.other_importer, reference="2026-0777")


def is_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["type"]) == (status, "about:blank")


def test_an_exporters_key_reads_its_own_certificates(ours: Consignment, theirs: Consignment) -> None:
    caller = of_exporter(ours.side)
    assert caller.numbers() == [ours.number]
    body = caller.get(f"certificates/{ours.number}/").json()
    assert body["state"] == "valid"
    assert body["net_weight_kg"] == "38400", "a weight is a string"
    assert body["certificate"]["schema"] == "nopic-certificate/1"
    assert body["pdf_sha256"] == consignments.sha256_of(ours)
    is_problem(caller.get(f"certificates/{theirs.number}/"), 404)
    is_problem(caller.get(f"certificates/{theirs.number}/pdf/"), 404)


def test_another_exporter_of_the_same_certifier_reads_none_of_it(world: World, ours: Consignment) -> None:
    with tenant(world.here.certifier):
        company = Exporter.objects.create(
            certifier=world.here.certifier, name="Neighbour SAC", address="Lima", country="Peru", nop_id="9010009999",
            email="n@example.com", certified_from=now().date(),
        )  # fmt: skip
    caller = of_exporter(world.here, company)
    assert caller.numbers() == []
    assert caller.get("requests/").json()["results"] == []
    for path in (f"certificates/{ours.number}/", f"certificates/{ours.number}/pdf/", "requests/2026-0426/"):
        is_problem(caller.get(path), 404)


def test_an_importers_key_reads_what_any_certifier_addressed_to_it(
    world: World, ours: Consignment, theirs: Consignment
) -> None:
    also = consignments.make(world.there, world.importer, reference="2026-0001")
    caller = of_importer(world)
    assert caller.numbers() == [also.number, ours.number]
    assert caller.get(f"certificates/{also.number}/pdf/").getvalue() == consignments.pdf_of(also)
    is_problem(caller.get(f"certificates/{theirs.number}/"), 404)
    is_problem(caller.get("requests/"), 403)
    is_problem(caller.get("requests/2026-0426/"), 403)


def test_the_pdf_can_be_asked_for_by_its_media_type(ours: Consignment) -> None:
    caller = of_exporter(ours.side)
    answer = caller.get(f"certificates/{ours.number}/pdf/", Accept="application/pdf")
    assert answer.getvalue() == consignments.pdf_of(ours)
    assert answer.headers["Content-Type"] == "application/pdf"
    is_problem(caller.get("certificates/999-9999999999-999999/pdf/", Accept="application/pdf"), 404)


def test_a_damaged_pdf_is_refused_as_a_problem(ours: Consignment) -> None:
    damage(ours)
    is_problem(of_exporter(ours.side).get(f"certificates/{ours.number}/pdf/"), 500)


def test_requests_come_with_their_lines(ours: Consignment) -> None:
    caller = of_exporter(ours.side)
    [listed] = caller.get("requests/").json()["results"]
    assert caller.get("requests/2026-0426/").json() == listed
    assert listed["status"] == "decided"
    assert listed["importer_nop_id"] == "9100019836"
    [line] = listed["lines"]
    assert line["net_kg"] == "38400.000"
    assert line["certificate_number"] == ours.number


def test_a_cancellation_is_read_at_once(ours: Consignment) -> None:
    caller = of_exporter(ours.side)
    consignments.cancel(ours)
    body = caller.get(f"certificates/{ours.number}/").json()
    assert (body["state"], body["valid_for_import"]) == ("not_valid", False)
    assert body["cancel_reason"] == "The final documents did not come in time."


def test_pages_follow_each_other_by_key(world: World) -> None:
    made = [consignments.make(world.here, world.importer, reference=f"R{n}").number for n in range(5)]
    caller = of_exporter(world.here)
    found: list[str] = []
    address = "/api/v1/certificates/?limit=2"
    while address:
        body = caller.client.get(address, headers=caller.headers).json()
        assert len(body["results"]) <= 2
        found += [one["number"] for one in body["results"]]
        address = body["next"]
    assert found == made[::-1]


def test_a_list_costs_the_same_with_any_number_of_rows(world: World, django_assert_max_num_queries: Any) -> None:
    caller = of_exporter(world.here)
    for at in range(4):
        consignments.make(world.here, world.importer, reference=f"R{at}", lines=2)
    for path in ("requests/", "certificates/"):
        with django_assert_max_num_queries(20) as cost:
            caller.get(path)
        assert len([q for q in cost.captured_queries if "SAVEPOINT" not in q["sql"]]) <= 14


@pytest.mark.parametrize(
    "path", ["certificates/", "requests/", "certificates/x/", "requests/x/", "certificates/x/pdf/"]
)
def test_parameters_that_are_not_known_are_told(ours: Consignment, path: str) -> None:
    answer = of_exporter(ours.side).get(f"{path}?satte=valid")
    is_problem(answer, 400)
    assert list(answer.json()["errors"]) == ["satte"]


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "limit=99999999999999999999"])
def test_bad_sizes_of_a_page_are_no_server_error(ours: Consignment, query: str) -> None:
    assert of_exporter(ours.side).get(f"certificates/?{query}").status_code == 200


@pytest.mark.parametrize("cursor", ["x", "%FF", *(f"p={at}" for at in ("abc", "%00", "-1", "٣", "9" * 30))])
@pytest.mark.parametrize("path", ["certificates/", "requests/"])
def test_places_that_no_page_named_are_told(ours: Consignment, path: str, cursor: str) -> None:
    typed = quote(b64encode(cursor.encode())) if cursor.startswith("p=") else cursor
    answer = of_exporter(ours.side).get(f"{path}?cursor={typed}")
    is_problem(answer, 400)
    assert list(answer.json()["errors"]) == ["cursor"]


PATHS = ["certificates/", "requests/", "schema/", "certificates/x/", "requests/x/", "certificates/x/pdf/", "nowhere"]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_key_nothing_answers(ours: Consignment, path: str) -> None:
    anonymous, person = Client(), signed_in(ours.side.sender)
    for client in (anonymous, person):  # a session is not a key
        answer = client.get(f"/api/v1/{path}")
        is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_keys_that_nobody_made_or_that_are_over_open_nothing(world: World, ours: Consignment) -> None:
    caller = of_exporter(ours.side)
    token = caller.headers["Authorization"].partition(" ")[2]
    for wrong in (token[:-1], token + "A", token.upper(), "nopic_", "nopic_' OR 1=1", "x"):
        is_problem(Caller(wrong).get("certificates/"), 401)
    is_problem(Client().get("/api/v1/certificates/", headers={"Authorization": f"Basic {token}"}), 401)
    is_problem(Client().get(f"/api/v1/certificates/?key={token}"), 401)
    with tenant(world.here.certifier):
        ApiKey.objects.update(expires_at=now())
    is_problem(caller.get("certificates/"), 401)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_through_it(ours: Consignment, method: str) -> None:
    caller = of_exporter(ours.side)
    for path in (f"certificates/{ours.number}/", "requests/", "requests/2026-0426/"):
        answer = getattr(caller.client, method)(f"/api/v1/{path}", headers=caller.headers)
        is_problem(answer, 405)


def test_an_address_that_is_not_there_is_a_problem_too(ours: Consignment) -> None:
    is_problem(of_exporter(ours.side).get("nowhere/at/all"), 404)


def test_each_key_has_its_own_limit(world: World, ours: Consignment, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_015.0)
    caller, other = of_exporter(world.here), of_importer(world)
    for _call in range(120):
        limits.seconds_to_wait("api", str(key_of(world, "warehouse")), most=120)
    answer = caller.get("certificates/")
    is_problem(answer, 429)
    assert int(answer.headers["Retry-After"]) == 45
    assert other.get("certificates/").status_code == 200


def test_wrong_keys_have_a_limit_where_they_come_from(ours: Consignment, monkeypatch: Any) -> None:
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_015.0)
    for _try in range(60):
        is_problem(Caller("nopic_wrong").get("certificates/"), 401)
    for path in ("certificates/", "schema/"):
        answer = Caller("nopic_wrong").get(path)
        is_problem(answer, 429)
        assert answer.headers["Retry-After"] == "45"
    is_problem(Client().get("/api/v1/certificates/"), 429)
    assert of_exporter(ours.side).get("certificates/").status_code == 200, "a neighbour with a key is not shut out"


def key_of(world: World, name: str) -> int:
    with tenant(world.here.certifier):
        return ApiKey.objects.get(name=name).pk


def test_no_browsable_pages(ours: Consignment) -> None:
    answer = of_exporter(ours.side).get("certificates/", Accept="text/html")
    assert answer.status_code == 406
    assert "<html" not in answer.content.decode()


def test_nothing_of_the_other_certifier_is_in_any_answer(ours: Consignment, theirs: Consignment) -> None:
    caller = of_exporter(ours.side)
    for path in ("certificates/", "requests/", f"certificates/{ours.number}/", f"certificates/{theirs.number}/"):
        assert "CANARY-nordhof" not in caller.get(path).content.decode()


def test_the_contract_in_the_repository_is_the_one_that_is_served(ours: Consignment, tmp_path: Path) -> None:
    made = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--urlconf", "nopic.urls", "--file", str(made))
    assert SCHEMA.read_text() == made.read_text(), (
        "the API has changed: look at the difference, then write it with `manage.py spectacular --file tests/api/schema.yml`"
    )
    served = of_exporter(ours.side).get("schema/")
    assert set(served.json()["paths"]) == set(yaml.safe_load(SCHEMA.read_text())["paths"])


def test_answers_have_exactly_the_fields_of_the_contract(ours: Consignment) -> None:
    schemas = yaml.safe_load(SCHEMA.read_text())["components"]["schemas"]
    caller = of_exporter(ours.side)
    assert set(caller.get(f"certificates/{ours.number}/").json()) == set(schemas["Record"]["properties"])
    request = caller.get("requests/2026-0426/").json()
    assert set(request) == set(schemas["Request"]["properties"])
    assert set(request["lines"][0]) == set(schemas["Line"]["properties"])
    assert not re.search(r"type: number", SCHEMA.read_text()), "decimals are strings"
