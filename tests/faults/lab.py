"""What every fault is played on: approved lines, the ladder's own clockwork, and the one question that matters.

`settled` asks it: exactly one certificate in the registry for each approved line, none lost, none double, the ledger
balanced and the audit chain intact.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections

from nopic.certificates import actions, tasks  # noqa: F401 - tasks registers the handlers
from nopic.certificates.models import Certificate, RegistryAttempt, RegistryOperation
from nopic.certificates.statuses import CertificateStatus, OperationKind
from nopic.ledger.models import Account
from nopic.requests.models import RequestLine
from nopic.review import actions as review
from nopic.tenants import crypto
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy, RegistryCredential
from nopic.tenants.policy.checklist import DEFAULT_CHECKS
from nopic.workflow import dispatch
from tests import databases, factories
from tests.factories import Side, World, line_answers
from tests.faults.times import SCALE
from tests.mock_oid import MockOid
from tests.review import cases

KG = Decimal("100.25")
# One verdict per line is enough here; all of them are tested with the review.
ONE_CHECK = next(row for row in DEFAULT_CHECKS if row.scope == "line")
TALLY = {"runs": 0, "kills": 0}  # what the report at the end counts


def key_of(side: Side) -> str:
    return f"registry-key-of-{side.certifier.slug}"


def introduce(oid: MockOid, world: World) -> None:
    """Tell the registry who there is, and each certifier its key."""
    sides = (world.here, world.there)
    exporters = [
        {
            "nop_id": s.exporter.nop_id,
            "name": s.exporter.name,
            "kind": "exporter",
            "country": "PE",
            "certifiers": [s.certifier.nop_code],
        }
        for s in sides
    ]
    importers = [
        {"nop_id": one.nop_id, "name": one.name, "kind": "importer", "country": "US", "state": "California"}
        for one in (world.importer, world.other_importer)
    ]
    oid.load(operations=exporters + importers, keys={s.certifier.nop_code: key_of(s) for s in sides})
    for side in sides:
        with tenant(side.certifier):
            RegistryCredential.objects.filter(certifier=side.certifier).update(secret=crypto.encrypt(key_of(side)))
            rules = {
                **side.policy.data,
                "checks": [written for written in side.policy.data["checks"] if written["id"] == ONE_CHECK.id],
            }
            Policy.objects.get_or_create(certifier=side.certifier, version=2, defaults={"data": rules, "by": "the lab"})


def lines(side: Side, count: int = 1) -> list[RequestLine]:
    """The lines of a request that was really sent, taken and checked: each may be approved."""
    typed = [
        line_answers(
            side,
            net=str(KG),
            gross=str(KG + 1),
            packages="2",
            lots=[{"code": f"VV-26-{n}", "kg": str(KG), "supplier": "own"}],
        )
        for n in range(count)
    ]
    request = factories.submitted(side, lines=typed)
    with tenant(side.certifier):
        review.take(request=request, by=side.reviewer)
        found = list(RequestLine.objects.select_related("request").filter(request=request).order_by("position"))
        cases.say_organic(request, side.reviewer)
        for line in found:
            review.judge(request=request, line=line, check_id=ONE_CHECK.id, verdict="match", note="", by=side.reviewer)
        request.refresh_from_db()
        for line in found:
            line.request = request
        return found


def approve(side: Side, line: RequestLine) -> Certificate:
    """Approve it as the reviewer does; inside the door."""
    return review.approve(line=line, by=side.reviewer, revision=line.request.revision)


def begun(side: Side, count: int = 1) -> list[Certificate]:
    """So many approved lines with their certificates, committed."""
    sent = lines(side, count)
    with tenant(side.certifier, side.reviewer):
        return [approve(side, line) for line in sent]


# --- the clockwork -----------------------------------------------------------------------------------------------------
def owed(*topics: str, due_only: bool = False) -> list[int]:
    """The open rows of these topics, oldest due first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM workflow_dispatch WHERE done_at IS NULL AND topic = ANY(%s)"
            + (
                " AND due_at <= clock_timestamp() AND (lease_until IS NULL OR lease_until < clock_timestamp())"
                if due_only
                else ""
            )
            + " ORDER BY due_at, id",
            [list(topics)],
        )
        return [pk for (pk,) in cursor.fetchall()]


def wait(until: Callable[[], Any], seconds: float = 120.0, pause: float = 0.05) -> Any:
    """The first true answer; fails after so many seconds."""
    end = time.monotonic() + seconds
    while not (answer := until()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(pause)
    return answer


def drain(*topics: str, seconds: float = 180.0) -> None:
    """Do everything owed, in this process, until nothing of it is open."""
    chosen = topics or ("registry",)

    def nothing_left() -> bool:
        for dispatch_id in owed(*chosen, due_only=True):
            dispatch.run(dispatch_id)
        return not owed(*chosen)

    wait(nothing_left, seconds, 0.02)


def in_a_child(work: Callable[[], None], *, crash_at: str) -> int:
    """Run it in a forked process that dies (or is frozen) at the crash point; its exit status, or its pid if frozen.

    On a busy machine a call may take longer than it may: then the worker gives back what it took and ends in good order,
    and the work is tried again as a sweeper would.
    """
    end = time.monotonic() + 60
    while True:
        connections.close_all()
        pid = os.fork()
        if pid == 0:
            _live(work, crash_at)
        status = os.waitpid(pid, os.WUNTRACED)[1]
        if status != 0 or time.monotonic() > end:
            break
        time.sleep(0.1)
    if crash_at.endswith(":stop"):
        assert os.WIFSTOPPED(status)
        return pid
    if was_killed(status):
        TALLY["kills"] += 1
    return status


def _live(work: Callable[[], None], crash_at: str) -> None:
    """All that the forked process does; it ends here."""
    status = 70
    try:
        from nopic.workflow import crash

        crash.AT = crash_at
        work()
        connections.close_all()
        status = 0
    finally:
        os._exit(status)


def was_killed(status: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


# --- what is true afterwards -------------------------------------------------------------------------------------------
def fresh(certificate: Certificate) -> Certificate:
    with tenant(certificate.certifier_id):
        return Certificate.objects.select_related("request", "line").get(pk=certificate.pk)


def operation_of(certificate: Certificate, kind: OperationKind = OperationKind.ISSUE) -> RegistryOperation:
    with tenant(certificate.certifier_id):
        return RegistryOperation.objects.get(certificate_id=certificate.pk, kind=kind)


def outcomes(certificate: Certificate) -> list[str]:
    """What came of every exchange, in order: "register accepted"."""
    with tenant(certificate.certifier_id):
        made = RegistryAttempt.objects.filter(operation__certificate_id=certificate.pk).order_by("pk")
        return [f"{one.call} {one.outcome}" for one in made]


def balance(side: Side) -> tuple[Decimal, Decimal]:
    """Kilograms held and issued, after checking that they are the sum of the entries."""
    with databases.owner() as owner:
        owner.execute("SELECT set_config('app.tenant', %s, true)", [str(side.certifier.pk)])
        sums = owner.execute(
            "SELECT a.held, a.issued, sum(e.held_delta), sum(e.issued_delta), a.allocated, sum(e.allocated_delta)"
            " FROM ledger_account a JOIN ledger_entry e ON e.account_id = a.id WHERE a.id = %s GROUP BY a.id",
            [side.account.pk],
        ).fetchone()
    assert (sums[0], sums[1], sums[4]) == (sums[2], sums[3], sums[5])
    return sums[0], sums[1]


def settled(oid: MockOid, side: Side, certificates: list[Certificate], *, issued: int | None = None) -> None:
    """Exactly one certificate in the registry for each of ours, by the number that it gave, and the books agree."""
    TALLY["runs"] += len(certificates)
    dump = oid.dump()["references"]
    numbers = []
    for certificate in map(fresh, certificates):
        there = dump.get(operation_of(certificate).client_ref, [])
        assert certificate.status == CertificateStatus.ISSUED, (certificate.attention, outcomes(certificate))
        assert [one["number"] for one in there] == [certificate.number], outcomes(certificate)
        assert there[0]["status"] == "published"
        assert there[0]["sha256"] == operation_of(certificate).payload_sha256
        numbers.append(certificate.number)
    assert len(set(numbers)) == len(numbers)
    assert balance(side) == (0, KG * len(certificates))
    call_command("verify_audit", stdout=StringIO())


def press(side: Side, button: Callable[..., Certificate], certificate: Certificate) -> None:
    with tenant(side.certifier):
        button(certificate=certificate, by=side.reviewer)
    drain()


def cancel(side: Side, certificate: Certificate) -> None:
    with tenant(side.certifier):
        actions.cancel(certificate=certificate, by=side.reviewer, reason="issued_in_error")


def stopped(certificate: Certificate) -> str:
    """Why it needs attention."""
    now = fresh(certificate)
    assert now.status == CertificateStatus.NEEDS_ATTENTION, outcomes(certificate)
    return now.attention


class Process:
    """A real process of the portal on the test's database, in a session of its own."""

    def __init__(self, *arguments: str, oid: MockOid, redis: str, data: Path) -> None:
        self.environment = {
            **os.environ, "DATABASE_URL": databases.runtime_url(), "REDIS_URL": redis, "OID_URL": oid.url,
            "NOPIC_TIME_SCALE": str(SCALE), "NOPIC_TESTING": "1", "DATA_DIR": str(data), "LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings", "EMAIL_URL": "memorymail://",
        }  # fmt: skip
        self.arguments = arguments
        self.start()

    def start(self) -> None:
        """Start it (again)."""
        self.popen = subprocess.Popen(
            [sys.executable, "-W", "ignore", *self.arguments], env=self.environment, cwd=databases.ROOT,
            start_new_session=True,
        )  # fmt: skip

    def signal(self, what: signal.Signals) -> None:
        """To the whole session: the process and its children."""
        os.killpg(self.popen.pid, what)

    def kill(self) -> None:
        """As a power cut would."""
        self.signal(signal.SIGKILL)
        self.popen.wait(10)
        TALLY["kills"] += 1

    def end(self) -> None:
        """Nothing is left of it."""
        if self.popen.poll() is None:
            self.signal(signal.SIGKILL)
            self.popen.wait(10)


def account(side: Side) -> Account:
    with tenant(side.certifier):
        return Account.objects.get(pk=side.account.pk)
