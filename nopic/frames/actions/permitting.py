"""Asking for a time frame, and the certifier's answer. What is granted counts for requests from then on.

A permission that is withdrawn or has ended leaves certificates as they are; a request that is still open is asked again
at approval (requests.checks).
"""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from nopic.frames import policies
from nopic.frames.models import Permission
from nopic.frames.statuses import PermissionStatus
from nopic.products.models import ProductItem
from nopic.tenants.models import User
from nopic.tenants.policy import Rules
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused, advance


class Twice(Exception):
    """This product waits for an answer already."""


@transaction.atomic
def ask(
    *, item: ProductItem, days: int, kg: Decimal, per_month: int, reason: str, rules: Rules, by: User
) -> Permission:
    """Ask whether a product may be shipped in a time frame of `days` days and `kg` kg. Raises Refused, or Twice."""
    if against := policies.obstacles_to_ask(rules):
        raise Refused(against)
    try:
        with transaction.atomic():
            permission = Permission.objects.create(
                certifier_id=item.certifier_id, exporter_id=item.exporter_id, item=item, asked_days=days,
                asked_kg=kg, per_month=per_month, reason=reason, asked_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        if "permission_asked_once" not in str(error):
            raise
        raise Twice(str(item)) from error
    record(permission, "asked", by=by, new=permission.status, note=reason, days=days, kg=str(kg), item=item.pk)
    owe("permission_asked", permission.pk, certifier_id=permission.certifier_id)
    return permission


@transaction.atomic
def grant(
    *, permission: Permission, max_days: int, max_kg: Decimal, valid_from: date, valid_to: date, note: str,
    rules: Rules, by: User,
) -> None:  # fmt: skip
    """Grant a longest time frame (days), a largest weight (kg) and the days between which departures must lie.

    Raises Refused with (field, sentence) pairs for what the policy does not allow, or Overtaken.
    """
    wrong = policies.obstacles_to_grant(rules, max_days=max_days, max_kg=max_kg)
    if wrong:
        raise Refused(list(wrong.items()))
    _note(permission, note)
    advance(
        permission, PermissionStatus.GRANTED, by=by, note=note, max_days=max_days, max_kg=max_kg,
        valid_from=valid_from, valid_to=valid_to, decided_at=now(), decided_by=by,
    )  # fmt: skip
    _tell(permission)


@transaction.atomic
def refuse(*, permission: Permission, reason: str, by: User) -> None:
    """Say no, and why. Raises Overtaken when it was answered already."""
    _note(permission, reason)
    advance(permission, PermissionStatus.REFUSED, by=by, note=reason, decided_at=now(), decided_by=by)
    _tell(permission)


@transaction.atomic
def withdraw(*, permission: Permission, reason: str, by: User) -> None:
    """Take a permission back. Certificates keep their period; open requests are judged without it at approval."""
    if policies.obstacles_to_withdraw(permission):
        raise Overtaken(permission)
    _note(permission, reason)
    advance(permission, PermissionStatus.WITHDRAWN, by=by, note=reason, decided_at=now(), decided_by=by)
    _tell(permission)


def _note(permission: Permission, note: str) -> None:
    """What the exporter is told stands in the row; the transaction takes it back when somebody was faster."""
    Permission.objects.filter(certifier_id=permission.certifier_id, pk=permission.pk).update(note=note)
    permission.note = note


def _tell(permission: Permission) -> None:
    """The exporter gets the answer by e-mail."""
    owe("permission_answered", permission.pk, certifier_id=permission.certifier_id)
