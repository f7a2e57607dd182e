"""Beginning a request with the answers of an earlier one or of a template, and filling in what is new today.

Copied are importer, products with their weights and suppliers, and the way they travel. Never copied: lots, documents,
dates, the reason for being late, vessel or plate, containers, seals and the number of the transport document. For another
importer on the same truck it is the other way round: the departure and the transport stay, importer, weights and lots are new.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nopic.presentation.typed import whole
from nopic.requests.actions.drafting import lock, revise, start
from nopic.requests.actions.goods import Present
from nopic.requests.actions.goods import typed as typed_goods
from nopic.requests.checks import Finding
from nopic.requests.models import CertificateRequest, RequestLine, RequestTemplate
from nopic.requests.statuses import OPEN_REQUEST, Coverage, RequestStatus
from nopic.requests.steps import Problem, cleaned
from nopic.requests.steps.importer import NEW
from nopic.requests.steps.products import OWN
from nopic.requests.steps.reading import day, line, why_too_long
from nopic.tenants.models import Exporter, Importer, ImporterContact, User
from nopic.workflow.audit import record
from nopic.workflow.transitions import Overtaken, Refused

NAME_MOST = 80
TODAY_STEPS: Final = ("departure", "products", "transport")
_IMPORTER = ("importer_email", "broker_name", "broker_email", "consignee_name", "consignee_address")
_GOODS = ("item", "crop_year", "unit", "package_kind", "origin_region")
_WEIGHTS = ("net", "packages", "gross")
WAY = (
    "mode", "place_of_loading", "country_of_loading", "port_of_entry", "carrier", "treatment", "treatment_text",
)  # fmt: skip
_TRUCK = (*WAY, "arrival_on", "vessel", "containers", "transport_document")


def answers_to_copy(source: CertificateRequest, *, same_truck: bool = False) -> dict[str, dict[str, Any]]:
    """The answers of a request that another one may begin with, by step; steps that were never saved are left out."""
    found: dict[str, dict[str, Any]] = {}
    raw = source.raw
    if same_truck and "departure" in raw:
        departure = source.departure_on.isoformat() if source.departure_on else ""
        found["departure"] = {**_class_of(source), "departure_on": departure, "late_reason": ""}
    if not same_truck and "importer" in raw:
        said = raw["importer"]
        contact = str(source.contact_id) if source.contact_id else ""
        found["importer"] = {"contact": contact, **{name: said[name] for name in _IMPORTER if name in said}}
    if "products" in raw:
        lines = [each for each in raw["products"].get("lines", []) if isinstance(each, Mapping)]
        found["products"] = {"lines": [_goods(each, with_weights=not same_truck) for each in lines]}
    if "transport" in raw:
        kept = _TRUCK if same_truck else WAY
        found["transport"] = {name: raw["transport"][name] for name in kept if name in raw["transport"]}
    return found


def _class_of(source: CertificateRequest | None) -> dict[str, str]:
    """One shipment, decided as quickly as the earlier one."""
    return {"coverage": Coverage.SINGLE.value, "turnaround": source.turnaround if source else ""}


def _goods(entry: Mapping[str, Any], *, with_weights: bool) -> dict[str, Any]:
    """A product without its lots; a row for the lots of each of its suppliers stays."""
    lots = entry.get("lots")
    rows = [lot for lot in lots if isinstance(lot, Mapping)] if isinstance(lots, list) else []
    suppliers = list(dict.fromkeys(line(lot, "supplier") or OWN for lot in rows)) or [OWN]
    kept = {name: str(entry.get(name, "")) for name in (*_GOODS, *(_WEIGHTS if with_weights else ()))}
    return {
        **dict.fromkeys(_WEIGHTS, ""), **kept, "id": "", "remove": "",
        "lots": [{"code": "", "kg": "", "supplier": supplier} for supplier in suppliers],
    }  # fmt: skip


@transaction.atomic
def copy(
    *, source: CertificateRequest, by: User, key: UUID | None = None, same_truck: bool = False
) -> CertificateRequest:
    """A new draft of the same exporter that begins with the answers of `source`; `key` as in `start`."""
    return _begin(source, answers_to_copy(source, same_truck=same_truck), by, key, "copied")


@transaction.atomic
def start_from(*, template: RequestTemplate, by: User, key: UUID | None = None) -> CertificateRequest:
    """A new draft that begins with the answers of a template."""
    return _begin(template.source, template.answers, by, key, f"started from template {template.name}"[:40])


@transaction.atomic
def start_replacement(
    *, line: RequestLine, certificate_id: int, importer: Importer, present: Present, by: User, key: UUID | None = None
) -> CertificateRequest:
    """A new draft that says what the certificate of `line` says, to be corrected and reviewed; its papers come anew.

    `importer` is the certificate's: a correction may have put another one in the place of the one that was asked for;
    `present` is what else it says by now.
    The replacement that is open already is returned instead of a second one.
    """
    source = line.request
    open_ones = CertificateRequest.objects.filter(
        certifier_id=line.certifier_id, replaces_id=certificate_id, status__in=(RequestStatus.DRAFT, *OPEN_REQUEST)
    )
    if begun := open_ones.first():
        return begun
    request = start(exporter=source.exporter, by=by, key=key)
    if request.turn or request.raw:
        return request
    request.copied_from, request.replaces_id, request.replaces_line = source, certificate_id, line
    request.save(update_fields=["copied_from", "replaces_id", "replaces_line"])
    answers = everything_of(line, importer)
    if present.net_kg is not None:
        goods = typed_goods(
            line, net_kg=present.net_kg, gross_kg=present.gross_kg, packages=present.packages, lots=present.lots
        )
        answers["products"] = {"lines": [{**each, **goods} for each in answers["products"]["lines"]]}
    if present.way:
        answers["transport"] = {**answers.get("transport", {}), **present.way}
    for step, raw in answers.items():
        revise(request=request, step=step, raw=raw, revision=request.revision, by=by)
    record(request, "replacement started", by=by, old=source.reference, new=request.reference)
    return request


def everything_of(line: RequestLine, importer: Importer) -> dict[str, dict[str, Any]]:
    """Every answer of the request behind a line, with this one product only and its lots, and the certificate's importer."""
    found = {step: dict(raw) for step, raw in line.request.raw.items()}
    entries = found.get("products", {}).get("lines", [])
    mine = [dict(each) for each in entries if isinstance(each, Mapping) and whole(each.get("id", "")) == line.pk]
    found["products"] = {"lines": [{**each, "id": "", "remove": ""} for each in mine]}
    if "importer" in found:
        found["importer"] |= _chosen(line.request, importer)
    return found


def _chosen(request: CertificateRequest, importer: Importer) -> dict[str, str]:
    """The importer as the form chooses it: one of the exporter's own, or by its NOP ID where they never used it."""
    if importer.pk == request.importer_id:
        return {"contact": str(request.contact_id)} if request.contact_id else {}
    contacts = ImporterContact.objects.filter(certifier_id=request.certifier_id, exporter_id=request.exporter_id)
    if (known := contacts.filter(importer=importer).first()) is not None:
        return {"contact": str(known.pk)}
    return {"contact": NEW, "nop_id": importer.nop_id, "name": importer.name, "address": importer.address}


def _begin(
    source: CertificateRequest, answers: Mapping[str, Mapping[str, Any]], by: User, key: UUID | None, verb: str
) -> CertificateRequest:
    request = start(exporter=source.exporter, by=by, key=key)
    if request.copied_from_id is not None or request.turn or request.raw:
        return request  # a second click
    request.copied_from = source
    request.save(update_fields=["copied_from"])
    for step, raw in answers.items():
        revise(request=request, step=step, raw=raw, revision=request.revision, by=by)
    record(request, verb, by=by, old=source.reference, new=request.reference, steps=sorted(answers))
    return request


def arrival_as_last_time(request: CertificateRequest, departure: date | None) -> date | None:
    """The arrival after as many days on the way as the copied request had; None when that is not known."""
    source = request.copied_from
    if departure is None or source is None or source.departure_on is None or source.arrival_on is None:
        return None
    return departure + timedelta(days=max(0, (source.arrival_on - source.departure_on).days))


@transaction.atomic
def fill_in_today(*, request: CertificateRequest, raw: Mapping[str, Any], revision: int, by: User) -> list[Problem]:
    """Save what is new today, whatever is wrong with it: departure, weights, lots, plate, containers, transport document.

    Everything else of the three steps stays as it is. An arrival left empty, or as it was counted before, follows the
    departure as last time. Returns what cannot be right, with the names of the fields as the steps have them; hints as well. Raises Overtaken, and saves
    nothing, when one of the steps was changed after `revision` or the request is no draft any more.
    """
    lock(request)
    if request.status != RequestStatus.DRAFT:
        raise Overtaken(request)
    typed, problems = cleaned(raw), []
    before = {step: dict(request.raw.get(step, {})) for step in TODAY_STEPS}
    new = {
        "departure": {name: typed[name] for name in ("departure_on", "late_reason") if name in typed},
        "products": {"lines": _lines(before["products"].get("lines", []), typed.get("lines", []))},
        "transport": {
            name: typed[name] for name in ("arrival_on", "vessel", "containers", "transport_document") if name in typed
        },
    }
    counted = arrival_as_last_time(request, day(before["departure"], "departure_on"))  # at the last save of this page
    if not line(typed, "arrival_on") or (counted and line(typed, "arrival_on") == counted.isoformat()):
        arrival = arrival_as_last_time(request, day(typed, "departure_on"))
        new["transport"]["arrival_on"] = arrival.isoformat() if arrival else ""
    before["departure"] = {**_class_of(request.copied_from), **before["departure"]}
    for step in TODAY_STEPS:
        reading = revise(request=request, step=step, raw={**before[step], **new[step]}, revision=revision, by=by)
        problems += reading.problems
    return problems


def _lines(before: Any, typed: Any) -> list[dict[str, Any]]:
    """The stored products with the typed weights and lots. Rows of lots without a number go when another has one; what is
    bought is asked for, as nobody said that today nothing was.
    """
    stored = [dict(each) for each in before if isinstance(each, Mapping)] if isinstance(before, list) else []
    said = [each for each in typed if isinstance(each, Mapping)] if isinstance(typed, list | tuple) else []
    for at, entry in enumerate(stored):
        news = said[at] if at < len(said) else {}
        entry |= {name: news[name] for name in ("net", "unit", "packages", "gross") if name in news}
        lots = news.get("lots")
        if isinstance(lots, list):
            rows = [dict(lot) for lot in lots if isinstance(lot, Mapping)]
            told = [lot for lot in rows if line(lot, "code") or line(lot, "supplier") not in ("", OWN)]
            entry["lots"] = told if any(line(lot, "code") for lot in told) else rows
    return stored


@transaction.atomic
def keep_as_template(*, source: CertificateRequest, name: str, by: User) -> RequestTemplate:
    """Name the answers of a request or draft as a template of its exporter. Raises Refused about the name."""
    known = _name(source.exporter, name)
    kept = RequestTemplate(
        certifier_id=source.certifier_id, exporter=source.exporter, source=source, name=known,
        answers=answers_to_copy(source), created_by=by,
    )  # fmt: skip
    _save(kept)
    record(kept, "template kept", by=by, new=known, request=source.reference)
    return kept


@transaction.atomic
def rename_template(*, template: RequestTemplate, name: str, by: User) -> None:
    """Give a template another name. Raises Refused about the name."""
    known, before = _name(template.exporter, name, but=template), template.name
    if known != before:
        template.name = known
        _save(template)
        record(template, "template renamed", by=by, old=before, new=known)


@transaction.atomic
def delete_template(*, template: RequestTemplate, by: User) -> None:
    """Take a template off the list; the requests that began with it stay as they are."""
    record(template, "template deleted", by=by, old=template.name, request=template.source.reference)
    template.delete()


def _save(template: RequestTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        raise _refused(_taken(template.name)) from None


def _name(exporter: Exporter, typed: str, *, but: RequestTemplate | None = None) -> str:
    name = " ".join(str(cleaned(typed)).split())
    if not name:
        raise _refused(_("Enter a name for the template"))
    if sentence := why_too_long(name, NAME_MOST, _("The name of the template")):
        raise _refused(sentence)
    same = RequestTemplate.objects.filter(certifier_id=exporter.certifier_id, exporter=exporter, name=name)
    if same.exclude(pk=but.pk if but else None).exists():
        raise _refused(_taken(name))
    return name


def _taken(name: str) -> str:
    return _("A template is called “%(name)s” already. Choose another name") % {"name": name}


def _refused(sentence: str) -> Refused:
    return Refused([Finding("template_has_a_name", None, "stop", sentence, sentence, field="template#name")])
