"""What a reply of the registry means: the expected shapes, checked field by field, and the failures.

A reply that is not exactly of its shape is `Malformed`; the client makes it `Unavailable`, because a garbled answer to
a registration says nothing about whether it was recorded.
"""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from time import time
from typing import Any, TypeVar

from .numbers import is_certificate_number
from .outcomes import AlreadyRegistered, Bounds, Operation, Record, Registration, RegistryFailure, Rejected, Unavailable
from .wire import Reply

LONGEST_WAIT = 900.0
_REFUSALS = frozenset({400, 405, 406, 413, 415, 422})

T = TypeVar("T")


class Malformed(Exception):
    """The reply is not of the expected shape."""


def read_failure(reply: Reply) -> RegistryFailure:
    """The failure that a reply of another status than success means (the reply classes of the issuing ladder)."""
    status, evidence = reply.status, reply.evidence
    wait = _seconds(reply.retry_after)
    if status in (401, 403):
        return Unavailable("status", left=False, credential=True, evidence=evidence, detail=str(status))
    if status == 429:
        return Unavailable("status", left=False, busy=True, retry_after=wait, evidence=evidence, detail="429")
    if status == 409 or status in _REFUSALS:
        code, text = _problem(reply)
        kind = AlreadyRegistered if status == 409 else Rejected
        return kind(code, text, evidence=evidence)
    # A 503 that names a time asks to wait, but does not say that nothing happened before it.
    busy = status == 503 and wait is not None
    return Unavailable("status", left=True, busy=busy, retry_after=wait, evidence=evidence, detail=str(status))


def _problem(reply: Reply) -> tuple[str, str]:
    """Code and text of a problem+json reply, or what can be said without one."""
    try:
        body = read_json(reply.body)
    except Malformed:
        return f"http_{reply.status}", f"The registry answered {reply.status} without a reason."
    errors = body["errors"] if isinstance(body.get("errors"), list) else []
    lines = [body.get("detail") or body.get("title")]
    lines += [f"{error.get('field', '')}: {error.get('detail', '')}" for error in errors if isinstance(error, dict)]
    text = "\n".join(line for line in lines if isinstance(line, str))
    text = "".join(sign for sign in text if sign.isprintable() or sign == "\n")[:2000]
    code = body.get("code")
    return (
        code[:100] if isinstance(code, str) and code.isprintable() and code else f"http_{reply.status}",
        text or f"The registry answered {reply.status} without a reason.",
    )


def _seconds(header: str) -> float | None:
    """The wait that a Retry-After header asks for (seconds or a date), from 0 to 15 minutes."""
    if not header:
        return None
    if header.isascii() and header.isdigit():
        seconds = float(header)
    else:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - time()
        except ValueError:
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def read_date(reply: Reply) -> datetime | None:
    """The other side's clock when it answered; None without a date that can be read."""
    try:
        return parsedate_to_datetime(reply.date)
    except ValueError:
        return None


def read_json(raw: bytes) -> dict[str, Any]:
    """The JSON object of the body; numbers with a fraction as Decimal."""
    try:
        return read_object(json.loads(raw.decode(), parse_float=Decimal))
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error


def read_object(value: Any) -> dict[str, Any]:
    """The value, if it is an object."""
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise Malformed(f"{name} is not text")
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise Malformed(f"{name} cannot be stored")
    return value


def _texts(body: dict[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Malformed(f"{name} is not a list of texts")
    return tuple(value)


def _word(body: dict[str, Any], name: str, *allowed: str) -> str:
    value = _text(body, name)
    if value not in allowed:
        raise Malformed(f"{name} is {value[:40]!r}")
    return value


def _parsed(body: dict[str, Any], name: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(_text(body, name))
    except (ValueError, InvalidOperation) as error:
        raise Malformed(f"{name} cannot be read") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def _weight(text: str) -> Decimal:
    weight = Decimal(text)
    if not weight.is_finite() or weight <= 0:
        raise ValueError("not a weight")
    return weight


def _number(text: str) -> str:
    if not is_certificate_number(text):
        raise ValueError("not a certificate number")
    return text


def _count(body: dict[str, Any], name: str, *, least: int) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 32_000:
        raise Malformed(f"{name} is not a count")
    return value


def _optional(body: dict[str, Any], name: str, parse: Callable[[str], T]) -> T | None:
    if name not in body:
        raise Malformed(f"no {name}")
    return None if body[name] is None else _parsed(body, name, parse)


def _is(body: dict[str, Any], name: str, expected: str) -> str:
    if _text(body, name) != expected:
        raise Malformed(f"asked for another {name}")
    return expected


def read_operation(body: dict[str, Any], nop_id: str) -> Operation:
    """The operation in the reply to a question for that NOP ID."""
    return Operation(
        nop_id=_is(body, "nop_id", nop_id),
        name=_text(body, "name"),
        kind=_word(body, "kind", "exporter", "importer", "both"),
        status=_word(body, "status", "certified", "suspended", "surrendered", "revoked"),
        certified_on=_parsed(body, "certified_on", date.fromisoformat),
        status_since=_parsed(body, "status_since", date.fromisoformat),
        ends_on=_optional(body, "ends_on", date.fromisoformat),
        scopes=_texts(body, "scopes"),
        address_lines=_texts(body, "address_lines"),
        state=_text(body, "state"),
        country=_text(body, "country"),
    )


def read_registration(body: dict[str, Any], client_ref: str) -> Registration:
    """The recorded act in a reply about that reference."""
    return Registration(
        client_ref=_is(body, "client_ref", client_ref),
        kind=_word(body, "kind", "register", "replace", "revise", "cancel", "weight"),
        number=_parsed(body, "number", _number),
        status=_word(body, "status", "published", "cancelled", "replaced"),
        sha256=_text(body, "sha256"),
        recorded_at=_parsed(body, "recorded_at", _moment),
        published_at=_parsed(body, "published_at", _moment),
    )


def read_registrations(body: dict[str, Any], client_ref: str) -> tuple[Registration, ...]:
    """Every recorded act in the reply to a look-up of that reference."""
    found = body.get("registrations")
    if not isinstance(found, list):
        raise Malformed("registrations is not a list")
    return tuple(read_registration(read_object(one), client_ref) for one in found)


def read_record(body: dict[str, Any], number: str) -> Record:
    """The certificate in the reply to a question for that number."""
    return Record(
        number=_is(body, "number", number),
        status=_word(body, "status", "published", "cancelled", "replaced"),
        client_ref=_text(body, "client_ref"),
        sha256=_text(body, "sha256"),
        net_weight_kg=_parsed(body, "net_weight_kg", _weight),
        actual_net_weight_kg=_optional(body, "actual_net_weight_kg", _weight),
        version=_count(body, "version", least=1),
        hts=_text(body, "hts"),
        importer_nop_id=_text(body, "importer_nop_id"),
        weights_sequence=_count(body, "weights_sequence", least=0),
        published_at=_parsed(body, "published_at", _moment),
        cancelled_at=_optional(body, "cancelled_at", _moment),
        cancel_reason=_text(body, "cancel_reason"),
        replaces=_optional(body, "replaces", _number),
        replaced_by=_optional(body, "replaced_by", _number),
    )


def read_bounds(body: dict[str, Any]) -> Bounds:
    """The registry's promises about time, in seconds."""
    if not isinstance(body.get("idempotent"), bool):
        raise Malformed("idempotent is not yes or no")
    return Bounds(
        idempotent=body["idempotent"],
        longest_in_flight_seconds=_duration(body, "longest_in_flight_seconds"),
        longest_lookup_lag_seconds=_duration(body, "longest_lookup_lag_seconds"),
    )


def _duration(body: dict[str, Any], name: str) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 <= value <= 86_400:
        raise Malformed(f"{name} is not a number of seconds")
    return float(value)
