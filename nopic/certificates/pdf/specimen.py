"""A made-up request that a worker prints once when it starts, so that its first real certificate is not slow."""

from typing import Any

SPECIMEN: dict[str, Any] = {
    "schema": "nopic-certificate/1",
    "request": {"reference": "0000-0000", "received_on": "2026-01-01"},
    "coverage": {"kind": "single", "first_departure": "2026-01-02", "last_departure": "2026-01-03"},
    "certifier": {
        "name": "Certifying agent",
        "address_lines": ["Street 1", "Town"],
        "country": "Peru",
        "nop_code": "000",
        "role_text": "Accredited certifying agent",
    },
    "exporter": {"name": "Exporter", "address_lines": ["Street 2"], "country": "Peru", "nop_id": "0000000000"},
    "final_handler": None,
    "importer": {"name": "Nguyễn Importers", "address_lines": ["Street 3"], "state": "CA", "nop_id": "0000000001"},
    "consignee": None,
    "product": {"name": "Product", "label_category": "organic"},
    "hts": "0901.11.0015",
    "standard": {"code": "NOP", "name": "USDA organic", "basis": "7 CFR part 205"},
    "net_weight_kg": "1000",
    "packages": {"count": 10, "kind": "bags"},
    "gross_weight_kg": "1010",
    "lots": [{"code": "LOT-1", "kg": "1000"}],
    "origin": {"country": "Peru", "last_processing_country": "Peru"},
    "transport": {"mode": "sea"},
    "route": {
        "place_of_loading": "Callao",
        "country_of_loading": "Peru",
        "port_of_entry": "Oakland, CA",
        "departure_on": "2026-01-02",
    },
    "treatment": {"kind": "none", "phyto_seen": False},
    "documents": ["Commercial invoice"],
    "statement": "Specimen.",
    "decided_by": {"name": "Officer"},
    "approved_on": "2026-01-01",
}
