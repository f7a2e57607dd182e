"""Vessel, containers, transport document, arrival: recorded beside the certificate, visible to the importer at once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import projection
from nopic.certificates.models import Certificate
from nopic.certificates.policies import day_left
from nopic.certificates.shipping import office_of
from nopic.requests.steps.transport import why_not_arrival
from nopic.watch.models import RoutingChange
from nopic.watch.policies import obstacles_to_reroute
from nopic.watch.queries import ROUTING, current_routing
from nopic.watch.words import routing_in_words
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Fault, Refused


@transaction.atomic
def change_routing(
    *, certificate: Certificate, values: Mapping[str, Any], note: str, by: Actor,
    shown: Mapping[str, Any] | None = None,
) -> RoutingChange | None:  # fmt: skip
    """Record what changed on the way; nothing when nothing did. No new certificate, no new number.

    `values` hold any of ROUTING: texts, `arrival_on` an ISO day, `containers` a list of number and seal. Raises Refused
    when the certificate does not count any more, and at what somebody else changed since it was `shown` to the person. Importer, broker and staff see it from this commit on.
    """
    fresh = Certificate.objects.select_for_update(of=("self",)).select_related("request__policy", "line").get(
        certifier_id=certificate.certifier_id, pk=certificate.pk
    )  # fmt: skip
    if against := obstacles_to_reroute(fresh):
        raise Refused(against)
    if unknown := values.keys() - ROUTING.keys():
        raise KeyError(", ".join(sorted(unknown)))
    before = current_routing(fresh)
    changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if not changes:
        return None
    since = [name for name in changes if shown is not None and before[name] != shown.get(name, before[name])]
    if since:
        sentence = _("Somebody recorded “%(now)s” meanwhile. Look at it, then save again")
        raise Refused([Fault(sentence % {"now": routing_in_words(name, before[name])}, name) for name in since])
    if "arrival_on" in changes and (sentence := _why_not_arrival(fresh, str(changes["arrival_on"][1]))):
        raise Refused([Fault(sentence, "arrival_on")])
    change = RoutingChange.objects.create(
        certifier_id=fresh.certifier_id, certificate=fresh, changes=changes, note=note, by=str(by)
    )
    fresh.routing = {**fresh.routing, **{name: new for name, (_old, new) in changes.items()}}
    fresh.save(update_fields=["routing"])
    record(fresh, "routing changed", by=by, note=note, changes=changes)
    projection.refresh(fresh)
    if fresh.number:
        owe("routing_changed", change.pk, certifier_id=fresh.certifier_id)
    return change


def _why_not_arrival(certificate: Certificate, day: str) -> str:
    """The form's own sentence about an arrival that does not follow the departure, or nothing."""
    request, office = certificate.line.request, office_of(certificate)
    left = day_left(certificate) or date.fromisoformat(certificate.data["coverage"]["first_departure"])
    return why_not_arrival(date.fromisoformat(day), left, request.mode, office.local(now()).date()) if day else ""
