"""Step 2, importer of record, recipient and broker (boxes 5, 6).

Values: contact_id (one of the exporter's own importers) or new ({nop_id, name, address}), importer_email, broker_name,
broker_email, consignee_name, consignee_address. Who the importer is is said by its NOP ID alone; name and address are
what the exporter knows until the registry has been read.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from nopic.oid.numbers import WrongFormat, is_certificate_number, read_certificate_number, read_nop_id
from nopic.requests.steps.reading import Choices, Reading, email, line, number, short, text

MOST_NAME, MOST_ADDRESS = 200, 600  # characters
NEW = "new"  # the choice that opens the fields for an importer not used before


def read(raw: Mapping[str, Any], choices: Choices) -> Reading:
    """The importer chosen or described, and whom to write to."""
    reading = Reading()
    chosen, new = line(raw, "contact"), None
    contact = choices.contacts.get(number(raw, "contact") or 0)
    if chosen == NEW or (not chosen and line(raw, "nop_id")):
        new = _new(reading, raw)
    elif contact is None:
        reading.problem("contact", _("Choose or add the importer"), 5)
    known_email = contact.email if contact else ""
    if not line(raw, "importer_email") and known_email:
        importer_email = known_email
    else:
        importer_email = email(reading, raw, "importer_email", missing=_("Enter the importer's e-mail"), box=5)
    broker_name, broker_email = _broker(reading, raw, contact)
    named = line(raw, "consignee_name")
    consignee = short(reading, "consignee_name", named, MOST_NAME, _("The name of the recipient"), 6)
    typed = text(raw, "consignee_address")
    address = short(reading, "consignee_address", typed, MOST_ADDRESS, _("The address of the recipient"), 6)
    if address and not named:
        reading.problem("consignee_name", _("Enter the name of the recipient, or remove the address"), 6)
    reading.values = {
        "contact_id": contact.pk if contact and new is None else None,
        "new": new,
        "importer_email": importer_email,
        "broker_name": broker_name,
        "broker_email": broker_email,
        "consignee_name": consignee,
        "consignee_address": address,
    }
    return reading


def nop_id(typed: str) -> tuple[str, str]:
    """The ten digits, or "" and the sentence that says what is wrong with them."""
    if not typed:
        return "", _("Enter the NOP ID, 10 digits from the importer's organic certificate")
    try:
        if is_certificate_number(read_certificate_number(typed)):
            return "", _(
                "This is a certificate number of 21 characters. The NOP ID must have 10 digits, "
                "it stands on the importer's organic certificate"
            )
    except WrongFormat:
        pass  # not a certificate number, so it may be a NOP ID
    try:
        return read_nop_id(typed), ""
    except WrongFormat:
        return "", _("The NOP ID must have 10 digits")


def _new(reading: Reading, raw: Mapping[str, Any]) -> dict[str, str] | None:
    digits, sentence = nop_id(line(raw, "nop_id"))
    if sentence:
        reading.problem("nop_id", sentence, 5)
    named, placed = line(raw, "name"), text(raw, "address")
    name = short(reading, "name", named, MOST_NAME, _("The importer's name"), 5, missing=_("Enter the importer's name"))
    address = short(
        reading, "address", placed, MOST_ADDRESS, _("The importer's address"), 5,
        missing=_("Enter the importer's address"),
    )  # fmt: skip
    return {"nop_id": digits, "name": name, "address": address} if digits and name else None


def _broker(reading: Reading, raw: Mapping[str, Any], contact: Any) -> tuple[str, str]:
    """Name and e-mail; those of the importer's usual broker when the form did not ask."""
    if "broker_name" not in raw and "broker_email" not in raw:
        return (contact.broker_name, contact.broker_email) if contact else ("", "")
    named = line(raw, "broker_name")
    name = short(reading, "broker_name", named, MOST_NAME, _("The name of the broker"))
    missing = _("Enter the broker's e-mail") if named else ""
    address = email(reading, raw, "broker_email", missing=missing, box=None)
    if address and not named:
        reading.problem("broker_name", _("Enter the broker's name"))
    return name, address
