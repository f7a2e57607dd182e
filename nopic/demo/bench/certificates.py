"""Figures 1 to 3: what a certificate costs beside its bare rendering, what warm fonts save, what a worker keeps."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from nopic.certificates import pdf
from nopic.certificates.issuance.paper import issue_facts
from nopic.certificates.models import Certificate
from nopic.demo.bench import children, clockwork, parties, place
from nopic.demo.bench.children import STUCK, Worker
from nopic.demo.bench.parties import Office
from nopic.demo.bench.table import Figure, of_ratio
from nopic.tenants.context import tenant

LINES = 5  # certificates of one request


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int = 9
    at_once: int = 8  # certificates, or renderings, in one measurement
    early: int = 20
    late: int = 500
    most_seconds: float = (
        240.0  # for the hundreds of figure 3; on a slow machine there are fewer, and the table says so
    )


class Press:
    """A worker that issues certificates; the lines are sent and approved beforehand."""

    def __init__(self, office: Office, worker: Worker, folder: Path) -> None:
        self.office = office
        self.worker = worker
        self.page = folder / "page.json"
        self.issued = 0

    def approve(self, count: int) -> list[int]:
        """So many certificates are owed to the registry; gives the ids of what is owed. Costs nobody's account."""
        with tenant(self.office.certifier, self.office.reviewer):
            begun: list[Certificate] = []
            while len(begun) < count:
                request = parties.sent(self.office, min(LINES, count - len(begun)))
                begun += parties.approved(self.office, request)
        return self._owed("registry")

    def issue(self, owed: list[int]) -> float:
        """Issue and render: CPU seconds of the worker from the first wake-up to the last PDF on disk."""
        before = self.worker.cpu()
        self._do(owed, "issue")
        self._do(self._owed("render"), "render")
        self.issued += len(owed)
        return self.worker.cpu() - before

    def _do(self, owed: list[int], queue: str) -> None:
        for dispatch_id in owed:
            self.worker.send("nopic.run", dispatch_id, queue=queue)
        children.wait(lambda: self._open(owed) == 0, STUCK, f"the end of {len(owed)} tasks")

    @staticmethod
    def _open(ids: list[int]) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM workflow_dispatch WHERE id = ANY(%s) AND done_at IS NULL", [ids])
            return int(cursor.fetchone()[0])

    @staticmethod
    def _owed(topic: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM workflow_dispatch WHERE topic = %s AND done_at IS NULL ORDER BY id", [topic])
            return [pk for (pk,) in cursor.fetchall()]

    def describe_a_page(self) -> None:
        """Write down one issued certificate, for the tasks that render nothing but it."""
        with tenant(self.office.certifier):
            made = Certificate.objects.filter(certifier=self.office.certifier, number__isnull=False).latest("pk")
            facts = issue_facts(made)
        document = pdf.CertificateDocument.from_json(made.data, facts)
        rendered = pdf.render(document, template_version=made.template_version, page_size=made.page_size)  # type: ignore[arg-type]
        self.page.write_text(
            json.dumps(
                {
                    "data": made.data, "facts": facts, "html": rendered.html, "version": made.template_version,
                    "size": made.page_size,
                }
            )
        )  # fmt: skip

    def render(self, way: str, times: int) -> float:
        """CPU seconds of one rendering in the worker."""
        return self.worker.run("bench.render", way, str(self.page), times) / times


@contextmanager
def press(database: str, office: Office, folder: Path) -> Iterator[Press]:
    """Registry, worker and office at work on a database of their own."""
    place.point_at(database)
    with children.registry([office]) as oid_url, children.worker(database, oid_url, folder) as worker:
        yield Press(office, worker, folder)


def memory(at: Press, sizes: Sizes) -> Figure:
    """Figure 3. Takes its time and measures none, so other work may go on beside it."""
    at.issue(at.approve(sizes.early))
    early, began = at.worker.memory(), time.monotonic()
    while at.issued < sizes.late and time.monotonic() - began < sizes.most_seconds:
        at.issue(at.approve(min(40, sizes.late - at.issued)))
    late = at.worker.memory()
    how = (
        f"{early / 2**20:.0f} MiB and {late / 2**20:.0f} MiB;"
        f" {(at.issued - sizes.early) / (time.monotonic() - began):.1f} certificates a second meanwhile"
    )
    return Figure("3", f"worker's memory after {at.issued} certificates ÷ after {sizes.early}", 1.15, late / early, how)


def cost(at: Press, sizes: Sizes) -> list[Figure]:
    """Figures 1 and 2, in turns in the same worker process."""
    at.describe_a_page()
    owed = [at.approve(sizes.at_once) for _ in range(1)]
    for way in ("ours", "bare", "naive, all fonts", "naive, three fonts"):
        at.render(way, 2)

    def certificates() -> float:
        spent = at.issue(owed.pop()) / sizes.at_once
        owed.append(at.approve(sizes.at_once))
        return spent

    half = max(1, sizes.at_once // 2)
    measured = clockwork.in_turns(
        {
            "certificate": certificates,
            "bare": lambda: at.render("bare", sizes.at_once),
            "ours": lambda: at.render("ours", sizes.at_once),
            "naive, all fonts": lambda: at.render("naive, all fonts", half),
            "naive, three fonts": lambda: at.render("naive, three fonts", half),
        },
        sizes.rounds,
    )
    issuing = clockwork.ratio(measured["certificate"], measured["bare"])
    ours = measured["ours"]
    return [
        of_ratio("1", "CPU of an issued certificate ÷ bare warm render of its HTML", 1.15, issuing),
        of_ratio("2a", "our render ÷ naive, all six shipped fonts", 0.70, clockwork.ratio(ours, measured["naive, all fonts"])),
        of_ratio("2b", "our render ÷ naive, the three Atkinson fonts", 0.70, clockwork.ratio(ours, measured["naive, three fonts"])),
    ]  # fmt: skip
