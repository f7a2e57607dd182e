"""The Makefile's promises that can be kept without installing anything."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "Makefile").read_text()
COMMANDS = {"help", "demo", "demo-reset", "test", "lint", "bench", "format", "messages", "lock"}


def make(*arguments, **environ):
    # what an outer make hands down would be taken for an order
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "VENV", "ARGS"))
    }
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env=clean | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_the_commands():
    listed = re.findall(r"^  make ([a-z-]+) +\S", make().stdout, flags=re.MULTILINE)
    assert set(listed) == COMMANDS


def test_a_ready_environment_is_used_as_it_is():
    planned = make("--dry-run", "test", "VENV=/ready", "ARGS=tests/oid -x").stdout
    servers = "/ready/bin/python -m nopic.demo.servers run --ephemeral --in-memory"
    assert f"{servers} -- /ready/bin/python -m pytest -n 3 --dist worksteal tests/oid -x" in planned
    assert "pip" not in planned


@pytest.mark.parametrize(("target", "lock"), [("demo", "demo"), ("test", "dev")])
def test_our_own_environment_takes_only_hashed_packages(target, lock):
    rule = re.search(rf"^\.venv/{target}\.stamp: requirements/{lock}\.txt .*\n(?:\t.*\n)+", TEXT, flags=re.MULTILINE)[0]
    assert "--require-hashes -r $<" in rule
    assert "--hash=sha256:" in (ROOT / "requirements" / f"{lock}.txt").read_text()


def test_a_machine_without_python_is_told_so():
    refused = make("demo", "PYTHON=python-that-is-not-there", "VENV=/ready")
    assert refused.returncode != 0
    assert "There is no python-that-is-not-there here: install the Debian package python3" in refused.stdout


def test_the_gate_lints_and_tests():
    gate = (ROOT / ".ci" / "run").read_text()
    assert gate.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in gate
    assert re.findall(r"make --no-print-directory (\w+)$", gate, flags=re.MULTILINE) == ["lint", "test"]
