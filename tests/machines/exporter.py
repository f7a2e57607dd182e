"""What an exporter does to requests, in the portal and in the model."""

from copy import deepcopy
from decimal import Decimal
from random import Random

from nopic.requests import actions as filing
from nopic.review import actions as review
from tests.machines.office import Office, typed

WEIGHTS = (60, 120, 180, 240)


class Exporter(Office):
    """Send, change, recall, withdraw, answer, ask for a second look."""

    def send(self, pk: int) -> None:
        one, of = self.model.requests[pk], self.model
        ready = of.fits(one) and (not one.replaces or of.lent(one) > 0)
        allowed = ready if one.status == "draft" else one.status != "withdrawn"

        def verb() -> None:
            found = self.request(pk)
            filing.submit(request=found, by=self.side.sender, declared=True, revision=found.revision)

        if self.expect(allowed, verb) and one.status == "draft":
            one.status, one.reviewer, one.recalled, one.waived = "submitted", "", False, False
            of.hold(one)
            for line in one.lines.values():
                line.checked = False

    def sends(self, chance: Random) -> None:
        self.send(self.any_request(chance, "draft")[0])

    def changes(self, chance: Random) -> None:
        kg = chance.choice(WEIGHTS)
        pk, one, line_pk, line = self.any_line(chance, "open")
        allowed = one.status == "draft" or (one.status == "questions_open" and one.untouched)

        def verb() -> None:
            found = self.request(pk)
            raw = deepcopy(found.raw["products"])
            at = sorted(one.lines).index(line_pk)
            raw["lines"][at] = typed(self.side, str(line_pk), raw["lines"][at]["lots"][0]["code"], Decimal(kg))
            filing.revise(request=found, step="products", raw=raw, revision=found.revision, by=self.side.sender)

        if self.expect(allowed, verb):
            line.kg = Decimal(kg)

    def recalls(self, chance: Random) -> None:
        pk, one = self.any_request(chance)
        again = one.status == "draft" and one.recalled
        allowed = again or (one.status == "submitted" and one.untouched)
        if self.expect(allowed, lambda: filing.recall(request=self.request(pk), by=self.side.sender)) and not again:
            one.status, one.recalled, one.reviewer = "draft", True, ""
            self.model.free_again(one)

    def withdraws(self, chance: Random) -> None:
        pk, one = self.any_request(chance)
        again = one.status == "withdrawn"
        allowed = again or (one.status != "decided" and one.untouched)
        verb = lambda: review.withdraw(request=self.request(pk), by=self.side.sender, reason="sold")  # noqa: E731
        if self.expect(allowed, verb) and not again:
            one.status = "withdrawn"
            self.model.free_again(one)
            for line in one.lines.values():
                line.status = "withdrawn"

    def answer(self, pk: int) -> None:
        one = self.model.requests[pk]
        ready = self.model.fits(one) and (not one.replaces or self.model.lent(one) > 0)

        def verb() -> None:
            review.keep_replies(request=self.request(pk), replies={1: "It is right."})
            review.send_answers(request=self.request(pk), by=self.side.sender)

        if self.expect(one.status == "questions_open" and ready, verb):
            one.status = "in_review"
            for at, line in one.lines.items():
                line.checked = line.checked and line.kg == one.asked[at]
            self.model.hold(one)

    def answers(self, chance: Random) -> None:
        self.answer(self.any_request(chance, "questions_open")[0])

    def asks_for_a_second_look(self, chance: Random) -> None:
        _pk, one, line_pk, line = self.any_line(chance, "refused")
        allowed = line.status == "refused" and one.status == "decided" and not line.looked
        allowed = allowed and self.model.to_hold(one, line) <= self.model.free
        verb = lambda: review.ask_second_look(line=self.line(line_pk), by=self.side.sender, text="Look.")  # noqa: E731
        if self.expect(allowed, verb):
            line.status, line.looked, line.refused_by, line.by, line.checked = "open", True, line.by, "", False
            line.held = self.model.to_hold(one, line)
            one.status, one.reviewer, one.waived = "in_review", "", False
