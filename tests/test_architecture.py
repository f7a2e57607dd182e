"""The shape of the code: imports go one way, files have a shelf, nothing grows too long."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Floors from the ground up. A package imports any floor below its own, never a neighbour, never upwards.
FLOORS = [
    {"nopic.workflow", "nopic.oid", "nopic.presentation"},
    {"nopic.tenants"},
    {"nopic.products", "nopic.documents"},
    {"nopic.ledger", "nopic.frames", "nopic.fees"},
    {"nopic.requests"},
    {"nopic.certificates"},
    {"nopic.review", "nopic.watch"},
    {"nopic.delivery"},
    {"certifiers", "exporters"},
    {"nopic.demo"},
]
FLOOR = {package: height for height, floor in enumerate(FLOORS) for package in floor}
# Assembled at the top of the project, imported by the processes only.
ASSEMBLED = {"nopic.settings", "nopic.urls", "nopic.celery", "nopic.wsgi"}
# The presentation is drawn on by every door; nothing below a door knows of it.
DOORS = {"certifiers", "exporters", "nopic.delivery", "nopic.demo"}

# Shelves of a package, from the top down: a file imports shelves below its own, within its package.
SHELVES = [
    {"urls", "api_urls", "mailbox_urls", "people_views", "apps"},
    {"views", "api", "middleware"},
    {"forms", "serializers", "presenters", "access", "apikeys", "adapter"},
    {"tasks"},
    {"actions", "assisted", "shipping", "invitations", "people", "issuance", "relay", "sync"},
    {"pdf", "files", "notices", "evidence", "projection", "links", "mails"},
    {
        "policies",
        "queues",
        "queries",
        "roster",
        "standing",
        "limits",
        "accounts",
        "inputs",
        "printed",
        "snapshot",
        "dispatch",
        "transitions",
    },
    {"checks", "steps", "acceptance", "inspection", "sandbox"},
    {"beside", "changes", "facts", "guarantees", "lending", "pricing", "slots", "timing"},
    {"audit", "context", "client", "payloads", "secrets", "rls", "crypto", "post"},
    {"wire", "replies", "processes"},
    {"models", "outcomes"},
    {
        "standards",
        "statuses",
        "policy",
        "calendar",
        "prices",
        "quantities",
        "quotes",
        "containers",
        "countries",
        "ports",
        "hts",
        "numbers",
        "organic",
        "clock",
        "crash",
        "logs",
        "barcodes",
        "words",
    },
]
SHELF = {name: height for height, shelf in enumerate(reversed(SHELVES)) for name in shelf}
FREE = {"__init__", "migrations", "management", "templatetags", "mock", "data"}  # not shelves: assembled or generated
UNSHELVED = {"nopic.demo", "nopic.presentation"}  # programs and pictures, not layers
WEB = ("django.http", "django.shortcuts", "django.forms", "django.views", "rest_framework")
# The frame of the doors lives with the memberships it checks.
FRAME = {"access", "middleware", "apikeys", "views", "people_views", "forms", "adapter"}


def sources() -> list[Path]:
    """Every Python file of the project but migrations."""
    roots = [ROOT / "nopic", ROOT / "exporters", ROOT / "certifiers"]
    return [p for root in roots for p in sorted(root.rglob("*.py")) if "migrations" not in p.parts]


def package_of(path: Path) -> str:
    """The package a file belongs to, such as nopic.tenants."""
    parts = path.relative_to(ROOT).parts
    return ".".join(parts[:2]) if parts[0] == "nopic" and len(parts) > 2 else parts[0]


def imports(path: Path) -> Iterator[str]:
    """Dotted names imported anywhere in a file, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def project_package(name: str) -> str | None:
    """nopic.tenants for nopic.tenants.models.User; None for other people's code."""
    parts = name.split(".")
    if parts[0] in {"certifiers", "exporters"}:
        return parts[0]
    return ".".join(parts[:2]) if parts[0] == "nopic" and len(parts) > 1 else None


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    here = package_of(path)
    upward = []
    for name in imports(path):
        there = project_package(name)
        if there is None or there == here or (there in ASSEMBLED and here == "nopic"):
            continue
        if there == "nopic.celery" and path.name == "sweeper.py":
            continue  # the sweeper is a process
        if here == "nopic" and path.stem in {"urls", "celery", "settings", "wsgi"}:
            continue
        if there == "nopic.presentation" and FLOOR.get(here, 0) > 0:
            continue
        if FLOOR.get(there, 99) >= FLOOR.get(here, -1):
            upward.append(name)
    assert upward == []


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_stand_on_shelves_and_import_lower_ones(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    package = package_of(path)
    inner = parts[len(package.split(".")) :]
    if package in UNSHELVED or not inner or inner[0] in FREE or package == "nopic":
        return
    assert inner[0] in SHELF, f"{inner[0]} has no shelf: name it after what it decides, or add the shelf here"
    if inner[0] in {"apps"}:
        return
    for name in imports(path):
        if name.startswith(package + "."):
            other = name[len(package) + 1 :].split(".")[0]
            if other in SHELF and other != inner[0]:
                assert SHELF[other] <= SHELF[inner[0]], f"{inner[0]} imports {other} from a higher shelf"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_doors_speak_http(path: Path) -> None:
    package = package_of(path)
    if package in DOORS or "mock" in path.parts or package == "nopic" or package == "nopic.presentation":
        return
    if path.stem in FRAME and package == "nopic.tenants":
        return
    assert [name for name in imports(path) if name.startswith(WEB)] == []


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_issuance_and_the_sync_speak_to_the_registry(path: Path) -> None:
    if package_of(path) == "nopic.oid":
        return
    speaks = [name for name in imports(path) if name.startswith("nopic.oid.client")]
    allowed = {"nopic/certificates/issuance", "nopic/certificates/tasks", "nopic/tenants/sync"}
    assert not speaks or any(str(path.relative_to(ROOT)).startswith(place) for place in allowed)


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_pdf_module_renders(path: Path) -> None:
    renders = [name for name in imports(path) if name.split(".")[0] == "weasyprint"]
    place = str(path.relative_to(ROOT))
    assert not renders or place.startswith(("nopic/certificates/pdf", "nopic/demo/"))


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_is_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_decides(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "a module starts with a docstring"
