"""What becomes of certificates: cancelled, revised, replaced, and what the ladder to the registry makes of them."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from nopic.certificates import actions as certificates
from nopic.certificates.actions import revising
from nopic.certificates.models import Certificate, RegistryOperation, Revision
from nopic.requests import actions as filing
from nopic.requests import queries
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from tests import factories
from tests.faults.lab import owed
from tests.machines import model
from tests.machines.book import FAULTS
from tests.machines.office import Office

MOST_REQUESTS = 5  # two replacements beside the three to begin with: a draft with its papers takes its time


class Certificates(Office):
    """Cancel, revise, replace, and work off what is owed to the registry with faults on the way."""

    def is_cancelled(self, chance: Random) -> None:
        pk, one = self.any_certificate(chance)

        def verb() -> None:
            certificates.cancel(
                certificate=Certificate.objects.get(pk=pk), by=self.side.reviewer, reason="issued_in_error"
            )

        if self.expect(one.counts and self.model.replacement_of(pk) is None, verb):
            one.cancelling, one.wish, one.approved = True, None, False
            if not one.sent:
                self.model.end(pk)

    def a_revision_is_asked_for(self, chance: Random) -> None:
        kg = chance.choice([10, 50, 400])
        pk, one = self.any_certificate(chance)
        wish = revising.Wish(Decimal(kg), [("X", Decimal(kg))], "", "Less was loaded.", Decimal(kg + 1), packages=1)
        allowed = one.counts and one.status == "issued" and one.wish is None and kg < self.model.lines[one.line].used
        allowed = allowed and self.model.replacement_of(pk) is None and self.model.begun_for(pk) is None
        asked = lambda: revising.ask(  # noqa: E731
            certificate=Certificate.objects.get(pk=pk), wish=wish, by=self.side.sender
        )
        if self.expect(allowed, asked):
            one.wish = Decimal(kg)

    def newest_revision(self, pk: int) -> Revision | None:
        with tenant(self.certifier):
            return Revision.objects.select_related("certificate").filter(certificate_id=pk).order_by("-pk").first()

    def a_revision_is_decided(self, chance: Random) -> None:
        yes = chance.random() < 0.7
        pk, one = self.any_certificate(chance)
        if revision := self.newest_revision(pk):
            verb = revising.approve if yes else revising.refuse
            if self.expect(
                one.wish is not None and not one.approved,
                lambda: verb(revision=revision, by=self.side.reviewer, note="Seen."),
            ):
                one.approved, one.wish = yes, one.wish if yes else None

    def a_replacement_begins(self, chance: Random) -> None:
        if len(self.model.requests) == MOST_REQUESTS:
            return
        pk, one = self.any_certificate(chance)
        begun_already = self.model.begun_for(pk) is not None
        allowed = begun_already or (one.counts and self.model.replacement_of(pk) is None and one.wish is None)
        made: list[CertificateRequest] = []

        def verb() -> None:
            made.append(certificates.replace(certificate=Certificate.objects.get(pk=pk), by=self.side.sender))

        if self.expect(allowed, verb) and not begun_already:
            with tenant(self.certifier, self.side.sender):
                [request] = made
                for slot in queries.documents(request):
                    if slot.must_before_sending:
                        factories.paper(request, slot.rule, slot.subject, kind="draft" if slot.kinds else "")
                filing.revise(request=request, step="documents", raw={}, revision=request.revision, by=self.side.sender)
            self.know(made[0].pk, late=self.model.requests[one.request].late, replaces=pk)

    def learn(self, allowed: Callable[[int, model.Certificate], set[tuple[str, int]]]) -> None:
        """What the ladder has made of the certificates, older ones first; nothing but what is `allowed`."""
        with tenant(self.certifier):
            found = {one.pk: one for one in Certificate.objects.order_by("pk")}
            operations = RegistryOperation.objects.filter(kind="issue")
            sent = dict(operations.values_list("certificate_id", "last_sent_at"))
        for pk, one in sorted(self.model.certificates.items()):
            now = found[pk]
            assert (now.status, now.version) in allowed(pk, one) | {("superseded", now.version)}, now.attention
            if now.status in ("issued", "superseded") and one.status in ("pending", "issuing"):
                self.model.publish(pk)
            if now.version > one.version:
                self.model.revise(pk)
            if now.status == "cancelled" and one.status != "cancelled":
                if one.status != "issued":
                    self.model.publish(pk)
                self.model.end(pk)
            elif now.status == "abandoned" and one.status != "abandoned":
                self.model.end(pk)
            elif now.status == "issuing":
                one.status = "issuing"
            one.sent = sent[pk] is not None

    def in_the_end(self, pk: int, one: model.Certificate) -> set[tuple[str, int]]:
        """What becomes of a certificate once everything owed is done."""
        if one.status in model.ENDED:
            return {(one.status, one.version)}
        if one.cancelling:
            with tenant(self.certifier):
                reference = Certificate.objects.get(pk=pk).operations.get(kind="issue").client_ref
            there = bool(self.book.find(reference))
            return {("cancelled" if there else "abandoned", one.version)}
        return {("issued", one.version + one.approved)}

    def the_ladder_is_climbed_once(self, chance: Random) -> None:
        if rows := owed("registry"):
            self.book.fault = chance.choice(FAULTS)
            dispatch.run(rows[0])
            self.book.fault = ""
            self.learn(
                lambda pk, one: {
                    (one.status, one.version),
                    ("issuing", 1),
                    ("issued", 1),
                    *self.in_the_end(pk, one),
                }
            )

    def everything_owed_is_done(self, _chance: Random) -> None:
        expected = {pk: self.in_the_end(pk, one) for pk, one in self.model.certificates.items()}
        for _round in range(40):
            for row in owed("registry"):
                dispatch.run(row)
        assert owed("registry") == []
        self.learn(lambda pk, _one: expected[pk])
        for pk, one in self.model.certificates.items():
            taken = self.model.replacement_of(pk)
            assert (one.status == "superseded") == bool(taken and taken.status in ("issued", *model.ENDED)), pk
