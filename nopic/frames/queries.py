"""What lists, forms and rules ask about permissions; each answer is one statement."""

from collections.abc import Collection
from datetime import date

from nopic.frames.models import Permission
from nopic.frames.policies import Terms, terms_of
from nopic.frames.statuses import PermissionStatus
from nopic.tenants.policy import Rules
from nopic.tenants.policy.time_frames import BY_ARRANGEMENT, YES


def permissions(certifier_id: int, exporter_id: int) -> list[Permission]:
    """Everything an exporter asked for, newest first."""
    found = Permission.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id)
    return list(found.select_related("item", "asked_by", "decided_by").order_by("-pk")[:100])


def asked(certifier_id: int) -> list[Permission]:
    """What waits for an answer, oldest first."""
    found = Permission.objects.filter(certifier_id=certifier_id, status=PermissionStatus.ASKED)
    return list(found.select_related("item", "exporter").order_by("pk")[:100])


def terms_by_item(certifier_id: int, exporter_id: int, items: Collection[int], rules: Rules) -> dict[int, Terms]:
    """The terms of each product that may have a time frame; the newest permission granted counts.

    Where the policy allows time frames without a permission, every one of `items` has terms, and a permission narrows
    them.
    """
    if rules.time_frames.allowed not in (YES, BY_ARRANGEMENT):
        return {}
    granted: dict[int, Permission] = {}
    for one in Permission.objects.filter(
        certifier_id=certifier_id, exporter_id=exporter_id, status=PermissionStatus.GRANTED
    ).order_by("pk"):
        granted[one.item_id] = one
    wanted = set(items) | set(granted)
    found = {item: terms_of(rules, granted.get(item)) for item in wanted}
    return {item: terms for item, terms in found.items() if terms is not None}


def offered(certifier_id: int, exporter_id: int, rules: Rules, today: date) -> list[Terms]:
    """The terms that a request of this exporter could use from today on, whatever its product."""
    if rules.time_frames.allowed == YES:
        return [Terms(rules.time_frames.max_days, rules.time_frames.max_kg)]
    known = terms_by_item(certifier_id, exporter_id, (), rules).values()
    return [one for one in known if one.valid_to is None or one.valid_to >= today]
