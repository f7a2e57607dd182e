"""Which version of a certifier's policy is in force at a moment, what is planned, and who changed what, when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet

from nopic.tenants.models import Policy
from nopic.workflow.clock import now as the_present


def policy_of(certifier_id: int, moment: datetime | None = None) -> Policy:
    """The version of a certifier's policy in force. Every certifier has one; none is a fault in its set-up.

    Of the versions that have begun and were not withdrawn the one that began last; of two that begin together the one
    that was decided last.
    """
    begun = standing(certifier_id).filter(effective_from__lte=moment or the_present())
    return begun.order_by("-effective_from", "-version")[0:1].get()


def standing(certifier_id: int) -> QuerySet[Policy]:
    """Versions that were not withdrawn, in the order in which they begin."""
    found = Policy.objects.filter(certifier_id=certifier_id, withdrawal=None)
    return found.order_by("effective_from", "version")


def since(certifier_id: int, setting: str, moment: datetime | None = None) -> datetime:
    """From when a setting counts as it does now: the beginning of the last version that changed it, or of the first."""
    begun = standing(certifier_id).filter(effective_from__lte=moment or the_present())
    changed = begun.filter(changed__has_key=setting).values_list("effective_from", flat=True)
    return changed.last() or begun.values_list("effective_from", flat=True)[0]


@dataclass(frozen=True)
class Change:
    """One setting that one version changed; the values are JSON as in the stored policy."""

    policy: Policy
    setting: str
    before: Any
    after: Any
    state: Literal["begun", "planned", "withdrawn"]


def changes(certifier_id: int, settings: frozenset[str], moment: datetime | None = None) -> list[Change]:
    """Every change of these settings, the newest decision first; two statements at most.

    A planned change that was carried over to newer ground stands here once, as the version that carries it now.
    """
    present = moment or the_present()
    rows = list(Policy.objects.filter(certifier_id=certifier_id).select_related("withdrawal").order_by("-version"))
    carried = {row.carries for row in rows if row.carries is not None}
    found = []
    for row in rows:
        if row.version in carried:
            continue
        state: Literal["begun", "planned", "withdrawn"] = "begun" if row.effective_from <= present else "planned"
        if hasattr(row, "withdrawal"):
            state = "withdrawn"
        found += [
            Change(row, name, before, row.data.get(name), state)
            for name, before in row.changed.items()
            if name in settings
        ]
    return sorted(found, key=lambda change: (change.policy.at, change.policy.version), reverse=True)


def begun(changes: Iterable[Change]) -> list[Change]:
    """Those that count or counted; the one that began last stands last, whenever it was decided."""
    counted = [change for change in changes if change.state == "begun"]
    return sorted(counted, key=lambda change: (change.policy.effective_from, change.policy.version))
