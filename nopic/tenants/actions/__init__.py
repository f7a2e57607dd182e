"""What staff do with exporters, importers and their own policy: add, change, confirm. Every change is audited with its reason."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nopic.presentation.typed import plain_lines
from nopic.tenants.actions.rostering import (
    add_absence,
    obstacles_to_change_roster,
    obstacles_to_set_hours,
    remove_absence,
    set_hours,
)
from nopic.tenants.actions.ruling import ChangedMeanwhile, change_policy, checked, laid_out, withdraw_policy
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, Exporter, ImporterContact, Policy
from nopic.tenants.statuses import Certification
from nopic.tenants.sync import ask_soon_about_exporter, standing_changed
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused

__all__ = [
    "ChangedMeanwhile",
    "NumberTaken",
    "add_absence",
    "add_certifier",
    "add_exporter",
    "change_exporter",
    "change_policy",
    "checked",
    "confirm_contact",
    "laid_out",
    "obstacles_to_change_roster",
    "obstacles_to_confirm",
    "obstacles_to_set_hours",
    "remove_absence",
    "set_hours",
    "withdraw_policy",
]


class NumberTaken(Exception):
    """Another operation of this certifier has this NOP ID."""


@contextmanager
def _one_for_each_number() -> Iterator[None]:
    """The database decides, so that two people who type the same number at the same moment are told the same."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "exporter_nop_id_once" not in str(error):
            raise
        raise NumberTaken from error


@transaction.atomic
def add_certifier(
    *, facts: Mapping[str, Any], rules: Mapping[str, Any], by: Actor, since: datetime | None = None
) -> Certifier:
    """A new tenant under the first version of its policy, in force `since` (now). `facts` are columns of Certifier.

    Raises ValidationError for facts that a certifier cannot have, PolicyError for rules that do not hold together.
    """
    certifier = Certifier(**facts)
    certifier.full_clean()
    data = checked(rules)
    certifier.save(force_insert=True)
    with tenant(certifier):
        record(certifier, "founded", by=by)
        Policy.objects.create(certifier=certifier, version=1, data=data, by=str(by), effective_from=since or now())
    return certifier


@_one_for_each_number()
def add_exporter(*, certifier: Certifier, facts: dict[str, Any], by: Actor) -> Exporter:
    """A new operation of this certifier. `facts` are columns of Exporter. Raises NumberTaken."""
    exporter = Exporter.objects.create(certifier=certifier, **facts)
    record(exporter, "added", by=by, new=exporter.nop_id)
    ask_soon_about_exporter(exporter)
    return exporter


@_one_for_each_number()
def change_exporter(
    *, exporter: Exporter, facts: dict[str, Any], by: Actor, reason: str, shown: Mapping[str, Any] | None = None
) -> list[str]:
    """Change columns of an exporter; one audit event names each change. Raises NumberTaken.

    `shown` is what stood before the person: what they left as it stood does not undo what a colleague changed meanwhile.
    What both changed is Refused, in (field, sentence) pairs. Returns the names of what changed.
    """
    standing = Exporter.objects.select_for_update().get(pk=exporter.pk)
    before = {name: plain_lines(value) for name, value in (shown or {}).items()}
    stands = {name: plain_lines(getattr(standing, name)) for name in facts}
    said = {name: plain_lines(value) for name, value in facts.items()}
    changed = {name: said[name] for name in facts if said[name] not in (stands[name], before.get(name, stands[name]))}
    both = [name for name in changed if stands[name] != before.get(name, stands[name])]
    if both:
        sentence = _("A colleague changed this meanwhile to “%(now)s”. Look at it, then save again")
        raise Refused([(name, sentence % {"now": getattr(standing, name)}) for name in both])
    for name, value in changed.items():
        record(standing, f"changed {name}", by=by, old=str(getattr(standing, name)), new=str(value), note=reason)
        setattr(standing, name, value)
    if changed:
        standing.save(update_fields=list(changed))
        standing_changed(standing.certifier_id)
        ask_soon_about_exporter(standing)
    return list(changed)


def obstacles_to_confirm(contact: ImporterContact) -> list[str]:
    """Why staff cannot vouch for an importer: the registry must know the NOP ID."""
    if contact.importer.status == Certification.NOT_FOUND:
        return [
            _("INTEGRITY does not know %(id)s. Ask the exporter for the right NOP ID.")
            % {"id": contact.importer.nop_id}
        ]
    if contact.importer.status == Certification.UNKNOWN:
        return [_("INTEGRITY has not answered about %(id)s yet.") % {"id": contact.importer.nop_id}]
    return []


@transaction.atomic
def confirm_contact(*, contact: ImporterContact, by: Actor) -> None:
    """Staff have looked at a provisional importer: it is who the exporter says it is.

    Raises Refused for a NOP ID that the registry does not know, Overtaken when a colleague was faster.
    """
    if against := obstacles_to_confirm(contact):
        raise Refused(against)
    moved = ImporterContact.objects.filter(pk=contact.pk, confirmed_at=None).update(
        confirmed_at=now(), confirmed_by=str(by)
    )
    if moved != 1:
        raise Overtaken(contact)
    record(contact, "importer confirmed", by=by, new=contact.name)
