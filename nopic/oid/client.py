"""The one door to the registry (the Organic Integrity Database, or its mock).

Callers see facts (`Operation`, `Registration`, `Record`, `Bounds`, or nothing for "the registry holds nothing") and two
kinds of failure, `Unavailable` and `Rejected`; never HTTP. "Nothing" is believed only when the registry says so in a
well-formed reply: a missing page of some proxy is no proof of absence.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from .numbers import is_certificate_number, is_nop_id
from .outcomes import (
    AlreadyRegistered,
    Bounds,
    Evidence,
    Operation,
    Record,
    Registration,
    RegistryFailure,
    Rejected,
    Unavailable,
)
from .payloads import cancel_payload, canonical, fingerprint
from .replies import (
    Malformed,
    read_bounds,
    read_date,
    read_failure,
    read_json,
    read_object,
    read_operation,
    read_record,
    read_registration,
    read_registrations,
)
from .wire import Limits, Reply, exchange

__all__ = [
    "AlreadyRegistered",
    "Bounds",
    "Evidence",
    "Limits",
    "Operation",
    "Record",
    "Registration",
    "Registry",
    "RegistryFailure",
    "Rejected",
    "Unavailable",
]

T = TypeVar("T")


class Registry:
    """The registry as one certifier sees it. Cheap to make; belongs to one thread; connections are the process's.

    After every call `evidence` holds what the last reply was, also when the answer was None.
    """

    def __init__(
        self, base_url: str, key: str, *, connect: float = 3.0, read: float = 20.0, total: float = 20.0
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._limits = Limits(connect, read, total)
        self.evidence = Evidence()

    def __repr__(self) -> str:
        return f"Registry({self._base_url!r})"

    def operation(self, nop_id: str) -> Operation | None:
        """The operation with that NOP ID as listed now; None when the registry lists none."""
        _must(is_nop_id(nop_id), nop_id)
        return self._ask(f"/api/v1/operations/{nop_id}/", "operation", lambda body: read_operation(body, nop_id))

    def register(
        self, client_ref: str, payload: Mapping[str, Any], *, sha256: str, sent_at: float | None = None
    ) -> Registration:
        """Register a certificate; `sha256` is the frozen fingerprint of the payload, checked again by the registry.

        `sent_at` (seconds of the Unix clock) is when the caller wrote down that it sends: a process that was frozen
        between that and the sending is then too late at the registry, however long it slept.
        """
        return self._act("/api/v1/certificates/", client_ref, payload, sha256, "register", sent_at=sent_at)

    def replace(
        self, client_ref: str, payload: Mapping[str, Any], *, sha256: str, sent_at: float | None = None
    ) -> Registration:
        """Register a certificate in the place of the one under our reference `payload["replaces"]`; as `register`."""
        replaces = payload["replaces"]
        _must(re.fullmatch(r"[A-Za-z0-9-]{1,64}", replaces) is not None, replaces)
        path = f"/api/v1/references/{replaces}/replacement/"
        return self._act(path, client_ref, payload, sha256, "replace", sent_at=sent_at)

    def revise(self, client_ref: str, payload: Mapping[str, Any]) -> Registration:
        """Publish the next version of a certificate under its number; no version is ever taken twice."""
        number = payload["number"]
        _must(is_certificate_number(number), number)
        path = f"/api/v1/certificates/{number}/revision/"
        return self._act(path, client_ref, payload, fingerprint(payload), "revise", number)

    def report_weights(self, client_ref: str, payload: Mapping[str, Any]) -> Registration:
        """Report actual net weights; a report with an older sequence is never taken."""
        number = payload["number"]
        _must(is_certificate_number(number), number)
        path = f"/api/v1/certificates/{number}/actual-weight/"
        return self._act(path, client_ref, payload, fingerprint(payload), "weight", number)

    def cancel(self, client_ref: str, number: str, reason: str, text: str) -> Registration:
        """Cancel a published certificate with a coded reason and a text."""
        _must(is_certificate_number(number), number)
        payload = cancel_payload(number, reason, text)
        path = f"/api/v1/certificates/{number}/cancellation/"
        return self._act(path, client_ref, payload, fingerprint(payload), "cancel", number)

    def find(self, client_ref: str) -> tuple[Registration, ...]:
        """All that the registry recorded under our reference, oldest first; empty when it says that it holds nothing.

        Nothing is final only after the registry's longest in-flight time and look-up lag (`bounds`) have passed since
        the last send.
        """
        _must(re.fullmatch(r"[A-Za-z0-9-]{1,64}", client_ref) is not None, client_ref)
        reply = self._exchange("GET", f"/api/v1/references/{client_ref}/", None)
        return self._understood(reply, lambda body: read_registrations(body, client_ref))

    def read(self, number: str) -> Record | None:
        """The certificate with that number, if it is this certifier's."""
        _must(is_certificate_number(number), number)
        return self._ask(f"/api/v1/certificates/{number}/", "certificate", lambda body: read_record(body, number))

    def bounds(self) -> Bounds:
        """What the registry promises about time, and its clock; the settle time must exceed the sum of both."""
        reply = self._exchange("GET", "/api/v1/bounds/", None)
        return replace(self._understood(reply, read_bounds), told_at=read_date(reply))

    def _ask(self, path: str, name: str, shape: Callable[[dict[str, Any]], T]) -> T | None:
        """A question whose answer is `{name: {...}}` or `{name: null}`."""

        def answer(body: dict[str, Any]) -> T | None:
            if name not in body:
                raise Malformed(f"no {name}")
            return None if body[name] is None else shape(read_object(body[name]))

        return self._understood(self._exchange("GET", path, None), answer)

    def _act(
        self,
        path: str,
        client_ref: str,
        payload: Mapping[str, Any],
        sha256: str,
        kind: str,
        number: str = "",
        *,
        sent_at: float | None = None,
    ) -> Registration:
        body = canonical({"client_ref": client_ref, "sha256": sha256, "payload": payload})
        reply = self._exchange("POST", path, body, sent_at)

        def answer(body: dict[str, Any]) -> Registration:
            done = read_registration(read_object(body.get("registration")), client_ref)
            if done.sha256 != sha256 or done.kind != kind or (number and done.number != number):
                raise Malformed("the reply is about something else")
            return done

        return self._understood(reply, answer, acting=True)

    def _exchange(self, method: str, path: str, body: bytes | None, sent_at: float | None = None) -> Reply:
        self.evidence = Evidence()
        try:
            reply = exchange(
                method, self._base_url, path, key=self._key, body=body, limits=self._limits, sent_at=sent_at
            )
        except Unavailable as failure:
            self.evidence = failure.evidence
            raise
        self.evidence = reply.evidence
        return reply

    def _understood(self, reply: Reply, shape: Callable[[dict[str, Any]], T], *, acting: bool = False) -> T:
        """The reply's meaning; every failure is translated here and nowhere else (reply classes of the ladder)."""
        if reply.status not in ((200, 201) if acting else (200,)):
            raise read_failure(reply)
        try:
            result = shape(read_json(reply.body))
        except Malformed as error:
            raise Unavailable("malformed", left=True, evidence=reply.evidence, detail=str(error)) from error
        if isinstance(result, (Operation, Registration, Record)):
            return replace(result, evidence=reply.evidence)
        return result


def _must(holds: bool, value: str) -> None:
    """What becomes part of an address is checked by the caller; anything else here is a bug."""
    if not holds:
        raise ValueError(f"not of its form: {value!r}")
