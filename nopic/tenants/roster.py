"""Who is in the office: who is on duty at a moment, and who gets a case that is meant for somebody who is away.

Days and hours are the office's own, in its time zone. Runs inside the certifier's door.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from nopic.presentation import words
from nopic.tenants.calendar import Office
from nopic.tenants.models import Absence, DutyHours, Membership, User
from nopic.tenants.queries import policy_of
from nopic.tenants.statuses import STAFF
from nopic.workflow.clock import now


@dataclass(frozen=True)
class StandIn:
    """Who gets what was meant for somebody: `person`, None when nobody is there; the sentence, "" when nobody is away."""

    person: User | None
    sentence: str = ""


def staff_of(certifier_id: int) -> list[User]:
    """The people who review for a certifier, by name."""
    members = Membership.objects.filter(certifier_id=certifier_id, role__in=sorted(STAFF), is_active=True)
    people = {member.user_id: member.user for member in members.select_related("user")}
    return sorted(people.values(), key=lambda person: str(person).casefold())


def memberships_of_staff(certifier_id: int) -> dict[int, int]:
    """One membership of everybody who reviews for a certifier: person → membership, by their ids."""
    members = Membership.objects.filter(certifier_id=certifier_id, role__in=sorted(STAFF), is_active=True)
    return dict(members.order_by("-pk").values_list("user_id", "pk"))


def office_of(certifier_id: int) -> Office:
    """The office's calendar under the policy in force now."""
    return Office(policy_of(certifier_id).rules)


def today_of(certifier_id: int) -> date:
    """The office's own date."""
    return office_of(certifier_id).local(now()).date()


def is_on_duty(
    office: Office, moment: datetime, *, hours: Collection[DutyHours], absences: Iterable[Absence] = ()
) -> bool:
    """Whether somebody with these duty hours and absences works at a moment; reads nothing.

    Own hours also count on the office's weekend; without any, somebody works the office's hours on its working days.
    Nobody is on duty on a holiday or a closed day. An end does not belong to its span any more.
    Raises ValueError for a naive moment.
    """
    here = office.local(moment)
    day, time = here.date(), here.time()
    if office.is_holiday(day) or any(each.first_on <= day <= each.last_on for each in absences):
        return False
    if not hours:
        return office.is_working_day(day) and office.rules.opening <= time < office.rules.closing
    return any(each.weekday == day.weekday() and each.begins <= time < each.ends for each in hours)


def on_duty(certifier_id: int, moment: datetime) -> list[User]:
    """The reviewers who work at a moment, by name: neither away nor outside their hours. Four statements."""
    office = Office(policy_of(certifier_id, moment).rules)
    day = office.local(moment).date()
    hours = hours_of(certifier_id)
    away = _away_on(certifier_id, day)
    return [
        person
        for person in staff_of(certifier_id)
        if person.pk not in away and is_on_duty(office, moment, hours=hours.get(person.pk, []))
    ]


def stand_in(certifier_id: int, person: User, day: date | None = None) -> StandIn:
    """Who gets a case meant for `person` on a day of the office (today): the first of the covers who is not away."""
    on = day or today_of(certifier_id)
    away = _away_on(certifier_id, on)
    if person.pk not in away:
        return StandIn(person)
    first = away[person.pk]
    staff = {each.pk for each in staff_of(certifier_id)}
    said = {"name": person, "day": words.day(first.last_on, on)}
    asked, absence = {person.pk}, first
    while (cover := absence.cover) is not None and cover.pk in staff and cover.pk not in asked:
        if cover.pk not in away:
            return StandIn(cover, _("%(name)s is away until %(day)s: %(cover)s covers.") % {**said, "cover": cover})
        asked.add(cover.pk)
        absence = away[cover.pk]
    if first.cover is None:
        return StandIn(None, _("%(name)s is away until %(day)s, and nobody covers.") % said)
    return StandIn(None, _("%(name)s is away until %(day)s, and nobody who covers is there.") % said)


def absences_to_come(certifier_id: int, day: date) -> list[Absence]:
    """Absences that last on this day or begin after it, the nearest first."""
    rows = Absence.objects.filter(certifier_id=certifier_id, last_on__gte=day).select_related("user", "cover")
    return list(rows.order_by("first_on", "pk"))


def hours_of(certifier_id: int) -> dict[int, list[DutyHours]]:
    """The duty hours of everybody who has any, by person."""
    found: dict[int, list[DutyHours]] = {}
    for each in DutyHours.objects.filter(certifier_id=certifier_id):
        found.setdefault(each.user_id, []).append(each)
    return found


def _away_on(certifier_id: int, day: date) -> dict[int, Absence]:
    """The absence of everybody who is away on a day; of several, the one that lasts longest."""
    rows = Absence.objects.filter(certifier_id=certifier_id, first_on__lte=day, last_on__gte=day)
    return {each.user_id: each for each in rows.select_related("cover").order_by("last_on", "pk")}
