"""Version v1 of the certificate: the value of every box as ready text for `templates/certificates/v1/`.

Decides how a fact is written (dates, weights, words, what goes to the annex), never what is true. It belongs to the
template of the same version and is frozen with it: a change of wording or look is a v2 beside it, so that a
certificate of v1 can be rebuilt to the byte. For the same reason nothing here is translated: the certificate is an
English document for US authorities, and must not change with a catalogue.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from nopic.certificates.pdf import barcodes
from nopic.certificates.pdf.document import CertificateDocument, Container, Issue, Lot
from nopic.certificates.pdf.fonts import clean, is_wide, missing
from nopic.presentation.words import packages

NAME = "NOP Import Certificate"
MOCK = "MOCK: not valid for customs entry"
PREVIEW = "PREVIEW, NOT VALID"

# What fits into its box on Letter with every other box well filled; more goes to the annex on page 2, in full.
LOT_LETTERS, LOTS = 240, 12
WHOLE = 24  # letters of a lot code that is never broken at the end of a line
CONTAINERS = 8

MONTHS = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
LABEL_CATEGORIES = {
    "100_percent_organic": "100 percent organic",
    "organic": "Organic",
    "made_with_organic": "Made with organic ingredients",
}
MODES = {"sea": "By sea", "air": "By air", "road": "By road", "rail": "By rail"}
STATUSES = {
    "pending": "not yet published", "cancelled": "cancelled", "replaced": "replaced by another certificate",
    "earlier": "a newer version is in force",
    "used_up": "used up", "expired": "expired",
}  # fmt: skip


class Typesetter:
    """Turns facts into printable, escaped text and remembers the characters that no shipped font holds."""

    def __init__(self) -> None:
        self.missing: set[str] = set()

    def __call__(self, text: object) -> SafeString:
        """One value: cleaned, escaped, and in the wide family throughout if one letter needs it."""
        printed = clean("" if text is None else str(text))
        self.missing |= missing(printed)
        if is_wide(printed):
            return mark_safe(f'<span class="wide">{escape(printed)}</span>')  # noqa: S308 - escaped on this line
        return mark_safe(escape(printed))  # noqa: S308 - escaped on this line


def context(document: CertificateDocument, page_size: str, set_: Typesetter) -> dict[str, Any]:
    """Everything the template prints, as strings; with `document.issue` None it is the preview."""
    d, issue = document, document.issue
    words: dict[str, Any] = {
        "page_size": page_size,
        "name": NAME,
        "preview": PREVIEW if issue is None else "",
        "certifier": _certifier(d, set_),
        "coverage": {
            "first": day(d.coverage.first_departure),
            "last": day(d.coverage.last_departure),
            "request": set_(d.request.reference),
            "received": day(d.request.received_on),
            "version": f"Version {d.revision.version} of {day(d.revision.approved_on)}" if d.revision else "",
            "remarks": set_(d.revision.remarks) if d.revision and d.revision.remarks else "",
        },
        "exporter": {
            "name": set_(d.exporter.name),
            "address": set_(address(d.exporter.address_lines, d.exporter.country)),
            "nop_id": set_(d.exporter.nop_id),
        },
        "handler": d.final_handler
        and {
            "name": set_(d.final_handler.name),
            "nop_id": set_(d.final_handler.nop_id),
            "certifier": set_(d.final_handler.certifier),
        },
        "importer": {
            "name": set_(d.importer.name),
            "address": set_(address(d.importer.address_lines, d.importer.state)),
            "nop_id": set_(d.importer.nop_id),
        },
        "consignee": d.consignee
        and {"name": set_(d.consignee.name), "address": set_(address(d.consignee.address_lines))},
        "product": _product(d, set_),
        "hts": set_(d.hts),
        "standard": {"name": set_(d.standard.name), "basis": set_(d.standard.basis)},
        "net": f"{figures(d.net_weight_kg)} kg",
        "net_words": f"{in_words(d.net_weight_kg)} {'kilogram' if Decimal(d.net_weight_kg) == 1 else 'kilograms'}",
        "several": d.coverage.kind == "time_frame",
        "packages": set_(packages(d.packages.count, d.packages.kind)) if d.packages else "",
        "gross": f"{figures(d.gross_weight_kg)} kg" if d.gross_weight_kg else "",
        "origin": {
            "country": set_(d.origin.country),
            "region": set_(d.origin.region),
            "processed": set_(d.origin.last_processing_country),
        },
        "route": _route(d, set_),
        "treatment": _treatment(d, set_),
        "documents": [set_(kind) for kind in d.documents],
        "statement": set_(d.statement),
        "decided": {
            "name": set_(d.decided_by.name),
            "title": set_(d.decided_by.title),
            "on": day(d.approved_on),
        },
        "ace_kg": plain(d.net_weight_kg),
    }
    words |= _lots(d.lots, set_) | _transport(d, set_) | _issue(issue, set_)
    words["annex"] = bool(words["lots_apart"] or words["containers_apart"])
    return words


def _certifier(d: CertificateDocument, set_: Typesetter) -> dict[str, SafeString]:
    c = d.certifier
    return {
        "name": set_(c.name),
        "legal_name": set_(c.legal_name or c.name),
        "role": set_(c.role_text),
        "address": set_(address(c.address_lines, c.country)),
        "code": set_(c.nop_code),
        "contact": set_(joined((c.email, c.phone))),
        "mark": set_(c.mark),
        "footer": set_(c.footer),
    }


def _product(d: CertificateDocument, set_: Typesetter) -> dict[str, SafeString]:
    p = d.product
    brand = f"Brand {p.brand}" if p.brand else None
    item = f"verified list item {p.item_code}" if p.item_code else None
    crop = f"harvest {p.crop_year}" if p.crop_year else None
    details = joined((brand, p.form, item, crop))
    return {
        "name": set_(p.name),
        "category": set_(LABEL_CATEGORIES.get(p.label_category, p.label_category)),
        "details": set_(details[:1].upper() + details[1:]),
    }


def _route(d: CertificateDocument, set_: Typesetter) -> dict[str, SafeString | str]:
    r = d.route
    return {
        "ends": set_(f"{joined((r.place_of_loading, r.country_of_loading))} to {r.port_of_entry}"),
        "departure": day(r.departure_on),
        "arrival": day(r.arrival_on) if r.arrival_on else "",
        "port_code": set_(r.port_code),
    }


def _treatment(d: CertificateDocument, set_: Typesetter) -> dict[str, SafeString | str]:
    t = d.treatment
    if t.kind == "none":
        value, explained = set_("None"), set_(t.text)
    elif t.kind == "permitted":
        value, explained = set_(t.text or "Permitted treatment"), set_("Permitted for organic products")
    else:
        value, explained = set_(t.text or "See the request"), set_("")
    return {
        "value": value,
        "explained": explained,
        "phyto": "Phytosanitary certificate seen" if t.phyto_seen else "Phytosanitary certificate not seen",
    }


def _lots(lots: tuple[Lot, ...], set_: Typesetter) -> dict[str, Any]:
    """Lots in full: in box 12 while they fit, else all of them on the annex, where they are counted."""
    rows = [
        {
            "code": set_(lot.code),
            "kg": f"{figures(lot.kg)} kg" if lot.kg else "",
            "look": "lot whole" if len(lot.code) <= WHOLE else "lot",
        }
        for lot in lots
    ]
    letters = sum(
        len(clean(lot.code)) + (len(row["kg"]) + 3 if row["kg"] else 2) for lot, row in zip(lots, rows, strict=True)
    )
    apart = letters > LOT_LETTERS or len(rows) > LOTS
    return {
        "lots": rows,
        "lots_count": figures(len(rows)),
        "lots_apart": apart,
        "lots_pairs": _pairs(rows) if apart else [],
        "lots_weighed": any(row["kg"] for row in rows),
    }


def _transport(d: CertificateDocument, set_: Typesetter) -> dict[str, Any]:
    t = d.transport

    def row(container: Container) -> dict[str, SafeString]:
        return {"number": set_(container.number), "seal": set_(container.seal)}

    rows = [row(container) for container in t.containers]
    apart = len(rows) > CONTAINERS
    return {
        "transport": {
            "means": set_(joined((MODES[t.mode], t.vessel))),
            "carrier": set_(t.carrier),
            "document": set_(t.document_number),
        },
        "containers": rows,
        "containers_count": figures(len(rows)),
        "containers_apart": apart,
        "containers_packed": len(rows) > 3,  # two in a line, container and seal side by side
        "containers_pairs": _pairs(rows),
    }


def _issue(issue: Issue | None, set_: Typesetter) -> dict[str, Any]:
    """The facts of publication; a preview has none, and no codes."""
    if issue is None:
        return {"issue": None, "mock": "", "standing": [], "title": f"{NAME}, {PREVIEW.lower()}"}
    address_ = urlsplit(issue.verification_url)
    folder = address_.path.partition(f"/{issue.number}")[0].rstrip("/")
    mock = MOCK if issue.registry_is_mock else ""
    return {
        "issue": {
            "number": issue.number,
            "on": day(issue.published.date().isoformat()),
            "at": moment(issue.published),
            "iso": issue.published.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "registry": "a mock of Organic INTEGRITY" if mock else "Organic INTEGRITY",
            "replaces": issue.replaces or "",
            "key": " ".join(issue.verification_key[at : at + 4] for at in range(0, 16, 4)),
            "where": set_(f"{address_.netloc}{folder}"),
            "code128": barcodes.code128(issue.number),
            "qr": barcodes.qr(issue.verification_url),
        },
        "mock": mock,
        "standing": [f"Not valid for import: {STATUSES[status]}" for status in issue.statuses],
        "title": f"{mock}. {NAME} {issue.number}" if mock else f"{NAME} {issue.number}",
    }


def _pairs(rows: list[Any]) -> list[tuple[Any, ...]]:
    """Two rows side by side, read across."""
    return [tuple(rows[at : at + 2]) for at in range(0, len(rows), 2)]


def joined(parts: Iterable[str | None]) -> str:
    """The parts that are there, with commas."""
    return ", ".join(part for part in parts if part)


def address(lines: Iterable[str], last: str | None = None) -> str:
    """An address in one line; `last` (country, state) is added unless the lines already name it."""
    lines = [line.strip().rstrip(",") for line in lines if line.strip()]
    named = last and any(
        last.casefold() in line.replace(",", " ").casefold().split() or line.casefold().endswith(last.casefold())
        for line in lines
    )
    return joined([*lines, None if named else last])


def day(iso: str) -> str:
    """14 November 2026."""
    d = date.fromisoformat(iso)
    return f"{d.day} {MONTHS[d.month - 1]} {d.year}"


def moment(at: datetime) -> str:
    """12 November 2026, 15:42:07 UTC."""
    return f"{day(at.date().isoformat())}, {at:%H:%M:%S} UTC"


def plain(kg: str) -> str:
    """38400 for the customs broker's form: no grouping, no empty decimals."""
    whole, _, decimals = kg.partition(".")
    decimals = decimals.rstrip("0")
    return f"{int(whole)}.{decimals}" if decimals else str(int(whole))


def figures(amount: str | int) -> str:
    """38,400 or 1,234.5: grouped as in the United States, without empty decimals."""
    whole, _, decimals = plain(str(amount)).partition(".")
    return f"{int(whole):,}.{decimals}" if decimals else f"{int(whole):,}"


def in_words(amount: str) -> str:
    """thirty-eight thousand four hundred; decimals digit by digit after "point"."""
    from num2words import num2words

    spell: Callable[[int], str] = lambda n: str(num2words(n, lang="en")).replace(",", "").replace(" and ", " ")  # noqa: E731
    whole, _, decimals = plain(amount).partition(".")
    return " ".join([spell(int(whole)), *(["point"] if decimals else []), *(spell(int(digit)) for digit in decimals)])
