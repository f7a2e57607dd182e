"""The registry as a dictionary: what it holds, and three ways in which an acting call goes wrong.

It stands for `nopic.oid.client.Registry` in a test that lives inside one transaction, where no real server may be
asked; what the real client makes of real replies is tested in tests/oid and tests/faults.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from nopic.oid.client import Bounds, Evidence, Operation, Record, Registration, Unavailable
from nopic.oid.payloads import cancel_payload, fingerprint
from nopic.workflow.clock import now

FAULTS = ("", "busy", "lost", "unheard")  # not taken; lost on its way; taken, and the answer lost


@dataclass
class Book:
    """Certificates by number, acts by our reference. Idempotent: the same reference twice is one act."""

    held: dict[str, Record] = field(default_factory=dict)
    acts: dict[str, Registration] = field(default_factory=dict)
    fault: str = ""  # of the next acting call
    evidence: Evidence = field(default_factory=Evidence)

    def operation(self, nop_id: str) -> Operation:
        day = date(2020, 1, 1)
        return Operation(nop_id, "Anybody", "both", "certified", day, day, None, (), (), "", "")

    def bounds(self) -> Bounds:
        return Bounds(idempotent=True, longest_in_flight_seconds=0, longest_lookup_lag_seconds=0)

    def find(self, client_ref: str) -> tuple[Registration, ...]:
        act = self.acts.get(client_ref)
        return (replace(act, status=self.held[act.number].status),) if act else ()

    def read(self, number: str) -> Record | None:
        return self.held.get(number)

    def register(
        self, client_ref: str, payload: Mapping[str, Any], *, sha256: str, sent_at: float | None = None
    ) -> Registration:
        return self._act(client_ref, "register", sha256, lambda at: self._new(client_ref, payload, sha256, at))

    def replace(
        self, client_ref: str, payload: Mapping[str, Any], *, sha256: str, sent_at: float | None = None
    ) -> Registration:
        def act(at: datetime) -> str:
            old = self.held[self.acts[payload["replaces"]].number]
            assert old.status == "published", "only what is in force is replaced"
            number = self._new(client_ref, payload["certificate"], sha256, at)
            self.held[old.number] = replace(old, status="replaced", replaced_by=number)
            self.held[number] = replace(self.held[number], replaces=old.number)
            return number

        return self._act(client_ref, "replace", sha256, act)

    def revise(self, client_ref: str, payload: Mapping[str, Any]) -> Registration:
        def act(_at: datetime) -> str:
            there = self.held[payload["number"]]
            weight = Decimal(payload["net_weight_kg"])
            assert (there.status, there.version + 1) == ("published", payload["version"])
            assert weight <= there.net_weight_kg, "a revision never adds kilograms"
            self.held[there.number] = replace(there, version=payload["version"], net_weight_kg=weight)
            return there.number

        return self._act(client_ref, "revise", fingerprint(payload), act)

    def cancel(self, client_ref: str, number: str, reason: str, text: str) -> Registration:
        def act(at: datetime) -> str:
            there = self.held[number]
            assert there.status == "published", "only what is in force is cancelled"
            self.held[number] = replace(there, status="cancelled", cancelled_at=at)
            return number

        return self._act(client_ref, "cancel", fingerprint(cancel_payload(number, reason, text)), act)

    def _act(self, client_ref: str, kind: str, sha256: str, act: Callable[[datetime], str]) -> Registration:
        fault, self.fault = self.fault, ""
        if fault in ("busy", "lost"):
            raise Unavailable(fault, left=fault == "lost", busy=fault == "busy")
        if client_ref not in self.acts:
            moment = now()
            self.acts[client_ref] = Registration(client_ref, kind, act(moment), "published", sha256, moment, moment)
        assert self.acts[client_ref].sha256 == sha256, "one reference, one payload"
        if fault == "unheard":
            raise Unavailable(fault, left=True)
        return self.find(client_ref)[0]

    def _new(self, client_ref: str, payload: Mapping[str, Any], sha256: str, at: datetime) -> str:
        number = f"901-{payload['exporter']['nop_id']}-{len(self.held) + 1:06}"
        weight = Decimal(payload["net_weight_kg"])
        self.held[number] = Record(
            number, "published", client_ref, sha256, weight, None, 1, payload["hts"], payload["importer"]["nop_id"], 0, at,
            None, "", None, None,
        )  # fmt: skip
        return number
