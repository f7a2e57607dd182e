"""Every sentence of the four source documents: the page that answers it and the test that proves it, or why it is not here.

The tests named here pass when the suite does; that each exists, runs and is not skipped is asserted below.
"""

import ast
import csv
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROWS = list(csv.DictReader((HERE / "requirements.csv").read_text(encoding="utf-8").splitlines()))
SENTENCES = {"qcs": 27, "oregon-tilth": 22, "certisys": 32, "pao": 19}  # numbered sentences of each source


@lru_cache
def running_tests(path: str) -> frozenset[str]:
    """The test functions of a file that really run."""
    tree = ast.parse((HERE.parent / path).read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return frozenset(each.name for each in functions if each.name.startswith("test_") and not _is_left_out(each))


def _is_left_out(test: ast.FunctionDef) -> bool:
    return any(re.search(r"skip|xfail", ast.unparse(mark)) for mark in test.decorator_list)


def test_every_numbered_sentence_has_one_row() -> None:
    assert Counter((row["source"], int(row["number"])) for row in ROWS) == Counter(
        (source, number) for source, count in SENTENCES.items() for number in range(1, count + 1)
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['source']}-{row['number']}")
def test_a_sentence_is_proved_by_a_test_or_says_why_it_is_not_here(row: dict[str, str]) -> None:
    assert row["demand"]
    assert bool(row["test"]) != bool(row["reason"])
    for name in row["test"].split():
        path, _colons, test = name.partition("::")
        assert test in running_tests(path), f"{name} is no test that runs"
        assert row["page"].startswith("/")


def test_the_readme_says_how_many_hold() -> None:
    proved = sum(1 for row in ROWS if row["test"])
    assert f"{proved} of {len(ROWS)} sentences" in (HERE.parent / "README.md").read_text()
