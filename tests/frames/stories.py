"""What the tests about time frames begin with, reached through the real actions."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from nopic.certificates import actions as certificates
from nopic.certificates import shipping
from nopic.certificates.issuance import endings
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus, OperationStatus
from nopic.frames import actions
from nopic.frames.actions import Said
from nopic.frames.models import Permission, Shipment
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.tenants.context import tenant
from nopic.workflow import clock
from nopic.workflow.transitions import advance
from tests.factories import Side, line_answers, rules, submitted

DAYS, KG = 92, Decimal(60_000)


def asked_for(side: Side, **changes: object) -> Permission:
    """The sender asked for a time frame of 92 days and 60,000 kg of the first product."""
    said = {"days": DAYS, "kg": KG, "per_month": 30, "reason": "A truck leaves every night.", **changes}
    with tenant(side.certifier, side.sender):
        return actions.ask(item=said.pop("item", side.item), rules=rules(), by=side.sender, **said)


def permitted(side: Side, **changes: object) -> Permission:
    """A reviewer granted what was asked for, for a year from today."""
    today = clock.today("America/Lima")
    permission = asked_for(side)
    terms = {
        "max_days": DAYS, "max_kg": KG, "valid_from": today, "valid_to": today + timedelta(days=365), "note": "",
        **changes,
    }  # fmt: skip
    with tenant(side.certifier, side.reviewer):
        actions.grant(permission=permission, rules=rules(), by=side.reviewer, **terms)
    return permission


def frame_answers(
    side: Side, days: int = 60, kg: str = "40,000", first_in: int = 20, **changes: object
) -> dict[str, object]:
    """Changes of `factories.answers` that make the request one for a time frame: a weight and a period, no lots."""
    first = clock.today("America/Lima") + timedelta(days=first_in)
    line = line_answers(side, net=kg, packages="", gross="", lots=[], **changes)
    return {
        "coverage": "time_frame",
        "departure_on": first.isoformat(),
        "late_reason": "" if first_in > 10 else "The harvest came earlier than planned.",
        "last_departure_on": (first + timedelta(days=days - 1)).isoformat(),
        "lines": [line],
    }


def frame_sent(side: Side, **changes: object) -> CertificateRequest:
    """A request for 40,000 kg in 60 days, permitted and sent."""
    permitted(side)
    return submitted(side, **frame_answers(side, **changes))


def approved(side: Side, **changes: object) -> Certificate:
    """The certificate of a time frame that begins today, approved and not yet published."""
    request = frame_sent(side, **{"first_in": 0, **changes})
    with tenant(side.certifier, side.reviewer):
        line = RequestLine.objects.select_related("request", "account").get(certifier=side.certifier, request=request)
        return certificates.begin(line=line, by=side.reviewer)


def issued(side: Side, **changes: object) -> Certificate:
    """The same, published: what the worker does once the registry has given the number."""
    certificate = approved(side, **changes)
    number = f"{side.certifier.nop_code}-{side.exporter.nop_id}-{certificate.pk:06}"
    with tenant(side.certifier):
        operation = certificate.operations.get(certifier=side.certifier)
        advance(operation, OperationStatus.SENT, by="the test", last_sent_at=clock.now())
        advance(operation, OperationStatus.DONE, by="the test", done_at=clock.now())
        advance(certificate, CertificateStatus.ISSUING, by="the test")
        endings.issued(certificate, number, at=clock.now(), by="the test")
    return certificate


def truck(side: Side, certificate_id: int, kg: object = 1000, *, has_left: bool = True, **said: object) -> Shipment:
    """A truck of today; inside the tenant's door."""
    found = Certificate.objects.select_related("request__policy").get(certifier=side.certifier, pk=certificate_id)
    about = {name: said.pop(name) for name in ("key", "besides") if name in said}
    return shipping.record_shipment(
        certificate=found, said=Said(said.pop("on", clock.today("America/Lima")), Decimal(str(kg)), **said), has_left=has_left,
        by=side.sender, **{"key": uuid4(), **about},
    )  # fmt: skip
