"""What reviewers do to requests and lines, in the portal and in the model."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from nopic.certificates.models import Certificate
from nopic.review import actions as review
from nopic.tenants.context import tenant
from nopic.workflow import clock
from tests.machines import model
from tests.machines.office import REVIEWERS, Office
from tests.review import cases


class Reviewers(Office):
    """Take and give back, return, ask, judge, let pass, approve, confirm, send back, take an approval back, refuse."""

    def take(self, pk: int, who: str) -> None:
        one = self.model.requests[pk]
        verb = lambda: review.take(request=self.request(pk), by=self.person(who))  # noqa: E731
        if self.expect(self.model.may_take(one, who), verb):
            one.status, one.reviewer = "in_review", who

    def takes(self, chance: Random) -> None:
        pk, one = self.any_request(chance, "submitted")
        self.take(pk, self.reviewer(chance, one))

    def gives_back_to_the_queue(self, chance: Random) -> None:
        pk, one = self.any_request(chance, "in_review")
        who = self.reviewer(chance, one)
        allowed = self.model.has(one, who) and not one.waits
        if self.expect(allowed, lambda: review.release(request=self.request(pk), by=self.person(who))):
            one.status, one.reviewer = "submitted", ""

    def returns_for_edit(self, chance: Random) -> None:
        pk, one = self.any_request(chance, "in_review")
        who = self.reviewer(chance, one)

        def verb() -> None:
            found = self.request(pk)
            review.return_to_exporter(
                request=found, by=self.person(who), points=[{"box": "10", "text": "?"}], revision=found.revision
            )

        if self.expect(self.model.has(one, who) and one.untouched, verb):
            one.status, one.reviewer = "draft", ""
            self.model.free_again(one)

    def asks(self, chance: Random) -> None:
        pk, one = self.any_request(chance, "in_review")
        who = self.reviewer(chance, one)

        def verb() -> None:
            found = self.request(pk)
            review.ask(
                request=found, by=self.person(who), points=[review.Point("Right?", "10")], language="en",
                due_at=clock.now() + timedelta(days=3), revision=found.revision,
            )  # fmt: skip

        if self.expect(self.model.has(one, who) and not one.waits, verb):
            one.status, one.asked = "questions_open", {at: line.kg for at, line in one.lines.items()}

    def takes_questions_back(self, chance: Random) -> None:
        pk, one = self.any_request(chance, "questions_open")
        who = self.reviewer(chance, one)
        allowed = one.status == "questions_open" and one.reviewer == who
        if self.expect(allowed, lambda: review.take_back(request=self.request(pk), by=self.person(who))):
            one.status = "in_review"
            for at, line in one.lines.items():
                line.kg = one.asked[at]

    def judge(self, line_pk: int, who: str) -> None:
        pk = next(pk for pk, one in self.model.requests.items() if line_pk in one.lines)
        one, line = self.model.requests[pk], self.model.lines[line_pk]

        def verb() -> None:
            review.judge(
                request=self.request(pk), line=self.line(line_pk), check_id="net_weight", verdict="match", note="",
                by=self.person(who),
            )  # fmt: skip
            cases.say_organic(self.request(pk), self.person(who))

        if self.expect(self.model.may_take(one, who) and line.status == "open", verb):
            one.status, one.reviewer, line.checked = "in_review", who, True

    def judges(self, chance: Random) -> None:
        _pk, one, line_pk, _line = self.any_line(chance, "open")
        self.judge(line_pk, self.reviewer(chance, one))

    def waive(self, pk: int, who: str) -> None:
        one = self.model.requests[pk]
        verb = lambda: review.waive(  # noqa: E731
            request=self.request(pk), line=None, rule="is_sent_in_time", reason="Known.", by=self.person(who)
        )
        if self.expect(self.model.may_take(one, who) and one.late and not one.waived, verb):
            one.status, one.reviewer, one.waived = "in_review", who, True

    def waives(self, chance: Random) -> None:
        pk, one = self.any_request(chance, "in_review")
        self.waive(pk, self.reviewer(chance, one))

    def stands_up(self, one: model.Request, line: model.Line) -> bool:
        """Whether nothing stands against approving a line but who has the case."""
        return line.checked and (one.waived or not one.late) and (not one.replaces or self.model.lent(one) > 0)

    def approve(self, line_pk: int, who: str) -> None:
        pk = next(pk for pk, one in self.model.requests.items() if line_pk in one.lines)
        one, line = self.model.requests[pk], self.model.lines[line_pk]
        waits = line.kg > model.SECOND_ABOVE
        allowed = self.model.has(one, who) and line.status == "open" and self.stands_up(one, line)

        def verb() -> None:
            found = self.line(line_pk)
            review.approve(line=found, by=self.person(who), revision=found.request.revision)

        if self.expect(allowed and (waits or self.model.lends(one)), verb):
            line.by = who
            line.status = "second_check" if waits else "approved"
            if not waits:
                self.certified(pk, line_pk)

    def approves(self, chance: Random) -> None:
        _pk, one, line_pk, _line = self.any_line(chance, "open")
        self.approve(line_pk, self.reviewer(chance, one))

    def certified(self, pk: int, line_pk: int) -> None:
        """A certificate begins with the approval."""
        one = self.model.requests[pk]
        with tenant(self.certifier):
            made = Certificate.objects.get(line_id=line_pk).pk
        assert made not in self.model.certificates
        self.model.certificates[made] = model.Certificate(pk, line_pk, one.replaces)
        self.model.settle(one)

    def confirm(self, line_pk: int, who: str) -> None:
        pk = next(pk for pk, one in self.model.requests.items() if line_pk in one.lines)
        one, line = self.model.requests[pk], self.model.lines[line_pk]
        allowed = line.status == "second_check" and line.by != who
        allowed = allowed and self.stands_up(one, line) and self.model.lends(one)

        def verb() -> None:
            found = self.line(line_pk)
            review.confirm(line=found, by=self.person(who), revision=found.request.revision)

        if self.expect(allowed, verb):
            line.status = "approved"
            self.certified(pk, line_pk)

    def confirms(self, chance: Random) -> None:
        self.confirm(self.any_line(chance, "second_check")[2], chance.choice(REVIEWERS))

    def sends_a_line_back(self, chance: Random) -> None:
        _pk, _one, line_pk, line = self.any_line(chance, "second_check")
        who = chance.choice(REVIEWERS)
        verb = lambda: review.send_back(line=self.line(line_pk), by=self.person(who), note="Seal.")  # noqa: E731
        if self.expect(line.status == "second_check" and line.by != who, verb):
            line.status, line.by = "open", ""

    def takes_an_approval_back(self, chance: Random) -> None:
        _pk, _one, line_pk, line = self.any_line(chance, "second_check")
        who = chance.choice(REVIEWERS)
        verb = lambda: review.take_approval_back(line=self.line(line_pk), by=self.person(who))  # noqa: E731
        if self.expect(line.status == "second_check" and line.by == who, verb):
            line.status, line.by = "open", ""

    def refuses(self, chance: Random) -> None:
        _pk, one, line_pk, line = self.any_line(chance, "open")
        who = self.reviewer(chance, one)
        verb = lambda: review.refuse(  # noqa: E731
            line=self.line(line_pk), by=self.person(who), reason_code="hts_wrong", text="Not this code."
        )
        if self.expect(self.model.has(one, who) and line.status == "open", verb):
            line.status, line.by, line.held = "refused", who, Decimal(0)
            self.model.settle(one)
