"""What the portal should be, as dictionaries: requests, lines and certificates, and whose kilograms are where."""

from dataclasses import dataclass, field
from decimal import Decimal

ALLOCATED = Decimal(480)  # less than what the requests ask for together
SECOND_ABOVE = Decimal(200)  # a line above it waits for a colleague
UNDECIDED = ("open", "second_check")
OPEN = ("submitted", "in_review", "questions_open")
ENDED = ("cancelled", "superseded", "abandoned")


@dataclass
class Line:
    """One product. `held` and `used`: kilograms set aside and certified for it."""

    kg: Decimal
    status: str = "open"
    checked: bool = False
    by: str = ""  # who approved or refused it
    refused_by: str = ""  # who refused it the first time, once a second look was asked for
    looked: bool = False
    held: Decimal = Decimal(0)
    used: Decimal = Decimal(0)


@dataclass
class Request:
    """`asked`: the kilograms of its lines when questions were asked, by line."""

    lines: dict[int, Line]
    late: bool = False
    replaces: int | None = None
    status: str = "draft"
    reviewer: str = ""
    recalled: bool = False
    waived: bool = False
    asked: dict[int, Decimal] = field(default_factory=dict)

    @property
    def waits(self) -> bool:
        """For a colleague."""
        return any(line.status == "second_check" for line in self.lines.values())

    @property
    def untouched(self) -> bool:
        """No line is decided."""
        return all(line.status == "open" for line in self.lines.values())


@dataclass
class Certificate:
    """`sent`: the registry may have it. `wish`: kilograms of the next version, and whether it is approved."""

    request: int
    line: int
    replaces: int | None
    status: str = "pending"
    sent: bool = False
    cancelling: bool = False
    version: int = 1
    wish: Decimal | None = None
    approved: bool = False

    @property
    def counts(self) -> bool:
        """In force, or about to be."""
        return not self.cancelling and self.status not in ENDED


@dataclass
class Model:
    """All of it, by id."""

    requests: dict[int, Request] = field(default_factory=dict)
    certificates: dict[int, Certificate] = field(default_factory=dict)

    @property
    def lines(self) -> dict[int, Line]:
        return {pk: line for one in self.requests.values() for pk, line in one.lines.items()}

    @property
    def free(self) -> Decimal:
        """Kilograms that nobody has."""
        return ALLOCATED - sum((line.held + line.used for line in self.lines.values()), Decimal(0))

    def replaced(self, request: Request) -> Certificate | None:
        """The certificate in whose place this request's is to come."""
        return self.certificates[request.replaces] if request.replaces else None

    def replacement_of(self, pk: int) -> Certificate | None:
        """The certificate that comes in the place of one, unless it was given up."""
        found = [one for one in self.certificates.values() if one.replaces == pk and one.status != "abandoned"]
        return found[0] if found else None

    def begun_for(self, pk: int) -> Request | None:
        """The request for its replacement that is not decided yet."""
        found = [one for one in self.requests.values() if one.replaces == pk and one.status in ("draft", *OPEN)]
        return found[0] if found else None

    def lent(self, request: Request) -> Decimal:
        """Kilograms of the certificate that it replaces."""
        old = self.replaced(request)
        return (line := self.lines[old.line]).held + line.used if old else Decimal(0)

    def to_hold(self, request: Request, line: Line) -> Decimal:
        """Kilograms that a line has to hold itself."""
        return max(Decimal(0), line.kg - self.lent(request))

    def fits(self, request: Request) -> bool:
        """Whether all open lines of a request find their kilograms."""
        mine = [line for line in request.lines.values() if line.status == "open"]
        wanted = sum((self.to_hold(request, line) for line in mine), Decimal(0))
        return wanted <= self.free + sum((line.held for line in mine), Decimal(0))

    def may_take(self, request: Request, who: str) -> bool:
        """A sent request that nobody has, or one's own, and not the one that one refused."""
        first = any(line.refused_by == who and line.status == "open" for line in request.lines.values())
        return request.status in ("submitted", "in_review") and request.reviewer in ("", who) and not first

    def has(self, request: Request, who: str) -> bool:
        """Whether it is this reviewer's to decide now."""
        return request.status == "in_review" and request.reviewer == who

    def lends(self, request: Request) -> bool:
        """Whether what a request replaces can still be replaced."""
        old = self.replaced(request)
        return old is None or (old.counts and request.replaces is not None
                               and self.replacement_of(request.replaces) is None)  # fmt: skip

    def free_again(self, request: Request) -> None:
        """The lines of a request hold nothing any more."""
        for line in request.lines.values():
            line.held = Decimal(0)

    def hold(self, request: Request) -> None:
        """The open lines of a request hold what they say."""
        for line in request.lines.values():
            if line.status == "open":
                line.held = self.to_hold(request, line)

    def settle(self, request: Request) -> None:
        """A request is decided once none of its lines waits."""
        if all(line.status not in UNDECIDED for line in request.lines.values()):
            request.status = "decided"

    # --- what the registry makes of it -------------------------------------------------------------------------------
    def publish(self, pk: int) -> None:
        """Its kilograms are certified; what it replaces is dead and its kilograms have gone over."""
        one = self.certificates[pk]
        one.status, line = "issued", self.lines[one.line]
        if one.replaces:
            old = self.certificates[one.replaces]
            old.status, self.lines[old.line].used = "superseded", Decimal(0)
        line.held, line.used = Decimal(0), line.kg

    def end(self, pk: int) -> None:
        """Cancelled: in the registry, or before anything was there."""
        one = self.certificates[pk]
        one.status = "cancelled" if one.status == "issued" else "abandoned"
        line = self.lines[one.line]
        line.held = line.used = Decimal(0)

    def revise(self, pk: int) -> None:
        """The next version holds."""
        one = self.certificates[pk]
        assert one.wish is not None
        one.version, self.lines[one.line].used = one.version + 1, one.wish
        one.wish, one.approved = None, False
