"""Who is in the office: who is away and who covers, seen by all staff; duty hours, set by admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certifiers.forms.roster import AbsenceForm, HoursForm
from nopic.presentation import words
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.tenants import actions, roster
from nopic.tenants.access import PortalRequest, certifier_door, staff_door
from nopic.tenants.models import Absence, Membership
from nopic.tenants.statuses import STAFF, Role
from nopic.workflow.clock import now
from nopic.workflow.transitions import Refused


@require_http_methods(["GET", "POST"])
@staff_door
def who_is_in(request: PortalRequest) -> HttpResponse:
    """Everybody with their hours, absences that last or come, and a form for one more; `remove` takes one away."""
    certifier_id, me = request.certifier.pk, request.user
    is_admin = Role.CERTIFIER_ADMIN in request.roles
    staff = roster.staff_of(certifier_id)
    if "remove" in request.POST:
        mine = Absence.objects.filter(certifier_id=certifier_id).select_related("user")
        absence = get_object_or_404(mine, pk=whole(request.POST["remove"]))
        try:
            actions.remove_absence(absence=absence, by=me)
            messages.success(request, _("%(name)s is not away on those days any more.") % {"name": absence.user})
        except Refused as refused:
            messages.info(request, str(refused))
        return redirect(request.path)
    today = roster.today_of(certifier_id)
    form = AbsenceForm(posted(request), staff=staff, me=me, for_everybody=is_admin, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_absence(certifier_id=certifier_id, by=me, **form.cleaned_data)
        except Refused as refused:
            for fault in refused.findings:
                form.add_error(fault.field or None, str(fault))
        else:
            said = {"name": made.user, "day": words.day(made.last_on), "cover": made.cover}
            text = _("%(name)s is away until %(day)s: %(cover)s covers.")
            messages.success(
                request, (text if made.cover else _("%(name)s is away until %(day)s, and nobody covers.")) % said
            )
            return redirect(request.path)
    hours = roster.hours_of(certifier_id)
    on_duty = {person.pk for person in roster.on_duty(certifier_id, now())}
    days = words.weekdays()
    members = roster.memberships_of_staff(certifier_id)
    absences = roster.absences_to_come(certifier_id, today)
    context: dict[str, Any] = {
        "people": [
            (
                person,
                members[person.pk],
                person.pk in on_duty,
                [(days[each.weekday], each) for each in hours.get(person.pk, [])],
            )
            for person in staff
        ],
        "absences": [(each, is_admin or each.user_id == me.pk) for each in absences],
        "is_admin": is_admin,
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
    }
    return render(request, "certifiers/roster/roster.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@certifier_door(Role.CERTIFIER_ADMIN)
def duty_hours(request: PortalRequest, member_id: int) -> HttpResponse:
    """The duty hours of one of the staff, by weekday."""
    of = Membership.objects.filter(certifier=request.certifier, role__in=sorted(STAFF), is_active=True)
    person = get_object_or_404(of.select_related("user").order_by("pk"), pk=member_id).user
    standing = roster.hours_of(request.certifier.pk).get(person.pk, [])
    form = HoursForm(posted(request), standing=standing, days=words.weekdays())
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_hours(certifier_id=request.certifier.pk, person=person, hours=form.hours(), by=request.user)
        except Refused as refused:
            for sentence in refused.findings:
                form.add_error(None, sentence)
        else:
            messages.success(request, _("The duty hours of %(name)s are saved.") % {"name": person})
            return redirect(reverse("roster", args=[request.certifier.slug]))
    rules = roster.office_of(request.certifier.pk).rules
    context = {
        "person": person,
        "opening": f"{rules.opening:%H:%M}",
        "closing": f"{rules.closing:%H:%M}",
        "city": words.city_of(rules.time_zone),
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
    }
    return render(request, "certifiers/roster/hours.html", context, status=422 if form.errors else 200)
