"""What can come back from the registry: a fact, `Unavailable` (nobody knows yet) or `Rejected` (a person must look).

Callers never see HTTP. Every result and every failure carries `evidence`, what the append-only attempt row keeps.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Evidence:
    """What was received, for the record: HTTP status and SHA-256 of the raw body (None: no reply), seconds it took."""

    status: int | None = None
    raw_sha256: str | None = None
    seconds: float = 0.0


class RegistryFailure(Exception):
    """Either of the two failures; raised as one of its subclasses only."""

    def __init__(self, message: str, *, evidence: Evidence | None = None) -> None:
        super().__init__(message)
        self.evidence = evidence or Evidence()


class Unavailable(RegistryFailure):
    """Nobody knows yet.

    `left` is False when the request certainly did not reach the registry or was certainly not acted on, so the same
    try may be repeated; True means ambiguous: look up before sending again. `busy` asks to wait `retry_after` seconds
    (at most 900; None: the caller's own back-off). `credential` means that the key was not accepted: every call with
    it would fail alike. `why` is one word for the attempt row: connect, timeout, reset, status, malformed, oversize.
    """

    def __init__(
        self,
        why: str,
        *,
        left: bool,
        busy: bool = False,
        credential: bool = False,
        retry_after: float | None = None,
        evidence: Evidence | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(f"{why}: {detail}" if detail else why, evidence=evidence)
        self.why = why
        self.left = left
        self.busy = busy
        self.credential = credential
        self.retry_after = retry_after


class Rejected(RegistryFailure):
    """The registry understood and said no; repeating changes nothing. `code` and `text` are its own words."""

    def __init__(self, code: str, text: str, *, evidence: Evidence | None = None) -> None:
        super().__init__(f"{code}: {text}", evidence=evidence)
        self.code = code
        self.text = text


class AlreadyRegistered(Rejected):
    """The registry holds something else under this reference or number: look it up, adopt or show it to a person."""


@dataclass(frozen=True)
class Operation:
    """An operation as the registry lists it today; dates are the registry's, `kind` is exporter, importer or both."""

    nop_id: str
    name: str
    kind: str
    status: str
    certified_on: date
    status_since: date
    ends_on: date | None
    scopes: tuple[str, ...]
    address_lines: tuple[str, ...]
    state: str
    country: str
    evidence: Evidence = field(default=Evidence(), compare=False)

    @property
    def is_certified(self) -> bool:
        """Whether the registry says so; suspended, surrendered and revoked are not."""
        return self.status == "certified"

    @property
    def exports(self) -> bool:
        return self.kind in ("exporter", "both")

    @property
    def imports(self) -> bool:
        return self.kind in ("importer", "both")


@dataclass(frozen=True)
class Registration:
    """One act the registry recorded under our reference.

    `kind` is register, replace, revise, cancel or weight; `number` the certificate it made or changed; `sha256` the hash of
    the payload it was given; `status` the certificate's state now: published, cancelled or replaced.
    """

    client_ref: str
    kind: str
    number: str
    status: str
    sha256: str
    recorded_at: datetime
    published_at: datetime
    evidence: Evidence = field(default=Evidence(), compare=False)


@dataclass(frozen=True)
class Record:
    """A certificate as the registry holds it now, tariff code and importer of its newest version; weights in kg."""

    number: str
    status: str
    client_ref: str
    sha256: str
    net_weight_kg: Decimal
    actual_net_weight_kg: Decimal | None
    version: int
    hts: str
    importer_nop_id: str
    weights_sequence: int
    published_at: datetime
    cancelled_at: datetime | None
    cancel_reason: str
    replaces: str | None
    replaced_by: str | None
    evidence: Evidence = field(default=Evidence(), compare=False)


@dataclass(frozen=True)
class Bounds:
    """What the registry promises: how late a request may still take effect, how late a look-up may show it.

    `told_at` is when it said so, by its own clock and to the second; None when the reply bore no date.
    """

    idempotent: bool
    longest_in_flight_seconds: float
    longest_lookup_lag_seconds: float
    told_at: datetime | None = field(default=None, compare=False)
