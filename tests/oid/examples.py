"""The data that the registry's tests send: one exporter, one importer, one washed coffee."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from nopic.oid.payloads import SCHEMA, issue_payload, weights_payload

KEYS = {"901": "key-of-certifier-901", "902": "key-of-certifier-902"}

OPERATIONS: list[dict[str, Any]] = [
    {
        "nop_id": "9010000017",
        "name": "Cooperativa Valle Verde",
        "kind": "exporter",
        "country": "HN",
        "address_lines": ["Barrio El Centro", "Marcala"],
        "scopes": ["crops", "handling"],
        "certifiers": ["901"],
    },
    {"nop_id": "9010000025", "name": "Rival of the Valley", "kind": "exporter", "country": "PE", "certifiers": ["902"]},
    {"nop_id": "9020000011", "name": "Harbor Roasters", "kind": "importer", "country": "US", "state": "Louisiana"},
    {
        "nop_id": "9020000029",
        "name": "Lapsed Imports",
        "kind": "importer",
        "country": "US",
        "status": "suspended",
        "status_since": "2026-05-04",
    },
    {"nop_id": "9020000037", "name": "Both Ways", "kind": "both", "country": "US", "certifiers": ["901"]},
    {
        "nop_id": "9020000045",
        "name": "Not Yet",
        "kind": "importer",
        "country": "US",
        "certified_on": "2126-01-01",
    },
]

_DATA: dict[str, Any] = {
    "schema": "nopic-certificate/1",
    "request": {"reference": "2026-0431", "received_on": "2026-03-02"},
    "coverage": {"kind": "single", "first_departure": "2026-03-12", "last_departure": "2026-03-19"},
    "certifier": {
        "name": "Tierra Firme",
        "legal_name": "Tierra Firme Certificación S.A.",
        "address_lines": ["Calle 1"],
        "country": "HN",
        "nop_code": "901",
        "role_text": "Certifying agent",
        "email": "office@tierra.example",
        "phone": "+504 1",
    },
    "exporter": {
        "name": "Cooperativa Valle Verde",
        "address_lines": ["Barrio El Centro", "Marcala"],
        "country": "HN",
        "nop_id": "9010000017",
    },
    "final_handler": None,
    "importer": {
        "name": "Harbor Roasters",
        "address_lines": ["1 Wharf", "New Orleans, LA 70130"],
        "state": "Louisiana",
        "nop_id": "9020000011",
    },
    "consignee": None,
    "product": {
        "name": "Organic green coffee, Arabica, washed",
        "brand": "",
        "form": "green",
        "label_category": "organic",
        "item_code": "GC-1",
        "crop_year": "2025/26",
    },
    "hts": "0901.11.0015",
    "standard": {"code": "NOP", "name": "USDA National Organic Program", "basis": "7 CFR 205"},
    "net_weight_kg": "38400",
    "packages": {"count": 640, "kind": "jute bags"},
    "gross_weight_kg": "39040",
    "lots": [{"code": "VV-26-088", "kg": "19200"}, {"code": "VV-26-089", "kg": None}],
    "origin": {"country": "HN", "region": "La Paz", "last_processing_country": "HN"},
    "transport": {
        "mode": "ocean",
        "carrier": "CMA",
        "vessel": "Ana",
        "containers": [{"number": "APLU4177302", "seal": "PE882014"}],
        "document_number": "HN-77",
    },
    "route": {
        "place_of_loading": "Puerto Cortés",
        "country_of_loading": "HN",
        "port_of_entry": "New Orleans",
        "port_code": "2002",
        "departure_on": "2026-03-12",
        "arrival_on": "2026-03-18",
    },
    "treatment": {"kind": "none", "text": "", "phyto_seen": True},
    "documents": ["Commercial invoice"],
    "statement": "…",
    "decided_by": {"name": "A. Reviewer", "title": "Reviewer"},
    "approved_on": "2026-03-05",
}


def data(**changes: Any) -> dict[str, Any]:
    """Frozen certificate data of schema `nopic-certificate/1`."""
    return {**deepcopy(_DATA), **changes}


def replace_payload(number: str, certificate: dict[str, Any]) -> dict[str, Any]:
    """What replacing a certificate by its number sends; the portal names the reference instead."""
    return {"schema": SCHEMA, "number": number, "certificate": certificate}


def weight_payload(number: str, net_weight_kg: str) -> dict[str, Any]:
    """What a first report of actual weights sends, without single shipments."""
    return weights_payload(number, sequence=1, net_kg=Decimal(net_weight_kg))


def payload(**changes: Any) -> dict[str, Any]:
    """What registering that certificate sends."""
    return {**issue_payload(_DATA), **changes}
