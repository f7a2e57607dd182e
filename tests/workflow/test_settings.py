"""Settings as a process reads them: every secret also from a file, and none that opens anything by default."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import ROOT

GIVEN = {
    "SECRET_KEY": "s" * 50,
    "FIELD_KEY": "f" * 50,
    "DATABASE_URL": "postgres://app:one@localhost/nopic",
    "DATABASE_OWNER_URL": "postgres://owner:two@localhost/nopic",
    "REDIS_URL": "redis://:three@localhost:6379/0",
    "EMAIL_URL": "smtp+tls://me:four@mail.example:587",
}
PRINT = """
from nopic import settings as s
print(s.SECRET_KEY, s.FIELD_KEY.hex(), s.DATABASES["default"]["PASSWORD"], s.DATABASES["owner"]["PASSWORD"],
      s.REDIS_URL, s.EMAIL_HOST_PASSWORD)
"""


def start(**environ: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, "-c", PRINT], env=known | environ, capture_output=True, text=True, timeout=120, check=False
    )


def test_every_secret_may_come_from_a_file(tmp_path: Path) -> None:
    files = {}
    for name, value in GIVEN.items():
        (tmp_path / name).write_text(value + "\n")
        files[f"{name}_FILE"] = str(tmp_path / name)
    said = start(**files)
    assert said.returncode == 0, said.stderr
    assert said.stdout == start(**GIVEN).stdout
    assert all(part in said.stdout for part in ("one two", ":three@", "four"))


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEY", "DATABASE_URL"])
def test_what_production_needs_is_asked_for_by_name(name: str) -> None:
    said = start(**{key: value for key, value in GIVEN.items() if key != name})
    assert said.returncode != 0
    assert f"Set {name}:" in said.stderr


def test_a_first_look_makes_do_with_one_key() -> None:
    assert start(**{**GIVEN, "FIELD_KEY": "", "NOPIC_TESTING": "1"}).returncode == 0


def test_the_mock_registry_starts_without_anything_of_the_portal() -> None:
    ended = subprocess.run(
        [sys.executable, "manage.py", "mock_oid"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={"PATH": os.environ["PATH"], "OID_DATABASE_URL": "postgres://nobody@127.0.0.1:1/oid"},
    )  # fmt: skip
    assert "The mock registry cannot start: connection failed" in ended.stderr
