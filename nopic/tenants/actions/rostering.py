"""Absences with the colleague who covers, and duty hours by weekday. Everybody says of themselves that they are away."""

from collections.abc import Mapping
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.presentation import words
from nopic.tenants import roster
from nopic.tenants.models import Absence, DutyHours, Membership, User
from nopic.tenants.statuses import STAFF, Role
from nopic.workflow.audit import record
from nopic.workflow.transitions import Fault, Refused

LONGEST_DAYS = 366


def obstacles_to_change_roster(certifier_id: int, person: User, by: User) -> list[str]:
    """A certifier admin changes everybody's absences; a reviewer only their own."""
    if not _roles(certifier_id, person):
        return [_("%(name)s is no reviewer here.") % {"name": person}]
    roles = _roles(certifier_id, by)
    if Role.CERTIFIER_ADMIN in roles or (roles and person.pk == by.pk):
        return []
    return [_("Only a certifier admin changes this for somebody else.")]


def obstacles_to_set_hours(certifier_id: int, person: User, by: User) -> list[str]:
    """Duty hours are the admin's alone."""
    if Role.CERTIFIER_ADMIN not in _roles(certifier_id, by):
        return [_("Only a certifier admin sets duty hours.")]
    return obstacles_to_change_roster(certifier_id, person, by)


@transaction.atomic
def add_absence(
    *, certifier_id: int, person: User, first_on: date, last_on: date, cover: User | None, by: User
) -> Absence:
    """Note that somebody is away, both days included. Raises Refused with what stands against it, at its answer."""
    today = roster.today_of(certifier_id)
    # Locked, so that two notes of one person cannot pass each other.
    list(Membership.objects.select_for_update().filter(certifier_id=certifier_id, user=person).order_by("pk"))
    against = [Fault(one) for one in obstacles_to_change_roster(certifier_id, person, by)]
    if last_on < first_on:
        against.append(Fault(_("The last day must not be before the first day."), "last_on"))
    elif (last_on - first_on).days >= LONGEST_DAYS:
        sentence = _("An absence lasts a year at most. End the membership of somebody who has left.")
        against.append(Fault(sentence, "last_on"))
    if last_on < today:
        against.append(Fault(_("These days are over. Choose a last day from today on."), "last_on"))
    if cover is not None and cover.pk == person.pk:
        against.append(Fault(_("Choose somebody else to cover."), "cover"))
    elif cover is not None and not _roles(certifier_id, cover):
        against.append(Fault(_("%(name)s is no reviewer here.") % {"name": cover}, "cover"))
    mine = Absence.objects.filter(certifier_id=certifier_id, user=person)
    if other := mine.filter(first_on__lte=last_on, last_on__gte=first_on).first():
        said = {"name": person, "first": words.day(other.first_on, today), "last": words.day(other.last_on, today)}
        sentence = _("%(name)s is away from %(first)s to %(last)s already. Remove that first.")
        if other.first_on == other.last_on:
            sentence = _("%(name)s is away on %(first)s already. Remove that first.")
        against.append(Fault(sentence % said, "first_on"))
    if against:
        raise Refused(against)
    made = Absence.objects.create(
        certifier_id=certifier_id, user=person, first_on=first_on, last_on=last_on, cover=cover, created_by=str(by)
    )
    record(made, "noted", by=by, new=f"{first_on} to {last_on}", note=f"covered by {cover}" if cover else "")
    return made


@transaction.atomic
def remove_absence(*, absence: Absence, by: User) -> None:
    """Somebody is here after all, from now on; the log keeps what was noted. Removing twice changes nothing.

    Raises Refused for somebody else's, unless an admin does it.
    """
    if against := obstacles_to_change_roster(absence.certifier_id, absence.user, by):
        raise Refused(against)
    standing = Absence.objects.select_for_update().filter(certifier_id=absence.certifier_id, pk=absence.pk).first()
    if standing is not None:
        record(standing, "removed", by=by, old=f"{standing.first_on} to {standing.last_on}")
        standing.delete()


@transaction.atomic
def set_hours(*, certifier_id: int, person: User, hours: Mapping[int, tuple[time, time]], by: User) -> None:
    """Replace somebody's duty hours: weekday (0 is Monday) → from, to. None at all: they work office hours.

    Raises Refused with the sentences that stand against it.
    """
    list(Membership.objects.select_for_update().filter(certifier_id=certifier_id, user=person).order_by("pk"))
    against = obstacles_to_set_hours(certifier_id, person, by)
    if any(ends <= begins for begins, ends in hours.values()):
        against.append(_("Duty ends after it begins."))
    if against:
        raise Refused(against)
    standing = DutyHours.objects.filter(certifier_id=certifier_id, user=person)
    before = _in_words({each.weekday: (each.begins, each.ends) for each in standing})
    if before == (after := _in_words(hours)):
        return
    member = Membership.objects.filter(certifier_id=certifier_id, user=person, role__in=sorted(STAFF)).order_by("pk")[0]
    standing.delete()
    DutyHours.objects.bulk_create(
        DutyHours(certifier_id=certifier_id, user=person, weekday=weekday, begins=begins, ends=ends)
        for weekday, (begins, ends) in sorted(hours.items())
    )
    record(member, "duty hours", by=by, old=before, new=after, note=str(person))


def _roles(certifier_id: int, person: User) -> set[str]:
    mine = Membership.objects.filter(certifier_id=certifier_id, user=person, role__in=sorted(STAFF), is_active=True)
    return set(mine.values_list("role", flat=True))


def _in_words(hours: Mapping[int, tuple[time, time]]) -> str:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    return ", ".join(f"{days[day]} {begins:%H:%M}-{ends:%H:%M}" for day, (begins, ends) in sorted(hours.items()))
