"""What every walk stands on: the portal's rows, the model beside them, and how an act is done and compared."""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection
from hypothesis.stateful import RuleBasedStateMachine

from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import Side
from tests.machines import model
from tests.machines.book import Book

REVIEWERS = ("reviewer", "colleague")
# What stands in these tables when an action was refused is what stood there before.
TABLES = (
    "requests_certificaterequest", "requests_requestline", "requests_requestversion", "documents_document",
    "certificates_certificate", "certificates_registryoperation", "certificates_revision", "ledger_account",
    "ledger_entry", "review_checkverdict", "review_waiver", "review_questionround", "review_questionpoint",
    "review_secondcheck", "review_secondlook", "review_decision", "workflow_auditevent", "workflow_dispatch",
)  # fmt: skip
STANDING = " UNION ALL ".join(
    f"SELECT '{table}', count(*), COALESCE(sum(hashtextextended(t::text, 0)), 0) FROM {table} t" for table in TABLES
)


def typed(side: Side, pk: str, code: str, kg: Decimal) -> dict[str, Any]:
    """One product as the exporter types it: bags of 60 kg of one lot."""
    return factories.line_answers(
        side, id=pk, net=str(kg), packages=str(int(kg / 60)), gross=str(kg + 1),
        lots=[{"code": code, "kg": str(kg), "supplier": "own"}],
    )  # fmt: skip


class Office(RuleBasedStateMachine):
    """`side` and `certifier` are set by the test; `model` and `book` begin with every walk."""

    side: Side
    certifier: Certifier
    model: model.Model
    book: Book

    def standing(self) -> list[tuple[Any, ...]]:
        with tenant(self.certifier), connection.cursor() as cursor:
            cursor.execute(STANDING)
            return cursor.fetchall()

    def know(self, pk: int, **facts: Any) -> None:
        """A request begins in the model as it is in the database."""
        with tenant(self.certifier):
            lines = RequestLine.objects.filter(request_id=pk, removed=False).order_by("position")
            self.model.requests[pk] = model.Request({one.pk: model.Line(one.net_kg) for one in lines}, **facts)

    def expect(self, allowed: bool, verb: Callable[[], Any]) -> bool:
        """Whether it was done: exactly when the model allows it; a refusal leaves everything as it was."""
        before = None if allowed else self.standing()
        try:
            with tenant(self.certifier):
                verb()
        except (Refused, Overtaken) as why:
            if allowed:
                raise AssertionError("it was refused although it may be done") from why
        else:
            assert allowed, "it was done although it may not be done"
            return True
        assert self.standing() == before
        return False

    def request(self, pk: int) -> CertificateRequest:
        return CertificateRequest.objects.select_related("certifier", "exporter", "policy", "dossier").get(pk=pk)

    def line(self, pk: int) -> RequestLine:
        return RequestLine.objects.select_related("request__certifier", "request__policy").get(pk=pk)

    def person(self, who: str) -> Any:
        return getattr(self.side, who)

    def drawn(self, chance: Random, things: dict[int, Any], *likely: str) -> int:
        """One of them; three times as likely one in these statuses, so that walks are no mere row of refusals."""
        known = sorted(things)
        return chance.choice([pk for pk in known if things[pk].status in likely] * 3 + known)

    def any_request(self, chance: Random, *likely: str) -> tuple[int, model.Request]:
        pk = self.drawn(chance, self.model.requests, *likely)
        return pk, self.model.requests[pk]

    def any_line(self, chance: Random, *likely: str) -> tuple[int, model.Request, int, model.Line]:
        line = self.drawn(chance, self.model.lines, *likely)
        pk = next(pk for pk, one in self.model.requests.items() if line in one.lines)
        return pk, self.model.requests[pk], line, self.model.lines[line]

    def any_certificate(self, chance: Random) -> tuple[int, model.Certificate]:
        pk = self.drawn(chance, self.model.certificates, "issued")
        return pk, self.model.certificates[pk]

    def reviewer(self, chance: Random, one: model.Request) -> str:
        """Mostly the one who has the case."""
        return chance.choice([one.reviewer] * 3 * bool(one.reviewer) + [*REVIEWERS])
