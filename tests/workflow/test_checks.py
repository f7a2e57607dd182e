"""No process of the portal runs under a role that sees every tenant, or with times out of proportion."""

import os
import subprocess
import sys

import pytest
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.test import override_settings

from nopic.workflow import checks, crash
from tests import databases


def ids(found: list[Error]) -> list[str]:
    return [str(one.id) for one in found]


@pytest.mark.django_db
def test_the_restricted_role_passes() -> None:
    assert checks.the_role_is_bound(["default"]) == []
    assert checks.the_role_is_bound(["owner"]) == []
    assert checks.the_role_is_bound() == []
    checks.refuse_to_start()


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owner_may_not_serve() -> None:
    [fault] = checks._faults_of_role(connections["owner"])
    assert fault.id == "nopic.E002"
    assert "owns the tables" in fault.msg


def test_the_first_connection_of_a_process_is_looked_at(
    django_db_setup: None, django_db_blocker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Owner:
        alias = "default"
        closed = False
        settings_dict = {"NAME": "never seen", "USER": "nopic_owner"}

        def cursor(self) -> object:
            return connections["owner"].cursor()

        def close(self) -> None:
            self.closed = True

    asked = Owner()
    with django_db_blocker.unblock(), pytest.raises(ImproperlyConfigured, match="owns the tables"):  # type: ignore[attr-defined]
        checks.look_at_first_connection(asked)
    assert asked.closed


@pytest.mark.parametrize(
    "command",
    [
        ("-c", "import nopic.wsgi"),
        ("manage.py", "sweeper"),
        ("-m", "celery", "-A", "nopic", "worker", "--concurrency", "1", "--loglevel", "CRITICAL"),
    ],
    ids=["web", "sweeper", "worker"],
)
def test_no_process_starts_as_the_owner(django_db_setup: None, command: tuple[str, ...]) -> None:
    url = databases.runtime_url()
    owner = connections["owner"].settings_dict
    role = f"{owner['USER']}:{owner['PASSWORD']}"
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", *command],
        env={**os.environ, "DATABASE_URL": f"postgres://{role}@{url.partition('@')[2]}", "EMAIL_URL": "memorymail://"},
        cwd=databases.ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ended.returncode != 0
    assert "owns the tables" in ended.stderr


@pytest.mark.parametrize(
    "shorter",
    [
        {"REGISTRY_READ_SECONDS": 90},
        {"TASK_SECONDS": 120},
        {"LEASE_SECONDS": 150},
        {"SWEEP_GRACE_SECONDS": 400},
    ],
)
def test_times_out_of_proportion_are_refused(shorter: dict[str, float]) -> None:
    assert checks.times_are_in_proportion() == []
    with override_settings(**shorter):
        assert ids(checks.times_are_in_proportion()) == ["nopic.E003"]


def test_old_libraries_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.libraries_are_new_enough() == []
    monkeypatch.setattr(checks, "version", lambda name: {"kombu": "5.6.2", "weasyprint": "69.1"}[name])
    assert ids(checks.libraries_are_new_enough()) == ["nopic.E004", "nopic.E004"]


def test_ordered_crashes_belong_to_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash, "AT", "issuance.before_intent")
    assert checks.nobody_orders_crashes() == []
    with override_settings(TESTING=False, DEBUG=False):
        assert ids(checks.nobody_orders_crashes()) == ["nopic.E005"]
