"""What the registry is told, and in which exact bytes.

`canonical` is the one serialisation: its SHA-256 is frozen at approval, sent along and compared when a lost reply is
looked up, so it must give the same bytes in every process and release. `issue_payload` picks from the frozen
certificate data what the registry needs: the six statutory fields of 7 USC 6502(13) (origin, destination, certifying
agent, tariff code, total weight, standard), the parties, and what identifies the shipment. Suppliers, prices, people
and the portal's own references stay at home.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

SCHEMA = "nopic-oid/1"
KINDS = ("issue", "cancel", "revise", "weights")


def plain_decimal(value: Decimal) -> str:
    """A finite decimal without exponent and without trailing zeros: `38400`, `0.5`."""
    if not value.is_finite():
        raise TypeError(f"{value} is not a number that can be sent")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def canonical(payload: Mapping[str, Any]) -> bytes:
    """The payload as UTF-8 JSON with sorted keys and no white space.

    Only text, whole numbers, booleans, null, Decimal (as plain text), lists and mappings with text keys may appear; a
    float or a date raises TypeError, because its bytes would depend on who wrote it.
    """
    return json.dumps(
        _checked(payload), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def fingerprint(payload: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical bytes, 64 lower-case hex digits."""
    return hashlib.sha256(canonical(payload)).hexdigest()


def client_ref(certifier_id: int, certificate_id: int, generation: int = 1, kind: str = "issue") -> str:
    """Our reference for one call owed to the registry: 35 characters, the same for every try.

    The payload is not part of it: a changed payload under the same reference must clash loudly. The generation rises
    only when a person issues anew after absence or cancellation was proved.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown kind of call: {kind}")
    parts = (f"nopic-{kind}/v1", str(certifier_id), str(certificate_id), str(generation))
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return "n1-" + base64.b32encode(digest).decode()[:32]


def issue_payload(data: Mapping[str, Any]) -> dict[str, Any]:
    """What registering a certificate sends, picked from frozen data of schema `nopic-certificate/1`.

    A statutory field or party that is missing raises KeyError: data without it must never have been frozen.
    """
    return {
        "schema": SCHEMA,
        "coverage": _pick(data["coverage"], "kind", "first_departure", "last_departure"),
        "certifier": _pick(data["certifier"], "name", "nop_code"),
        "exporter": _pick(data["exporter"], "name", "address_lines", "country", "nop_id"),
        "final_handler": _pick_or_none(data.get("final_handler"), "name", "nop_id", "certifier"),
        "importer": _pick(data["importer"], "name", "address_lines", "state", "nop_id"),
        "consignee": _pick_or_none(data.get("consignee"), "name", "address_lines"),
        "product": _pick(data["product"], "name", "form", "label_category"),
        "hts": data["hts"],
        "standard": _pick(data["standard"], "code", "name"),
        "net_weight_kg": data["net_weight_kg"],
        "packages": _pick_or_none(data.get("packages"), "count", "kind"),
        "lots": [{"code": lot["code"], "kg": lot.get("kg")} for lot in data.get("lots") or []],
        "origin": _pick(data["origin"], "country", "last_processing_country"),
        "shipment": {
            "mode": data["transport"]["mode"],
            "containers": [container["number"] for container in data["transport"].get("containers") or []],
            "document_number": data["transport"].get("document_number") or "",
            "place_of_loading": data["route"]["place_of_loading"],
            "country_of_loading": data["route"]["country_of_loading"],
            "port_of_entry": data["route"]["port_of_entry"],
        },
    }


def cancel_payload(number: str, reason_code: str, text: str) -> dict[str, Any]:
    """What cancelling a published certificate sends."""
    return {"schema": SCHEMA, "number": number, "reason": reason_code, "text": text}


def replace_payload(certificate: Mapping[str, Any], *, replaces: str) -> dict[str, Any]:
    """What issuing a replacement sends: `certificate` is an `issue_payload`, `replaces` our reference of the old one.

    The reference and not the number, because the old one may still be in the making when this is approved and frozen.
    """
    return {"schema": SCHEMA, "replaces": replaces, "certificate": dict(certificate)}


def revise_payload(number: str, data: Mapping[str, Any], *, version: int, remarks: str) -> dict[str, Any]:
    """What the next version of a published certificate sends, picked from its frozen data: all that may differ.

    Tariff code and importer differ only where a slip of the pen was corrected.
    """
    return {
        "schema": SCHEMA,
        "number": number,
        "version": version,
        "importer": _pick(data["importer"], "name", "address_lines", "state", "nop_id"),
        "hts": data["hts"],
        "net_weight_kg": data["net_weight_kg"],
        "packages": _pick_or_none(data.get("packages"), "count", "kind"),
        "lots": [{"code": lot["code"], "kg": lot.get("kg")} for lot in data.get("lots") or []],
        "remarks": remarks,
    }


def weights_payload(
    number: str, *, sequence: int, net_kg: Decimal, shipments: Iterable[tuple[str, date, Decimal]] = ()
) -> dict[str, Any]:
    """What reporting actual net weights sends: the total in kg, and of each shipment (our reference, day, kg)."""
    return {
        "schema": SCHEMA,
        "number": number,
        "sequence": sequence,
        "net_weight_kg": plain_decimal(net_kg),
        "shipments": [
            {"reference": reference, "departed_on": on.isoformat(), "net_weight_kg": plain_decimal(kg)}
            for reference, on, kg in shipments
        ],
    }


def _pick(source: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: source[key] for key in keys}


def _pick_or_none(source: Mapping[str, Any] | None, *keys: str) -> dict[str, Any] | None:
    return None if source is None else _pick(source, *keys)


def _checked(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"a key of the payload is not text: {key!r}")
        return {key: _checked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_checked(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no canonical form: {value!r}")
