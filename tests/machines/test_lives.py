"""Requests, lines and certificates live as a model of dictionaries says, whoever does what in which order.

Hypothesis walks the real actions of exporters and reviewers and the ladder to a registry that is a dictionary, too.
After every step the statuses are the model's, the ledger is the sum of its entries and the model's, nothing is certified
twice, and what was refused has left everything as it was. In the end the audit log tells every life without a gap.
"""

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.test import override_settings
from hypothesis import Phase, note
from hypothesis import settings as properties
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from nopic.certificates import tasks
from nopic.certificates.issuance import Patience, ladder
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CERTIFICATE_NEXT
from nopic.ledger import accounts
from nopic.ledger.models import Account, Entry
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LINE_NEXT, REQUEST_NEXT
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow import clock
from nopic.workflow.models import AuditEvent
from tests import factories
from tests.factories import Side, World
from tests.machines import model
from tests.machines.book import Book
from tests.machines.certificates import Certificates
from tests.machines.exporter import Exporter
from tests.machines.office import REVIEWERS, typed
from tests.machines.reviewers import Reviewers

LIVES = {
    "requests.certificaterequest": REQUEST_NEXT,
    "requests.requestline": LINE_NEXT,
    "certificates.certificate": CERTIFICATE_NEXT,
}
AT_ONCE = Patience(
    base=0, cap=0, most_tries=1000, longest=3600, between_not_founds=0, rejected_key=0, last_look=3600
)  # fmt: skip


def drafts(side: Side) -> list[tuple[CertificateRequest, bool]]:
    """Three complete drafts, and whether each is late: two products; one that waits for a colleague; one that is late."""
    tomorrow = clock.today("UTC") + timedelta(days=1)
    late = {"departure_on": tomorrow.isoformat(), "late_reason": "The vessel comes earlier."}
    told: list[tuple[list[int], dict[str, object]]] = [([60, 120], {}), ([240], {}), ([180], late)]
    return [
        (factories.complete_draft(
            side, lines=[typed(side, "", f"L{n}{kg}", Decimal(kg)) for kg in weights], **changes), bool(changes))
        for n, (weights, changes) in enumerate(told)
    ]  # fmt: skip


def prepared(side: Side) -> list[tuple[CertificateRequest, bool]]:
    """One check for each line, a second person above a weight, and fewer kilograms than will be asked for."""
    rules = {
        **side.policy.data,
        "checks": [row for row in side.policy.data["checks"] if row["id"] == "net_weight"],
        "second_person": {**side.policy.data["second_person"], "above_kg": str(model.SECOND_ABOVE)},
    }
    with tenant(side.certifier):
        Policy.objects.create(certifier=side.certifier, version=2, data=rules, by="the test")
        account = Account.objects.get(pk=side.account.pk)
        assert account.allocated is not None
        accounts.allocate(account, model.ALLOCATED - account.allocated, by="the test", reason="a tight year")
    return drafts(side)


class Lives(Exporter, Reviewers, Certificates):
    """One walk: a savepoint, three drafts, and what anybody does."""

    begun: list[tuple[CertificateRequest, bool]]
    patches: pytest.MonkeyPatch

    @initialize(seed=st.integers(0, 2**64 - 1))
    def begin(self, seed: int) -> None:
        """One seed chooses every verb: what Hypothesis itself draws leans to the simple, and walks stayed shallow."""
        self.chance = Random(seed)
        self.point = transaction.savepoint()
        self.book = Book()
        self.patches.setattr(ladder, "registry_of", lambda _credential: self.book)
        self.model = model.Model()
        for request, late in self.begun:
            self.know(request.pk, late=late)

    @rule()
    def somebody_does_something(self) -> None:
        """One verb of anybody's."""
        verbs = [
            *[self.goes_on] * 16, *[self.asks, self.takes_questions_back, self.answers, self.changes] * 2,
            *[self.refuses, self.asks_for_a_second_look] * 2, self.sends, self.recalls, self.withdraws, self.takes,
            self.gives_back_to_the_queue, self.returns_for_edit, self.judges, self.waives, self.approves,
            self.confirms, self.sends_a_line_back, self.takes_an_approval_back,
        ]  # fmt: skip
        if self.model.certificates:
            verbs += [
                *[self.the_ladder_is_climbed_once, self.a_revision_is_asked_for, self.a_revision_is_decided] * 4,
                self.everything_owed_is_done, self.is_cancelled, *[self.a_replacement_begins] * 2,
            ]  # fmt: skip
        verb = self.chance.choice(verbs)
        note(verb.__name__)
        verb(self.chance)

    def goes_on(self, chance: Random) -> None:
        self.next(self.any_request(chance, *model.OPEN)[0])

    def next(self, pk: int) -> None:
        """What usually comes next, by whom it comes: so that walks reach the end, too."""
        one = self.model.requests[pk]
        who = one.reviewer or next((each for each in REVIEWERS if self.model.may_take(one, each)), REVIEWERS[0])
        waiting = [at for at, line in sorted(one.lines.items()) if line.status in model.UNDECIDED]
        if one.status == "draft":
            self.send(pk)
        elif one.status == "questions_open":
            self.answer(pk)
        elif one.late and not one.waived and waiting:
            self.waive(pk, who)
        elif waiting:
            line = one.lines[waiting[0]]
            if line.status == "second_check":
                self.confirm(waiting[0], "colleague" if line.by == "reviewer" else "reviewer")
            elif not line.checked:
                self.judge(waiting[0], who)
            else:
                self.approve(waiting[0], who)

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        with tenant(self.certifier):
            requests = dict(CertificateRequest.objects.values_list("pk", "status"))
            lines = dict(RequestLine.objects.filter(removed=False).values_list("pk", "status"))
            made = {one.pk: one for one in Certificate.objects.all()}
            account = Account.objects.get(pk=self.side.account.pk)
            entries = Entry.objects.filter(account=account)
            sums = entries.aggregate(held=Sum("held_delta"), used=Sum("issued_delta"), cap=Sum("allocated_delta"))
            heard = AuditEvent.objects.filter(subject_type="ledger.account", subject_id=account.pk).count()
            count = entries.count()
        assert requests == {pk: one.status for pk, one in self.model.requests.items()}
        assert lines == {pk: one.status for pk, one in self.model.lines.items()}
        assert {pk: one.status for pk, one in made.items()} == {
            pk: one.status for pk, one in self.model.certificates.items()
        }
        held = sum((line.held for line in self.model.lines.values()), Decimal(0))
        used = sum((line.used for line in self.model.lines.values()), Decimal(0))
        assert (account.held, account.issued) == (sums["held"], sums["used"] or 0) == (held, used)
        assert min(account.held, account.issued, self.model.free) >= 0
        assert account.allocated == sums["cap"] == model.ALLOCATED
        assert count == heard, "every movement of kilograms is in the log"
        live = [one.line_id for one in made.values() if one.status not in model.ENDED]
        numbers = [one.number for one in made.values() if one.number]
        assert (len(live), len(numbers)) == (len(set(live)), len(set(numbers)))
        for one in made.values():
            there = self.book.held.get(one.number or "")
            assert (there is None) == (one.number is None)
            if there and there.status == "published":
                assert (one.status, one.version <= there.version) == ("issued", True)
            if one.status == "issued" and not one.cancel_requested_at and there:
                assert there.status in ("published", "replaced")

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        with tenant(self.certifier):
            told = AuditEvent.objects.filter(verb="status", subject_type__in=LIVES).order_by("pk")
            lives: dict[tuple[str, int], str] = {}
            for event in told:
                key = (event.subject_type, event.subject_id)
                assert event.old == lives.get(key, event.old)
                assert event.new in LIVES[event.subject_type][event.old]
                lives[key] = event.new
            for kind, rows in (
                ("requests.certificaterequest", CertificateRequest.objects.all()),
                ("requests.requestline", RequestLine.objects.filter(removed=False)),
                ("certificates.certificate", Certificate.objects.all()),
            ):
                first = {"requests.certificaterequest": "draft", "requests.requestline": "open"}.get(kind, "pending")
                for pk, status in rows.values_list("pk", "status"):
                    assert lives.get((kind, pk), first) == status
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        call_command("verify_audit", stdout=StringIO())
        transaction.savepoint_rollback(self.point)


@pytest.mark.long
def test_every_life_is_what_dictionaries_say(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Lives.side, Lives.certifier, Lives.begun = world.here, world.here.certifier, prepared(world.here)
    Lives.patches = monkeypatch
    monkeypatch.setattr(tasks, "PATIENCE", AT_ONCE)
    Lives.TestCase.settings = properties(
        max_examples=16, stateful_step_count=60, deadline=None, derandomize=True, phases=[Phase.generate]
    )
    machine: Any = Lives.TestCase()
    with override_settings(SETTLE_SECONDS=0.001):
        machine.runTest()
