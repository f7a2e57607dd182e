"""Shapes of input where staff begin a request for an exporter, or correct one that was sent."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nopic.presentation.forms import DayField, on_paper
from nopic.requests import actions as requests
from nopic.requests.changes import Change
from nopic.requests.models import OnBehalf


class OnBehalfForm(forms.Form):
    """Who asked, how, when and why."""

    asked_by = forms.CharField(
        label=_("Who asked you"),
        help_text=_("Name of the person at the exporter"),
        max_length=200,
        error_messages={"required": _("Enter who asked you")},
    )
    means = forms.ChoiceField(
        label=_("How they asked"),
        choices=OnBehalf.Means,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how they asked you"), "invalid_choice": _("Choose how they asked you")},
    )
    asked_on = DayField(
        label=_("When they asked"),
        error_messages={
            "required": _("Enter the day on which they asked"),
            "invalid": _("Enter the day on which they asked"),
        },
    )
    reason = forms.CharField(
        label=_("Why you fill it in"), help_text=_("The exporter reads this"), max_length=500,
        error_messages={"required": requests.NO_REASON_TO_FILL_IN},
    )  # fmt: skip


class FilingForm(OnBehalfForm):
    """The same, where a request begins; posted twice, its key begins one."""

    key = forms.UUIDField(required=False, widget=forms.HiddenInput)


class CorrectForm(OnBehalfForm):
    """The same, of a request that was sent."""

    reason = forms.CharField(
        label=_("Why you correct it"), help_text=_("The exporter reads this"), max_length=500,
        error_messages={"required": requests.NO_REASON_TO_CORRECT},
    )  # fmt: skip


class SignedForm(forms.Form):
    """Who of the exporter signed, on which day, and the file."""

    signed_by = forms.CharField(
        label=_("Who signed it"), help_text=_("Name of the person at the exporter"), max_length=200,
        error_messages={"required": _("Enter who signed it")},
    )  # fmt: skip
    signed_on = DayField(label=_("Signed on"), error_messages={"required": _("Enter the day on which it was signed")})
    file = forms.FileField(
        label=_("The signed form"), help_text=_("PDF, or a photo of the paper"),
        error_messages={"required": _("Choose the file of the signed form"), "empty": _("The file is empty")},
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_signed_on(self) -> date:
        """Nobody has signed tomorrow."""
        day: date = self.cleaned_data["signed_on"]
        if day > self.today:
            raise forms.ValidationError(gettext("Enter the day on which it was signed, today or earlier"))
        return day


class ReasonsForm(forms.Form):
    """Why each box is changed; offered is why the correction began."""

    def __init__(self, *args: Any, changes: Sequence[Change], reason: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for at, change in enumerate(changes):
            title = f"{change.title}, {change.product}" if change.product else change.title
            both = {"old": change.old or "–", "new": change.new or "–"}
            field = forms.CharField(
                label=title, initial=reason, max_length=500, help_text=gettext("%(old)s becomes %(new)s") % both,
                error_messages={"required": gettext("%(title)s: write why it is changed") % {"title": title}},
            )  # fmt: skip
            self.fields[f"why-{at}"] = on_paper(field, box=int(change.box))

    def whys(self) -> list[str]:
        """The reasons in the order of the changes."""
        return [self.cleaned_data[name] for name in self.fields]
