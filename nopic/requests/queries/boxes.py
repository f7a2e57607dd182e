"""The boxes of the certificate as a request fills them now; as it was sent they are read by `frozen`."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from nopic.presentation.words import full_day, kg, packages
from nopic.requests import facts as loading
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.models import CertificateRequest
from nopic.requests.standards import standard_of
from nopic.requests.statuses import Treatment


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the certificate as the request fills it; an empty `values` is an answer still missing."""

    number: int
    title: str
    values: tuple[str, ...]
    anchor: str  # where it is changed, "products#lines-0-net"; "" when it is not the exporter's to change
    line_id: int | None = None


def summary(request: CertificateRequest) -> list[Box]:
    """Every box that the request fills, in the order of the certificate; boxes 7 to 13 once for each product."""
    facts = loading.load(request)
    certifier, exporter = request.certifier, request.exporter
    days = (request.departure_on, request.last_departure_on)
    dates = tuple(full_day(day) for day in days if day)
    covers = _("Several shipments in a time frame") if facts.time_frame else _("Single shipment")
    boxes = [
        _box(2, _("Coverage"), "departure#departure_on", covers, *dates),
        _box(3, _("Certifying agent"), "", certifier.legal_name, certifier.country),
        _box(4, _("Exporter"), "", exporter.name, exporter.address, exporter.country, _nop_id(exporter.nop_id)),
        *_parties(request),
    ]
    for line in facts.lines:
        boxes += _goods(line, facts)
    return boxes + _journey(request, dates) + [_papers(facts)]


def _box(number: int, title: str, anchor: str, *values: str, line_id: int | None = None) -> Box:
    return Box(number, title, tuple(value for value in values if value), anchor, line_id)


def _nop_id(digits: str) -> str:
    return _("NOP ID %(id)s") % {"id": digits}


def _parties(request: CertificateRequest) -> list[Box]:
    importer, contact = request.importer, request.contact
    known: list[str] = []
    if importer is not None:
        known = [
            importer.name or (contact.name if contact else ""),
            importer.address or (contact.address if contact else ""),
            _nop_id(importer.nop_id),
        ]
    recipient = [request.consignee_name or _("As box 5"), request.consignee_address]
    return [
        _box(5, _("Importer of record"), "importer#contact", *known, request.importer_email),
        _box(6, _("Delivery place / ultimate consignee"), "importer#consignee_name", *recipient),
    ]


def _goods(line: LineFacts, facts: Facts) -> list[Box]:
    row, version, pk = line.line, line.version, line.line.pk
    standard = standard_of(facts.request.exporter.standard)
    packed = packages(row.packages, row.package_kind) if row.packages else ""
    gross = _("%(kg)s kg gross") % {"kg": kg(row.gross_kg)} if row.gross_kg else ""
    category = str(version.get_label_category_display()) if version else ""
    origin = ", ".join(filter(None, (row.origin_region, version.origin_country if version else "")))
    harvest = _("Harvest %(year)s") % {"year": row.crop_year} if row.crop_year else ""
    named = (version.wording, version.brand, harvest) if version else ()
    lots = [f"{lot.code} ({kg(lot.kg)} kg)" if lot.kg else lot.code for lot in line.lots]
    return [
        _box(7, _("Product"), line.at("item"), *named, line_id=pk),
        _box(8, _("US tariff code"), line.at("item"), version.hts if version else "", line_id=pk),
        _box(9, _("Organic standard"), "", standard.name, category, line_id=pk),
        _box(10, _("Net weight"), line.at("net"), f"{kg(row.net_kg)} kg" if row.net_kg else "", line_id=pk),
        _box(11, _("Packages, gross weight"), line.at("packages"), packed, gross, line_id=pk),
        _box(12, _("Lots"), line.at("lots-0-code"), *lots, line_id=pk),
        _box(13, _("Origin"), line.at("origin_region"), origin, line_id=pk),
    ]


def _journey(request: CertificateRequest, dates: tuple[str, ...]) -> list[Box]:
    containers = [" ".join(filter(None, (each["number"], each["seal"]))) for each in request.containers]
    loading_place = ", ".join(filter(None, (request.place_of_loading, request.country_of_loading)))
    arrival = full_day(request.arrival_on) if request.arrival_on else ""
    mode = str(request.get_mode_display()) if request.mode else ""
    treatment = str(Treatment(request.treatment).label) if request.treatment else ""
    port = " ".join(filter(None, (request.port_code, request.port_of_entry)))
    return [
        _box(14, _("Transport"), "transport#mode", mode, request.carrier, request.vessel, *containers,
             request.transport_document),
        _box(15, _("Route"), "transport#place_of_loading", loading_place, port, arrival),
        _box(16, _("Treatment declared"), "transport#treatment", treatment, request.treatment_text),
        _box(17, _("Departure"), "departure#departure_on", *dates),
    ]  # fmt: skip


def _papers(facts: Facts) -> Box:
    received = [slot.name for slot in facts.slots if slot.is_here]
    return _box(18, _("Documents"), "documents", *received)
