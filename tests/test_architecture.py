"""The shape of the code: imports go one way, files have a shelf, nothing grows too long.

Each test looks at every file and names those that are wrong; a file is read once.
"""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

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


class Source(NamedTuple):
    """One Python file of the project."""

    path: Path  # from the project's root
    package: str  # such as nopic.tenants
    lines: int
    docstring: str | None
    imports: tuple[str, ...]  # dotted names, also those inside functions


def package_of(path: Path) -> str:
    """The package a file belongs to, such as nopic.tenants."""
    return ".".join(path.parts[:2]) if path.parts[0] == "nopic" and len(path.parts) > 2 else path.parts[0]


def imports(tree: ast.Module) -> list[str]:
    """Dotted names imported anywhere in a file, also inside functions."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@cache
def sources() -> list[Source]:
    """Every Python file of the project but migrations."""
    found = []
    for path in sorted(p for root in ("nopic", "exporters", "certifiers") for p in (ROOT / root).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text, here = path.read_text(), path.relative_to(ROOT)
        tree = ast.parse(text)
        found.append(
            Source(here, package_of(here), len(text.splitlines()), ast.get_docstring(tree), tuple(imports(tree)))
        )
    assert len(found) > 300
    return found


def project_package(name: str) -> str | None:
    """nopic.tenants for nopic.tenants.models.User; None for other people's code."""
    parts = name.split(".")
    if parts[0] in {"certifiers", "exporters"}:
        return parts[0]
    return ".".join(parts[:2]) if parts[0] == "nopic" and len(parts) > 1 else None


def goes_up(source: Source, name: str) -> bool:
    """Whether the file imports from its own height or from above, where it may not."""
    here, there = source.package, project_package(name)
    if there is None or there == here or (there in ASSEMBLED and here == "nopic"):
        return False
    if there == "nopic.celery" and source.path.name == "sweeper.py":
        return False  # the sweeper is a process
    if here == "nopic" and source.path.stem in {"urls", "celery", "settings", "wsgi"}:
        return False
    if there == "nopic.presentation" and FLOOR.get(here, 0) > 0:
        return False
    return FLOOR.get(there, 99) >= FLOOR.get(here, -1)


def test_imports_go_down() -> None:
    assert [f"{s.path} imports {name}" for s in sources() for name in s.imports if goes_up(s, name)] == []


def test_files_stand_on_shelves_and_import_lower_ones() -> None:
    wrong = []
    for source in sources():
        package = source.package
        inner = source.path.with_suffix("").parts[len(package.split(".")) :]
        if package in UNSHELVED or not inner or inner[0] in FREE or package == "nopic":
            continue
        if inner[0] not in SHELF:
            wrong.append(f"{source.path} has no shelf: name it after what it decides, or add the shelf here")
        elif inner[0] != "apps":
            for name in source.imports:
                other = name.removeprefix(package + ".").split(".")[0] if name.startswith(package + ".") else ""
                if other in SHELF and other != inner[0] and SHELF[other] > SHELF[inner[0]]:
                    wrong.append(f"{source.path} imports {other} from a higher shelf")
    assert not wrong, "\n".join(wrong)


def test_only_doors_speak_http() -> None:
    wrong = []
    for source in sources():
        package = source.package
        if package in DOORS or "mock" in source.path.parts or package in {"nopic", "nopic.presentation"}:
            continue
        if source.path.stem in FRAME and package == "nopic.tenants":
            continue
        wrong += [f"{source.path} imports {name}" for name in source.imports if name.startswith(WEB)]
    assert not wrong, "\n".join(wrong)


def test_only_issuance_and_the_sync_speak_to_the_registry() -> None:
    allowed = ("nopic/oid/", "nopic/certificates/issuance", "nopic/certificates/tasks", "nopic/tenants/sync")
    speak = {str(s.path) for s in sources() if any(name.startswith("nopic.oid.client") for name in s.imports)}
    assert [path for path in sorted(speak) if not path.startswith(allowed)] == []


def test_only_the_pdf_module_renders() -> None:
    allowed = ("nopic/certificates/pdf", "nopic/demo/")
    render = {str(s.path) for s in sources() if any(name.split(".")[0] == "weasyprint" for name in s.imports)}
    assert [path for path in sorted(render) if not path.startswith(allowed)] == []


def test_no_file_is_longer_than_300_lines() -> None:
    assert [f"{s.path}: {s.lines}" for s in sources() if s.lines > 300] == []


def test_every_module_says_what_it_decides() -> None:
    assert [str(s.path) for s in sources() if s.lines and not s.docstring] == []
