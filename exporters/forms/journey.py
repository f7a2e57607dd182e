"""Fields of the steps departure, importer and transport, in the order and the words of their pages."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from exporters.forms.fields import Field, Writer
from nopic.frames.policies import Terms
from nopic.presentation.words import kg, moment
from nopic.requests import ports
from nopic.requests.statuses import Coverage, Mode, Treatment
from nopic.requests.steps.transport import PER_SHIPMENT
from nopic.tenants.countries import countries
from nopic.tenants.models import ImporterContact


class Class(NamedTuple):
    """A turnaround class as a choice: its name, and below it the decision if sent now and how it is counted."""

    code: str
    title: str
    small: str
    is_default: bool


RADIOS = {"importer": ("contact",), "transport": ("mode", "treatment"), "departure": ("coverage", "turnaround")}


def departure(
    write: Writer,
    *,
    certifier: str,
    lead_days: int,
    late: bool,
    classes: Iterable[Class],
    terms: Terms | None = None,
) -> list[Field]:
    """One shipment or several, where that is offered; when the goods leave and how quickly it is decided.

    The reason only when the date is late.
    """
    several = write.raw.get("coverage") == Coverage.TIME_FRAME
    fields = []
    if terms or several:
        fields.append(_coverage(write, terms))
    fields.append(
        write.field(
            "departure_on",
            _("Earliest date the goods leave the country"),
            kind="date",
            box=17,
            hint=_("The day the truck crosses the border, or the ship or plane leaves")
            if not (terms or several)
            else _("The day the truck crosses the border, or the ship or plane leaves; of several the first"),
            width="n6",
        )
    )
    if terms or several:
        fields.append(
            write.field(
                "last_departure_on",
                _("Last departure"),
                kind="date",
                box=17,
                hint=_("Only for several shipments: the day the last of them leaves"),
                width="n6",
                needed=several,
            )
        )
    if len(classes := list(classes)) > 1:
        chosen = str(write.raw.get("turnaround") or next(each.code for each in classes if each.is_default))
        fields.append(
            write.field(
                "turnaround",
                _("How quickly do you need the decision?"),
                of={"turnaround": chosen},
                kind="radio",
                options=[(each.code, each.title) for each in classes],
                small={each.code: each.small for each in classes},
            )
        )
    if late or write.raw.get("late_reason"):
        hint = _("%(certifier)s asks for %(days)s working days. Your request may be refused") % {
            "certifier": certifier,
            "days": lead_days,
        }
        fields.append(write.field("late_reason", _("Why is the request late?"), kind="area", hint=hint))
    return fields


def _coverage(write: Writer, terms: Terms | None) -> Field:
    small = {}
    if terms:
        words = {"days": terms.max_days, "kg": kg(terms.max_kg)}
        small = {Coverage.TIME_FRAME.value: _("Up to %(days)s days and %(kg)s kg, recorded truck by truck") % words}
    return write.field(
        "coverage",
        _("What should the certificate cover?"),
        kind="radio",
        box=2,
        options=Coverage.choices,
        small=small,
    )


def importer(
    write: Writer, contacts: Iterable[ImporterContact], zone: str
) -> tuple[list[Field], list[Field], list[Field]]:
    """Who imports; the fields of a new importer; where the goods and the e-mails go."""
    contacts = list(contacts)
    options = [(str(one.pk), one.importer.name or one.name) for one in contacts]
    chosen = write.raw.get("contact") or ("new" if not options else "")
    choose = [
        write.field(
            "contact",
            _("US importer of record"),
            of={"contact": chosen},
            kind="radio",
            box=5,
            hint=_("The company named as importer in the US customs entry. It must hold an organic certificate"),
            options=[*options, ("new", _("Another importer"))],
            small={str(one.pk): _read(one, zone) for one in contacts},
        )
    ]
    new = [
        write.field(
            "nop_id",
            _("NOP ID"),
            kind="numeric",
            box=5,
            hint=_("10 digits, from their organic certificate. Not the certificate number"),
            width="n6",
        ),
        write.field("name", _("Name"), box=5, width="n6"),
        write.field("address", _("Address"), kind="area", box=5),
    ]
    to = [
        write.field(
            "importer_email", _("Importer's e-mail"), kind="email", hint=_("Receives the certificate"), width="n6"
        ),
        write.field(
            "consignee_name",
            _("Recipient, if it is another place"),
            box=6,
            hint=_("Warehouse or roaster"),
            width="n6",
            needed=False,
        ),
        write.field("consignee_address", _("Address of the recipient"), kind="area", box=6, needed=False),
        write.field("broker_name", _("Customs broker"), width="n6", needed=False),
        write.field(
            "broker_email",
            _("Broker's e-mail"),
            kind="email",
            hint=_("Gets the same e-mail. They type the number into ACE"),
            width="n6",
            needed=False,
        ),
    ]
    return choose, new, to


def _read(contact: ImporterContact, zone: str) -> str:
    """What the registry says of an importer, and when it was read: a fact with its time."""
    importer = contact.importer
    words = {"id": importer.nop_id, "state": importer.get_status_display()}
    if importer.read_at is None:
        return _("NOP ID %(id)s. Not read in INTEGRITY yet") % words
    return _("NOP ID %(id)s. %(state)s, read %(when)s") % {**words, "when": moment(importer.read_at, zone)}


def importer_defaults(raw: Mapping[str, Any], contact: ImporterContact | None) -> dict[str, Any]:
    """What the pair of exporter and importer used last time, for a step that was not saved yet."""
    if raw or contact is None:
        return dict(raw)
    return {
        "contact": str(contact.pk),
        "importer_email": contact.email,
        "broker_name": contact.broker_name,
        "broker_email": contact.broker_email,
    }


def _port(typed: str) -> str:
    """The port with its name, so that a wrong digit is seen; as typed when it is none."""
    port = ports.port_of_entry(typed.strip()[:4])
    return port.label if port else typed


def transport(write: Writer, *, several: bool = False) -> tuple[list[Field], list[tuple[Field, Field]], list[Field]]:
    """How and from where to where; containers with their seals; document number and treatment.

    Of several shipments in a time frame only what is the same for all of them.
    """
    way = [
        write.field("mode", _("How do the goods travel?"), kind="radio", box=14, options=Mode.choices),
        write.field("place_of_loading", _("Place of loading"), box=15, width="n6"),
        write.field(
            "country_of_loading",
            _("Country of loading"),
            kind="select",
            box=15,
            width="n6",
            options=[("", _("Choose a country")), *((name, name) for name in countries().values())],
        ),
        write.field(
            "port_of_entry",
            _("US port of entry"),
            of={"port_of_entry": _port(str(write.raw.get("port_of_entry", "")))},
            box=15,
            width="n6",
            hint=_("Name or 4 digits"),
            listed="ports",
        ),
        write.field("arrival_on", _("Estimated arrival in the United States"), kind="date", box=15, width="n6"),
        write.field("carrier", _("Carrier"), box=14, width="n6", needed=False),
        write.field("vessel", _("Vessel and voyage, flight, or plate"), box=14, width="n6", needed=False),
    ]
    entries = write.raw.get("containers")
    rows = entries if isinstance(entries, list) and entries else [{}]
    boxes = [
        (
            write.field(
                f"containers-{at}-number", _("Container"), of=row, key="number", box=14, width="n6", needed=False
            ),
            write.field(f"containers-{at}-seal", _("Seal"), of=row, key="seal", box=14, width="n6", needed=False),
        )
        for at, row in enumerate(rows)
        if isinstance(row, Mapping)
    ]
    rest = [
        write.field("transport_document", _("Number of the transport document, if you have it"), box=14, needed=False),
        write.field(
            "treatment",
            _("Are the goods treated before they leave?"),
            kind="radio",
            box=16,
            hint=_("Fumigation with prohibited substances and irradiation end the organic status"),
            options=Treatment.choices,
        ),
        write.field("treatment_text", _("About the treatment"), kind="area", box=16, needed=False),
    ]
    if several:
        same = [one for one in (*way, *rest) if one.name not in PER_SHIPMENT]
        return same[:4], [], same[4:]
    return way, boxes, rest


def port_options() -> list[str]:
    """Labels of the US ports of entry for the list of suggestions."""
    return [port.label for port in ports.ports_of_entry()]


def supplier(write: Writer, *, certifier: str) -> list[Field]:
    """Who sold a lot, and who certifies them."""
    return [
        write.field("supplier-name", _("Name of the supplier")),
        write.field(
            "supplier-same",
            _("Who certifies them?"),
            kind="radio",
            options=[("yes", certifier), ("no", _("Another certifier"))],
        ),
        write.field("supplier-certifier_name", _("Name of the other certifier"), width="n6", needed=False),
        write.field(
            "supplier-nop_id", _("NOP ID of the supplier, if it has one"), kind="numeric", width="n6", needed=False
        ),
    ]
