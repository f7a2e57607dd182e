"""What is frozen: the data of one certificate at approval, and the request as it was each time it was sent.

`certificate_data` is the schema "nopic-certificate/1" that the registry and the paper read. It is in English whatever
language the reader has, and holds neither suppliers nor purchase papers nor prices.
"""

from decimal import Decimal
from typing import Any

from django.utils import translation

from nopic.products.models import ProductVersion
from nopic.requests import facts as loading
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.standards import standard_of
from nopic.requests.statuses import Coverage, Treatment
from nopic.tenants.models import Importer
from nopic.tenants.policy import TRANSPORT_KINDS
from nopic.workflow.audit import Actor

SCHEMA = "nopic-certificate/1"
PHYTOSANITARY, TRANSPORT = "phytosanitary_certificate", "transport_document"
# Rows that say from whom the exporter bought: kinds of documents may appear on the paper, suppliers may not.
SUPPLIER_KINDS = {
    "transaction_certificate": "Supplier transaction certificate",
    "purchase_invoice": "Supplier guarantee",
}
LABEL_CATEGORIES = {"100_percent_organic": "100_organic", "organic": "organic", "made_with_organic": "made_with"}


def certificate_data(line: RequestLine, *, decided_by: Actor) -> dict[str, Any]:
    """The complete data of a line's certificate, ready to be frozen. The line is sent and judged complete.

    Raises ValueError when something that a certificate must say is missing: such data must never be frozen.
    """
    facts = loading.load(line.request)
    mine = next(each for each in facts.lines if each.line.pk == line.pk)
    version = mine.version
    with translation.override("en"):
        data = _certificate(facts, mine, version, decided_by) if version else {}
    missing = [name for name, value in _statutory(data).items() if not value]
    if missing or not data:
        raise ValueError(f"line {line.pk} lacks {', '.join(missing) or 'a product'}")
    return data


def _statutory(data: dict[str, Any]) -> dict[str, Any]:
    """What 7 USC 6502(13) asks for, and what the paper cannot be printed without."""
    if not data:
        return {}
    single = data["coverage"]["kind"] == Coverage.SINGLE
    names = ("hts", "net_weight_kg", *(("gross_weight_kg",) if single else ()))
    return {name: data[name] for name in names} | {
        "origin": data["origin"]["country"],
        "destination": data["importer"]["state"] or data["route"]["port_of_entry"],
        "importer": data["importer"]["name"],
        "certifier": data["certifier"]["nop_code"],
        "standard": data["standard"]["code"],
        "mode": data["transport"]["mode"],
        "departure": data["route"]["departure_on"],
        "last departure": data["coverage"]["last_departure"],
        "packages": data["packages"]["count"] if single else True,
    }


def _certificate(facts: Facts, mine: LineFacts, version: ProductVersion, decided_by: Actor) -> dict[str, Any]:
    request, line = facts.request, mine.line
    departure = request.departure_on.isoformat() if request.departure_on else ""
    several = facts.time_frame  # packages, gross weight and lots then stand in the record of shipments
    received = facts.office.local(request.submitted_at).date() if request.submitted_at else facts.today
    return {
        "schema": SCHEMA,
        "request": {"reference": request.reference, "received_on": received.isoformat()},
        "coverage": coverage_of(request),
        **_parties(request, facts.rules.pdf_footer),
        "product": {
            "name": version.wording,
            "brand": version.brand or None,
            "form": version.form,
            "label_category": LABEL_CATEGORIES.get(version.label_category, version.label_category),
            "item_code": line.item.code if line.item else None,
            "crop_year": line.crop_year,
        },
        "hts": version.hts,
        "standard": standard_of(request.exporter.standard)._asdict(),
        "net_weight_kg": _plain(line.net_kg),
        "packages": None if several else {"count": line.packages or 0, "kind": line.package_kind or "packages"},
        "gross_weight_kg": None if several else _plain(line.gross_kg),
        "lots": [] if several else [{"code": lot.code, "kg": _plain(lot.kg) or None} for lot in mine.lots],
        "origin": {
            "country": version.origin_country,
            "region": line.origin_region or None,
            "last_processing_country": version.last_processing_country,
        },
        **_journey(request, departure),
        "treatment": _treatment(facts),
        "documents": kinds_of_documents(facts),
        "statement": (
            f"{request.certifier.legal_name} reviewed the request and the documents in box 18 "
            "and published this certificate."
        ),
        "decided_by": {"name": str(decided_by), "title": None},
        "approved_on": facts.today.isoformat(),
    }


def coverage_of(request: CertificateRequest) -> dict[str, str]:
    """One shipment, or a time frame from first to last departure; "" for a day that is not known."""
    first = request.departure_on.isoformat() if request.departure_on else ""
    last = first
    if request.coverage == Coverage.TIME_FRAME:
        last = request.last_departure_on.isoformat() if request.last_departure_on else ""
    return {"kind": request.coverage, "first_departure": first, "last_departure": last}


def _parties(request: CertificateRequest, footer: str = "") -> dict[str, Any]:
    certifier, exporter, importer = request.certifier, request.exporter, request.importer
    consignee = None
    if request.consignee_name:
        consignee = {"name": request.consignee_name, "address_lines": _lines(request.consignee_address)}
    return {
        "certifier": {
            "name": certifier.name,
            "legal_name": certifier.legal_name,
            "address_lines": _lines(certifier.address),
            "country": certifier.country,
            "nop_code": certifier.nop_code,
            "role_text": certifier.role_text,
            "email": certifier.email or None,
            "phone": certifier.phone or None,
            "mark": certifier.mark or None,
            **({"footer": footer} if footer else {}),  # without one the data are what they always were
        },
        "exporter": {
            "name": exporter.name,
            "address_lines": _lines(exporter.address),
            "country": exporter.country,
            "nop_id": exporter.nop_id,
        },
        "final_handler": None,
        "importer": importer_block(importer, request),
        "consignee": consignee,
    }


def importer_block(importer: Importer | None, request: CertificateRequest) -> dict[str, Any]:
    """Who the importer of a request is: as INTEGRITY lists it, and as its exporter entered it where that says nothing."""
    contact = request.contact
    return {
        "name": (importer.name if importer else "") or (contact.name if contact else ""),
        "address_lines": _lines((importer.address if importer else "") or (contact.address if contact else "")),
        "state": (importer.state if importer else "") or request.port_of_entry.rpartition(", ")[2],
        "nop_id": importer.nop_id if importer else "",
    }


def _journey(request: CertificateRequest, departure: str) -> dict[str, Any]:
    return {
        "transport": {
            "mode": request.mode,
            "carrier": request.carrier or None,
            "vessel": request.vessel or None,
            "containers": [{"number": each["number"], "seal": each.get("seal") or None} for each in request.containers],
            "document_number": request.transport_document or None,
        },
        "route": {
            "place_of_loading": request.place_of_loading,
            "country_of_loading": request.country_of_loading,
            "port_of_entry": request.port_of_entry,
            "port_code": request.port_code or None,
            "departure_on": departure,
            "arrival_on": request.arrival_on.isoformat() if request.arrival_on else None,
        },
    }


def _treatment(facts: Facts) -> dict[str, Any]:
    """What the exporter declared: nothing, one of the permitted treatments by name, or something else in its words."""
    request = facts.request
    seen = any(slot.rule == PHYTOSANITARY and slot.is_here for slot in facts.slots)
    kind = {"": "none", Treatment.NONE: "none", Treatment.OTHER: "other"}.get(request.treatment, "permitted")
    text = str(Treatment(request.treatment).label) if kind == "permitted" else None
    if kind == "other":
        text = request.treatment_text or None
    return {"kind": kind, "text": text, "phyto_seen": seen}


def kinds_of_documents(facts: Facts) -> list[str]:
    """The kinds of documents received, each once, without the names of suppliers."""
    kinds: dict[str, None] = {}
    for slot in facts.slots:
        if not slot.is_here:
            continue
        name = SUPPLIER_KINDS.get(slot.rule) or slot.name.partition(",")[0] if slot.subject else slot.name
        said = {file.kind for file in slot.files if file.kind in TRANSPORT_KINDS}
        kinds[f"{name} ({', '.join(str(TRANSPORT_KINDS[k]).lower() for k in sorted(said))})" if said else name] = None
    return list(kinds)


def request_snapshot(request: CertificateRequest, facts: Facts | None = None) -> dict[str, Any]:
    """The request as it stands, for the version that is kept each time it is sent: what was typed and what was read."""
    facts = facts or loading.load(request)
    data = {**_parties(request), **_journey(request, request.departure_on.isoformat() if request.departure_on else "")}
    for name in ("certifier", "final_handler"):
        data.pop(name)
    return {
        "schema": "nopic-request/1",
        "reference": request.reference,
        "raw": request.raw,
        "departure": {"late_reason": request.late_reason, "note": request.departure_note},
        "coverage": coverage_of(request),
        "recipients": {
            "importer_email": request.importer_email,
            "broker_name": request.broker_name,
            "broker_email": request.broker_email,
        },
        **data,
        "standard": standard_of(request.exporter.standard)._asdict(),
        "treatment": {"kind": request.treatment, "text": request.treatment_text},
        "lines": [_line(each) for each in facts.lines],
        "documents": [
            {
                "rule": slot.rule,
                "subject": slot.subject,
                "name": slot.name,
                # The exporter says what stands here: that what is not there was refused is the reviewer's word.
                "state": "missing" if (taken_off := slot.state == "refused" and not slot.files) else slot.state,
                "reason": "" if taken_off else slot.reason,
                "due_on": slot.due_on.isoformat() if slot.due_on else None,
                "files": [
                    {"id": file.pk, "name": file.name, "kind": file.kind, "sha256": file.sha256} for file in slot.files
                ],
            }
            for slot in facts.slots
        ],
    }


def _line(each: LineFacts) -> dict[str, Any]:
    line, version = each.line, each.version
    return {
        "id": line.pk,
        "position": line.position,
        "item": line.item_id,
        "version": version.number if version else None,
        "wording": version.wording if version else "",
        "brand": version.brand if version else "",
        "label_category": version.label_category if version else "",
        "origin_country": version.origin_country if version else "",
        "hts": version.hts if version else "",
        "crop_year": line.crop_year,
        "net_kg": _plain(line.net_kg),
        "net_typed": line.net_typed,
        "net_unit": line.net_unit,
        "packages": line.packages,
        "package_kind": line.package_kind,
        "gross_kg": _plain(line.gross_kg),
        "origin_region": line.origin_region,
        "lots": [
            {
                "code": lot.code,
                "kg": _plain(lot.kg) or None,
                "supplier": lot.supplier.name if lot.supplier else None,
                "proof": lot.proof or None,
            }
            for lot in each.lots
        ],
    }


def _lines(address: str) -> list[str]:
    return [each.strip() for each in address.splitlines() if each.strip()]


def _plain(kilograms: Decimal | None) -> str:
    """Kilograms as a plain decimal text; "" when there are none."""
    if kilograms is None:
        return ""
    text = format(kilograms, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
