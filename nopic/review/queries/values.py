"""What each check lays side by side: the declared value, what the verified list and the registry say, and what to look
for in the text of the papers. A row that the certifier added has no values of its own; its papers are still shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.presentation import words
from nopic.requests import timing
from nopic.requests.containers import units_in_words
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.models import Lot
from nopic.tenants.policy import CheckRow

Needle = str | Decimal  # a name or code, or a weight or count
ORGANIC = ("organic", "orgánico", "orgánica", "biologique", "bio", "ecológico", "orgânico", "biologisch")


@dataclass(frozen=True)
class Values:
    """What is known about a check. `needles` are looked for in the papers; of `any_of` one is enough."""

    declared: str = ""
    listed: str = ""
    office: str = ""  # what the certifier itself has decided
    registry: str = ""
    needles: tuple[Needle, ...] = ()
    any_of: bool = False
    tolerance: Decimal = Decimal(0)  # kilograms that a weight in a paper may differ, by the policy


def values(row: CheckRow, facts: Facts, line: LineFacts | None) -> Values:
    """The values of one check for one line (None: of the request)."""
    if (of_request := _OF_REQUEST.get(row.id)) is not None:
        return of_request(facts)
    of_line = _OF_LINE.get(row.id)
    return of_line(facts, line) if of_line is not None and line is not None else Values()


def _kg(weight: Decimal | None) -> str:
    return _("%(kg)s kg") % {"kg": words.kg(weight)} if weight is not None else ""


def _numbers(*found: Decimal | int | None) -> tuple[Needle, ...]:
    return tuple(Decimal(each) for each in found if each)


def _net_weight(facts: Facts, line: LineFacts) -> Values:
    net, typed = line.line.net_kg, " ".join(filter(None, (line.line.net_typed, line.line.net_unit)))
    said = _kg(net)
    if line.line.net_unit not in ("", "kg") and typed:
        said = _("%(kg)s (typed as %(typed)s)") % {"kg": said, "typed": typed}
    return Values(
        declared=said, needles=_numbers(net), tolerance=facts.rules.tolerance(net or Decimal(0), "net_weight")
    )


def _packages(facts: Facts, line: LineFacts) -> Values:
    kind = line.line.package_kind or (line.version.package_kind if line.version else "")
    said = words.packages(line.line.packages, kind) if line.line.packages else ""
    return Values(declared=said, needles=_numbers(line.line.packages))


def _gross_weight(facts: Facts, line: LineFacts) -> Values:
    gross = line.line.gross_kg
    tolerance = facts.rules.tolerance(gross or Decimal(0), "gross_weight")
    return Values(declared=_kg(gross), needles=_numbers(gross), tolerance=tolerance)


def _lots(facts: Facts, line: LineFacts) -> Values:
    said = [f"{lot.code} ({_kg(lot.kg)})" if lot.kg is not None else lot.code for lot in line.lots]
    return Values(declared=", ".join(said), needles=tuple(lot.code for lot in line.lots))


def _named_organic(facts: Facts, line: LineFacts) -> Values:
    return Values(needles=ORGANIC, any_of=True)


def _product_name(facts: Facts, line: LineFacts) -> Values:
    current = line.version_on(facts.today)
    listed = _("nothing today")
    if current is not None:
        ends = current.valid_to
        until = _("until %(day)s") % {"day": words.day(ends, facts.today)} if ends else _("no end date")
        listed = _("%(wording)s, %(status)s, %(until)s") % {
            "wording": current.wording, "status": current.get_status_display().lower(), "until": until,
        }  # fmt: skip
    brand = f", {line.version.brand}" if line.version and line.version.brand else ""
    return Values(declared=f"{line.name}{brand}", listed=listed, needles=(line.name,))


def _tariff_code(facts: Facts, line: LineFacts) -> Values:
    current = line.version_on(facts.today)
    code = line.version.hts if line.version else ""
    return Values(declared=code, listed=current.hts if current else _("nothing today"), needles=(code,) if code else ())


def _quantity_left(facts: Facts, line: LineFacts) -> Values:
    account = line.account
    if account is None or account.allocated is None:
        listed = _("no limit")
    else:
        left = facts.left_for(line) or Decimal(0)
        listed = _("%(left)s kg left of %(all)s kg, harvest %(year)s, this request not counted") % {
            "left": words.kg(left), "all": words.kg(account.allocated), "year": line.line.crop_year,
        }  # fmt: skip
    return Values(declared=_kg(line.line.net_kg), listed=listed)


def _inputs_cover(facts: Facts, line: LineFacts) -> Values:
    by_source: dict[str, Decimal | None] = {}
    for lot in line.lots:
        source = lot.supplier.name if lot.supplier else _("own production")
        before = by_source.get(source, Decimal(0))
        by_source[source] = None if before is None or lot.kg is None else before + lot.kg
    said = [f"{source}: {_kg(kg)}" if kg is not None else source for source, kg in by_source.items()]
    suppliers = {lot.supplier.name for lot in line.lots if lot.supplier}
    return Values(declared="; ".join(said), office=_certificates(line), needles=tuple(sorted(suppliers)))


def _certificates(line: LineFacts) -> str:
    """What this line takes off each transaction certificate, and what is left on it."""
    factor = line.version.input_factor if line.version else Decimal(1)
    yielding = _(", at a yield of %(factor)s") % {"factor": f"{factor.normalize():f}"} if factor != 1 else ""
    said = [
        _("%(number)s: %(drawn)s of %(all)s%(yielding)s, %(left)s left") % {
            "number": one.number, "drawn": _kg(drawn), "all": _kg(one.kg), "yielding": yielding, "left": _kg(one.left),
        }
        for one, drawn in line.drawn.values()
    ]  # fmt: skip
    return "; ".join(said)


def _supplier_guarantee(facts: Facts, line: LineFacts) -> Values:
    said = []
    for supplier in {lot.supplier.pk: lot.supplier for lot in line.lots if lot.supplier}.values():
        lots = ", ".join(_proven(lot, line) for lot in line.lots if lot.supplier_id == supplier.pk)
        body = facts.certifier if supplier.same_certifier else supplier.certifier_name or _("another certifier")
        said.append(
            _("%(name)s, certified by %(body)s: %(lots)s") % {"name": supplier.name, "body": body, "lots": lots}
        )
    needles = {lot.supplier.name for lot in line.lots if lot.supplier}
    return Values(declared="; ".join(said) or _("own production only"), needles=tuple(sorted(needles)))


def _proven(lot: Lot, line: LineFacts) -> str:
    """A purchased lot with its kilograms and what proves it."""
    words_said = {"lot": lot.code, "kg": _kg(line.kg_of(lot)) or _("no weight"), "number": lot.proof}
    if lot.supplier is not None and lot.supplier.same_certifier:
        said = (
            _("%(lot)s (%(kg)s, purchase invoice %(number)s)") if lot.proof else _("%(lot)s (%(kg)s, purchase invoice)")
        )
    elif lot.pk in line.inputs:
        said = _("%(lot)s (%(kg)s, transaction certificate %(number)s)")
    else:
        said = _("%(lot)s (%(kg)s, no transaction certificate in the register)")
    return said % words_said


def _standard(facts: Facts, line: LineFacts) -> Values:
    category = line.version.get_label_category_display() if line.version else ""
    return Values(listed=f"{facts.request.exporter.standard}, {category}")


def _origin(facts: Facts, line: LineFacts) -> Values:
    version = line.version
    if version is None:
        return Values(declared=line.line.origin_region)
    country = version.origin_country
    listed = ", ".join(filter(None, (version.origin_region, country)))
    return Values(
        declared=", ".join(filter(None, (line.line.origin_region, country))), listed=listed, needles=(country,)
    )


def _read(status: str, at: datetime, facts: Facts) -> str:
    zone = facts.rules.time_zone
    return _("%(status)s, read %(moment)s") % {
        "status": status, "moment": words.moment(at, zone, words.city_of(zone), facts.today),
    }  # fmt: skip


def _exporter(facts: Facts) -> Values:
    exporter = facts.request.exporter
    ends = exporter.certified_to
    until = _("until %(day)s") % {"day": words.day(ends, facts.today)} if ends else _("no end date")
    said = _("%(status)s, %(until)s, NOP ID %(nop_id)s") % {
        "status": exporter.get_status_display(), "until": until, "nop_id": exporter.nop_id,
    }  # fmt: skip
    registry = exporter.get_registry_status_display()
    if exporter.registry_read_at is not None:
        registry = _read(registry, exporter.registry_read_at, facts)
    return Values(office=said, registry=registry, needles=(exporter.name, exporter.nop_id))


def _importer(facts: Facts) -> Values:
    importer, contact = facts.request.importer, facts.request.contact
    if importer is None:
        return Values()
    name = importer.name or (contact.name if contact else "")
    said = importer.get_status_display()
    if importer.read_at is not None:
        said = _read(said, importer.read_at, facts)
    declared = _("%(name)s, NOP ID %(nop_id)s") % {"name": name, "nop_id": importer.nop_id}
    return Values(declared=declared, registry=said, needles=tuple(filter(None, (name, importer.nop_id))))


def _sent_in_time(facts: Facts) -> Values:
    request, zone = facts.request, facts.rules.time_zone
    if request.submitted_at is None or request.departure_on is None:
        return Values()
    city = words.city_of(zone)
    said = _("received %(at)s, limit %(limit)s") % {
        "at": words.moment(request.submitted_at, zone, city, facts.today),
        "limit": words.moment(facts.office.latest_sending(request.departure_on), zone, city, facts.today),
    }
    if request.late_reason:
        said = _("%(said)s; reason: %(reason)s") % {"said": said, "reason": request.late_reason}
    known = timing.deadlines(request, facts.rules, facts.now, request.decide_by)
    told = [
        _("%(title)s %(when)s. %(why)s") % {"title": each.title, "when": each.when, "why": f"{each.why} {each.clash}"}
        for each in known
    ]
    return Values(declared=said, office=" ".join(each.strip() for each in told))


def _not_left(facts: Facts) -> Values:
    request = facts.request
    if request.departed_on is not None:
        return Values(declared=_("left on %(day)s") % {"day": words.day(request.departed_on, facts.today)})
    if request.departure_on is None:
        return Values()
    said = _("leaves on %(day)s at the earliest") % {"day": words.day(request.departure_on, facts.today)}
    if request.departure_note:
        said = _("%(said)s; moved: %(why)s") % {"said": said, "why": request.departure_note}
    return Values(declared=said)


def _transport(facts: Facts) -> Values:
    request = facts.request
    needles: list[str] = [request.vessel, request.transport_document]
    said = [request.carrier, request.vessel, request.transport_document]
    for container in request.containers:
        number, seal = container.get("number", ""), container.get("seal", "")
        said.append(_("%(number)s, seal %(seal)s") % {"number": number, "seal": seal} if seal else number)
        needles += [number, seal]
    return Values(declared="; ".join(filter(None, said)), needles=tuple(filter(None, needles)))


def _route(facts: Facts) -> Values:
    request = facts.request
    start = ", ".join(filter(None, (request.place_of_loading, request.country_of_loading)))
    said = _("%(start)s to %(end)s") % {"start": start, "end": request.port_of_entry}
    places = (request.place_of_loading, request.port_of_entry.partition(",")[0])
    return Values(declared=said, needles=tuple(filter(None, places)))


def _treatment(facts: Facts) -> Values:
    request = facts.request
    said = request.get_treatment_display()
    return Values(declared=f"{said}: {request.treatment_text}" if request.treatment_text else said)


_OF_REQUEST: dict[str, Callable[[Facts], Values]] = {
    "exporter_certified": _exporter,
    "importer_certified": _importer,
    "sent_in_time": _sent_in_time,
    "not_left": _not_left,
    "transport_parties": _transport,
    "route": _route,
    "treatment": _treatment,
    "clean_transport": lambda facts: Values(
        declared=units_in_words(facts.request.mode, facts.request.vessel, facts.request.containers),
        needles=tuple(each["number"] for each in facts.request.containers),
    ),
    "no_commingling": lambda facts: Values(
        declared=", ".join(lot.code for line in facts.lines for lot in line.lots),
        needles=tuple(lot.code for line in facts.lines for lot in line.lots),
    ),
}
_OF_LINE: dict[str, Callable[[Facts, LineFacts], Values]] = {
    "net_weight": _net_weight,
    "packages": _packages,
    "gross_weight": _gross_weight,
    "lots": _lots,
    "named_organic": _named_organic,
    "product_name": _product_name,
    "tariff_code": _tariff_code,
    "quantity_left": _quantity_left,
    "inputs_cover": _inputs_cover,
    "supplier_guarantee": _supplier_guarantee,
    "standard_and_category": _standard,
    "origin": _origin,
}
