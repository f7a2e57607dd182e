"""The order of a whole run: what must be measured alone is measured alone, the million rows come in while a worker works."""

import os
import platform
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from django.db import connection, connections

from nopic.demo.bench import certificates, isolation, lists, parties, rows, table
from nopic.demo.bench.parties import Office
from nopic.demo.bench.place import Databases, loading, point_at

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """The sizes of a run."""

    few: int = 1_000
    many: int = 1_000_000
    offices: int = 200
    exporters: int = 120
    list_sizes: tuple[int, ...] = (1, 50, 500)
    rounds: int = 9
    times: int = 20
    issued: certificates.Sizes = field(default_factory=certificates.Sizes)


WHOLE = Plan()
# Shows that everything works; its figures mean little.
QUICK = Plan(
    many=20_000, offices=10, rounds=3, times=5, issued=certificates.Sizes(rounds=2, at_once=2, early=4, late=12)
)


class Bench:
    """One run. Everything that it makes is gone at its end."""

    def __init__(self, plan: Plan, say: Say) -> None:
        self.plan, self.say, self.began = plan, say, time.monotonic()
        self.databases = Databases()
        self.offices: list[Office] = []
        self.listed: dict[int, Office] = {}
        self.figures: list[table.Figure] = []

    def run(self) -> list[table.Figure]:
        """All figures, in the order of their numbers."""
        try:
            base = self._people()
            issuing = self.databases.create("issuing", like=base)
            few, many = (self.databases.create(name, like=base) for name in ("few", "many"))
            lists_ = self.databases.create("lists", like=base)
            self._certificates(issuing, many)
            self._fill(few, rows.SPREAD, self.plan.few)
            for size, office in self.listed.items():
                self._fill(lists_, rows.EXACTLY, size, office=self.offices.index(office))
            office = self.offices[0]
            pace = {"rounds": self.plan.rounds, "times": self.plan.times}
            self._step("4", "the queue and a case, few and many", lambda: lists.growth(few, many, office, **pace))
            self._step("4", "the exporter's dashboard", lambda: lists.dashboard(lists_, self.listed, **pace))
            self._step("5", "the certificate list, first and deepest", lambda: lists.depth(many, office, **pace))
            self._step("6", "the hot queries with and without RLS", lambda: isolation.figures(many, office, **pace))
            self._step("7", "the statements of each list", lambda: lists.statements(lists_, self.listed))
        finally:
            self.databases.drop_all()
        return sorted(self.figures, key=lambda each: each.number)

    def _people(self) -> str:
        base = self.databases.create("base")
        point_at(base)
        self._note("tables migrated")
        buyers = parties.importers(100)
        self.offices = [parties.office(1, self.plan.exporters, buyers)]
        only = self.plan.offices - len(self.plan.list_sizes)  # behind it, offices whose one exporter has every row
        self.offices += [parties.office(n, 2 if n <= only else 1, buyers) for n in range(2, self.plan.offices + 1)]
        self.listed = dict(zip(self.plan.list_sizes, self.offices[-len(self.plan.list_sizes) :], strict=True))
        parties.specimen(self.offices[0])
        self.say(f"  database: PostgreSQL {_postgres()}")
        connections.close_all()
        self._note(f"{self.plan.offices} certifiers and one real request made")
        return base

    def _certificates(self, database: str, many: str) -> None:
        """The worker issues its hundreds while the other database is filled; what is timed comes after both."""
        filled: list[BaseException | None] = []

        def fill() -> None:
            try:
                self._fill(many, rows.SPREAD, self.plan.many, closed_to_owner=False)
                filled.append(None)
            except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
                filled.append(error)

        filling = threading.Thread(target=fill)
        with (
            tempfile.TemporaryDirectory(prefix="nopic-bench-") as folder,
            certificates.press(database, self.offices[0], Path(folder)) as press,
        ):
            filling.start()
            try:
                self.figures.append(certificates.memory(press, self.plan.issued))
                self._note(f"{press.issued} certificates issued")
            finally:
                filling.join()
            if filled[0]:
                raise filled[0]
            self._step("1", "a certificate and its renderings", lambda: certificates.cost(press, self.plan.issued))

    def _fill(self, database: str, spread: str, size: int, *, closed_to_owner: bool = True, office: int = 0) -> None:
        sizes = {"rows": size, "offices": self.plan.offices, "office": office}
        with loading(database, closed_to_owner=closed_to_owner) as owner:
            rows.fill(owner, spread, **sizes)
        self._note(f"{size:,} requests written")

    def _step(self, number: str, what: str, measure: Callable[[], list[table.Figure]]) -> None:
        """Measure one thing. What cannot be measured is said in the table, and the others are measured all the same."""
        try:
            self.figures += measure()
            self._note(f"measured: {what}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is printed where the figure would be
            self.figures.append(table.Figure(number, what, 0, None, f"not measured: {error!r}"[-600:]))
            self._note(f"NOT measured: {what}")

    def _note(self, what: str) -> None:
        self.say(f"  {time.monotonic() - self.began:5.0f} s  {what} (load {os.getloadavg()[0]:.1f})")


def machine() -> str:
    """On what this runs, for whoever compares two tables."""
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    libraries = ", ".join(f"{name} {version(name)}" for name in ("Django", "psycopg", "celery", "weasyprint"))
    return (
        f"{os.cpu_count()} × {model}, {platform.platform()}, load {os.getloadavg()[0]:.1f};"
        f" Python {platform.python_version()}, {libraries}"
    )


def _postgres() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('shared_buffers'), current_setting('jit')"
        )
        number, buffers, jit = cursor.fetchone()
    return f"{number}, shared_buffers {buffers}, jit {jit}"
