"""docker-compose.yml starts what `make demo` starts, by the same commands, and opens nothing by default."""

import re
from pathlib import Path

import pytest
import yaml

from nopic.demo.processes import PROCESSES, command
from nopic.demo.servers.postgres import DATABASES, ROLES
from nopic.demo.system import PARTS

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name in PROCESSES}
LISTENS_ON = {"web": ["0.0.0.0:8000"], "oid": ["0.0.0.0:8100"]}
REQUIRED = re.compile(r"\$\{([A-Z_]+):\?[^}]*\}")


def test_every_process_of_the_demo_is_a_service_and_the_two_servers_stand_beside_them():
    # static files are made with the image; demo data belong to the demo
    assert set(SERVICES) == set(PROCESSES) - {"static", "seed"} | {"postgres", "redis"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_the_command_that_the_launcher_runs(name):
    assert OURS[name]["command"] == command(name, addresses=LISTENS_ON.get(name, []))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_again_and_is_asked_for_its_health(name):
    if name == "migrate":  # a step: its end is what the others wait for
        assert SERVICES[name]["restart"] == "on-failure"
        waiting = {other for other, service in OURS.items() if "migrate" in service["depends_on"]}
        assert waiting == set(OURS) - {"migrate"}
    else:
        assert SERVICES[name]["restart"] == "unless-stopped"
        assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_has_a_default(name):
    for variable, value in SERVICES[name]["environment"].items():
        if re.search("KEY|PASSWORD", variable):
            assert REQUIRED.fullmatch(value), variable
        if secret := re.search(r"://[^:@]*:(.+)@", str(value)):
            assert REQUIRED.fullmatch(secret[1]), variable


def test_only_the_migration_knows_the_owner_and_only_the_registry_its_database():
    assert [name for name, service in OURS.items() if "DATABASE_OWNER_URL" in service["environment"]] == ["migrate"]
    assert [name for name, service in OURS.items() if "OID_DATABASE_URL" in service["environment"]] == ["oid"]
    assert (set(SERVICES["oid"]["environment"]), SERVICES["oid"]["volumes"]) == ({"OID_DATABASE_URL"}, [])


def test_the_example_lists_what_must_be_set_and_sets_nothing():
    example = re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    assert {value for _, value in example} == {""}
    assert {name for name, _ in example} == set(REQUIRED.findall((ROOT / "docker-compose.yml").read_text()))


def test_roles_databases_and_system_packages_are_those_of_the_demo():
    script = COMPOSE["configs"]["roles"]["content"]
    for role, rights in ROLES.items():
        assert f"CREATE ROLE {role} {rights} PASSWORD" in script
    for database, owner in DATABASES.items():
        assert f"CREATE DATABASE {database} OWNER {owner};" in script
        assert f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC;" in script
    assert "GRANT CONNECT ON DATABASE nopic TO nopic_app;" in script
    image = OURS["web"]["build"]["dockerfile_inline"]
    assert all(package in image for package in PARTS["pango"][1])


def test_what_must_survive_lies_in_volumes():
    volumes = {volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert volumes == set(COMPOSE["volumes"])
