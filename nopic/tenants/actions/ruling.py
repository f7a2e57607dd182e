"""How a certifier's policy changes: a new version from a moment on, or a planned one taken back before it begins.

A version is never edited. Whoever changes a setting from a day that lies before other planned versions does not lose
them: of each, what it changed is laid anew on the changed ground, with the same day, person and reason, and the old one
is withdrawn.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.presentation.words import full_day
from nopic.tenants.calendar import fault
from nopic.tenants.models import Certifier, Policy, PolicyWithdrawal
from nopic.tenants.policy import PolicyError, Rules
from nopic.tenants.policy.merging import as_typed, laid_on, touched
from nopic.tenants.policy.saying import differences
from nopic.tenants.queries import standing
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.transitions import Overtaken, Refused


class ChangedMeanwhile(Overtaken):
    """A colleague changed some of the same settings since the page was opened. `newer` are those versions."""

    def __init__(self, newer: list[Policy]) -> None:
        super().__init__(newer[-1])
        self.newer = newer


@transaction.atomic
def change_policy(
    *, certifier: Certifier, settings: Mapping[str, Any], since: datetime, seen: int, reason: str, by: Actor,
    shown: Mapping[str, Any] | None = None,
) -> Policy:  # fmt: skip
    """A new version in which `settings` (name -> JSON value) differ, in force from `since` (now at the earliest).

    `seen` is the newest version that the person knew, `shown` the values that stood before the person: what differs from
    them is changed on that day, whatever else is planned by then stays. The same once more (double click) is the version
    that the first made. Raises ChangedMeanwhile when a newer version
    changed one of these settings, PolicyError when the policy would contradict itself on that day or on the day of a
    planned version or when the same is planned for that day already, Refused without a reason or with nothing changed.
    Requests already sent keep the version that they were sent under.
    """
    rows = _locked(certifier)
    newest = max(row.version for row in Policy.objects.filter(certifier_id=certifier.pk))
    why = reason.strip()
    if overlapping := [
        row for row in rows if row.version > seen and not row.carries and set(row.changed) & set(settings)
    ]:
        if _is_made(overlapping[-1], settings, since, by=str(by), note=why):
            return overlapping[-1]
        raise ChangedMeanwhile(overlapping)
    if not why:
        raise Refused([_("Say why the setting changes")])
    moment = max(since, now())
    ground = [row for row in rows if row.effective_from <= moment][-1]
    before, data = laid_out(ground, settings, shown)
    changed = {name: before[name] for name in settings if before.get(name) != data[name]}
    if not changed:
        raise Refused([_("Nothing changes: these values count already on that day")])
    if moment > now():
        _refuse_planned_twice([row for row in rows if row.effective_from == moment], changed, data)
    version = _write(certifier, newest + 1, data, changed, moment, by=str(by), note=why)
    record(version, "policy changed", by=by, new=moment.isoformat(), note=why, settings=sorted(changed))
    _carry_over([row for row in rows if row.effective_from > moment], onto=version, by=by)
    return version


def _is_made(row: Policy, settings: Mapping[str, Any], since: datetime, *, by: str, note: str) -> bool:
    """Whether a version is this very change: what counts at once counts from the moment of the first click."""
    when = max(since, now())
    same_day = row.effective_from == when if since > now() else row.effective_from <= when
    same = same_day and set(row.changed) <= set(settings) and (row.by, row.note) == (by, note)
    return same and all(row.data[name] == value for name, value in settings.items())


@transaction.atomic
def withdraw_policy(*, certifier: Certifier, version: int, by: Actor, reason: str) -> None:
    """Take back a planned version, so that it never begins; later planned ones are laid anew on what then counts.

    Raises Overtaken when it has begun or was withdrawn, Refused without a reason.
    """
    rows = _locked(certifier)
    one = next((row for row in rows if row.version == version), None)
    if one is None or one.effective_from <= now():
        raise Overtaken(one or f"policy {version}")
    why = reason.strip()
    if not why:
        raise Refused([_("Say why the planned change is withdrawn")])
    PolicyWithdrawal.objects.create(certifier_id=certifier.pk, policy=one, by=str(by), note=why)
    record(one, "policy change withdrawn", by=by, note=why, settings=sorted(one.changed))
    at = rows.index(one)
    _carry_over(rows[at + 1 :], onto=rows[at - 1], by=by)


def laid_out(
    ground: Policy, settings: Mapping[str, Any], shown: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What counts under `ground`, and what would count with `settings`, which were typed where `shown` stood.

    Raises PolicyError when that contradicts itself.
    """
    before = {**Rules().to_json(), **ground.data}
    base = before if shown is None else shown
    laid = {name: laid_on(before[name], before=base[name], wanted=value) for name, value in settings.items()}
    try:
        return before, checked({**before, **laid})
    except PolicyError as error:
        said = {as_typed(path, laid=laid, typed=settings): sentence for path, sentence in error.problems.items()}
        raise PolicyError(said) from error


def checked(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a policy as it is stored, all settings written out. Raises PolicyError."""
    rules = Rules.from_json(data)
    if sentence := fault(rules):
        of_region = rules.subdivision and not fault(replace(rules, subdivision=""))
        raise PolicyError({"subdivision" if of_region else "country": sentence})
    return rules.to_json()


def _refuse_planned_twice(rows: list[Policy], changed: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Two plans of one day that change the same: the first one would never count for a moment."""
    for row in rows:
        twice = [
            name for name, before in row.changed.items()
            if name in changed and touched(before, row.data[name]) & touched(changed[name], data[name])
        ]  # fmt: skip
        if twice:
            what = "; ".join(
                told for name in twice for told in differences(name, row.changed[name], row.data[name], row.data)
            )
            raise PolicyError({"since": _(
                "This is planned for that day already: %(what)s (%(who)s: %(why)s). Withdraw that plan first, or choose "
                "another day."
            ) % {"what": what, "who": row.by, "why": row.note}})  # fmt: skip


def _locked(certifier: Certifier) -> list[Policy]:
    """The standing versions, after everybody else who changes this policy."""
    Certifier.objects.select_for_update(no_key=True).get(pk=certifier.pk)
    return list(standing(certifier.pk))


def _carry_over(later: list[Policy], *, onto: Policy, by: Actor) -> None:
    """Lay planned versions anew on `onto`, in their order."""
    ground = onto
    number = max(Policy.objects.filter(certifier_id=onto.certifier_id).values_list("version", flat=True))
    for old in later:
        on = {**Rules().to_json(), **ground.data}
        settings = {
            name: laid_on(on[name], before=before, wanted=old.data[name]) for name, before in old.changed.items()
        }
        try:
            data = checked({**on, **settings})
        except PolicyError as error:
            said = _("Together with the change planned for %(day)s: %(problem)s")
            zone = ZoneInfo(ground.rules.time_zone)
            begins = old.effective_from.astimezone(zone).date()
            words = {"day": full_day(begins), "problem": next(iter(error.problems.values()))}
            raise PolicyError({next(iter(error.problems)): said % words}) from error
        number += 1
        changed = {name: on[name] for name in settings}
        PolicyWithdrawal.objects.create(
            certifier_id=old.certifier_id, policy=old, by=str(by), note=f"carried over to version {number}"
        )
        ground = _write(
            old.certifier, number, data, changed, old.effective_from,
            by=old.by, note=old.note, at=old.at, carries=old.version,
        )  # fmt: skip


def _write(
    certifier: Certifier, version: int, data: dict[str, Any], changed: dict[str, Any], since: datetime, **facts: Any
) -> Policy:
    """One row; when it was decided is now, unless `at` says that it was decided before."""
    return Policy.objects.create(
        certifier=certifier, version=version, data=data, changed=changed, effective_from=since, **{"at": now(), **facts}
    )
