"""Shapes of input: who is away from when to when and who covers, and somebody's duty hours by weekday."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from nopic.presentation.forms import DayField, on_paper
from nopic.tenants.models import DutyHours, User

WEEKDAYS = 7


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class AbsenceForm(forms.Form):
    """Days on which somebody is away, both included, and the colleague who gets their cases."""

    def __init__(
        self, *args: Any, staff: Sequence[User], me: User, for_everybody: bool, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.staff = {str(person.pk): person for person in staff}
        self.me, self.today = me, today
        names = [(key, str(person)) for key, person in self.staff.items()]
        if for_everybody:
            self.fields["person"] = forms.ChoiceField(label=_("Who is away"), choices=names, initial=str(me.pk))
        self.fields["first_on"] = DayField(label=_("Away from"))
        self.fields["last_on"] = DayField(label=_("Away until"), help_text=_("The last day away."))
        covers = [("", _("Nobody")), *(each for each in names if for_everybody or each[0] != str(me.pk))]
        self.fields["cover"] = forms.ChoiceField(
            label=_("Who covers"),
            choices=covers,
            required=False,
            help_text=_("Cases that are assigned in these days go to this colleague."),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["person"] = self.staff.get(data.get("person", str(self.me.pk)), self.me)
        data["cover"] = self.staff.get(data.get("cover", ""))
        if data["cover"] == data["person"]:
            self.add_error("cover", _("Choose somebody else to cover"))
        first, last = data.get("first_on"), data.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("The last day must not be before the first day"))
        elif last and last < self.today:
            self.add_error("last_on", _("These days are over. Choose a last day from today on"))
        return data


class HoursForm(forms.Form):
    """From and to on each weekday; both empty on a day without duty."""

    def __init__(self, *args: Any, standing: Sequence[DutyHours], days: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known, self.days = {each.weekday: each for each in standing}, days
        for number, name in enumerate(days):
            of = known.get(number)
            for end, label, value in (
                ("begins", _("%(day)s, from"), of.begins if of else None),
                ("ends", _("%(day)s, to"), of.ends if of else None),
            ):
                field = forms.TimeField(
                    label=label % {"day": name},
                    required=False,
                    initial=value,
                    widget=TimeInput(),
                    error_messages={"invalid": _("Enter a time such as 08:30")},
                )
                self.fields[f"{end}_{number}"] = on_paper(field, width="n4 m6")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(WEEKDAYS):
            begins, ends = data.get(f"begins_{number}"), data.get(f"ends_{number}")
            if {f"begins_{number}", f"ends_{number}"} & set(self.errors):
                continue
            if (begins is None) != (ends is None):
                at, sentence = (
                    f"{'ends' if ends is None else 'begins'}_{number}",
                    _("%(day)s: enter both times, or neither"),
                )
                self.add_error(at, sentence % {"day": self.days[number]})
            elif begins is not None and ends is not None and ends <= begins:
                sentence = _("%(day)s: duty must end after it begins")
                self.add_error(f"ends_{number}", sentence % {"day": self.days[number]})
        return data

    def hours(self) -> dict[int, tuple[time, time]]:
        """What was typed: weekday → from, to. Only after `is_valid`."""
        data = self.cleaned_data
        return {
            number: (data[f"begins_{number}"], data[f"ends_{number}"])
            for number in range(WEEKDAYS)
            if data[f"begins_{number}"] is not None
        }
