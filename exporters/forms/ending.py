"""Shapes of input of the pages that withdraw a request or say when its goods left."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nopic.certificates.models import CancelWish
from nopic.presentation.forms import DayField


class WithdrawForm(forms.Form):
    """Why, if they like."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Why: use 500 characters or fewer")},
    )  # fmt: skip


class RejectForm(forms.Form):
    """What is wrong with a correction that staff entered."""

    why = forms.CharField(
        label=_("What is wrong with it"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write what is wrong with it"),
            "max_length": _("What is wrong with it: use 1,000 characters or fewer"),
        },
    )  # fmt: skip


class CancelWishForm(forms.Form):
    """What happened to the goods, and why the certificate should be cancelled."""

    goods = forms.ChoiceField(
        label=_("What happened to the goods?"),
        widget=forms.RadioSelect,
        choices=CancelWish.Goods.choices,
        error_messages={
            "required": _("Choose what happened to the goods"),
            "invalid_choice": _("Choose what happened to the goods"),
        },
    )
    why = forms.CharField(
        label=_("Why it should be cancelled"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write why it should be cancelled"),
            "max_length": _("Why it should be cancelled: use 1,000 characters or fewer"),
        },
    )  # fmt: skip


class SecondLookForm(forms.Form):
    """Why it should be looked at again."""

    text = forms.CharField(
        label=_("What the reviewer should look at again"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Write why the reviewer should look at it again"),
            "max_length": _("What the reviewer should look at again: use 2,000 characters or fewer"),
        },
    )  # fmt: skip


class DepartedForm(forms.Form):
    """The answer to "Has it left?": the day it left, or the new date and why."""

    left = forms.ChoiceField(
        label=_("Has it left?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, it has left")), ("no", _("No, it leaves on another day"))],
        error_messages={"required": _("Choose whether it has left"), "invalid_choice": _("Choose whether it has left")},
    )
    on = DayField(
        label=_("The day it left, or the new date"),
        error_messages={
            "required": _("Enter the day it left, or the new date"),
            "invalid": _("Enter the day it left, or the new date"),
        },
    )
    why = forms.CharField(
        label=_("Why it leaves on another day"),
        help_text=_("Only when it has not left. The certifier reads this."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Why it leaves on another day: use 500 characters or fewer")},
    )

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        """`fixed`: a certificate names the date already, so only the day it left can be said."""
        super().__init__(*args, **kwargs)
        if fixed:
            self.fields["left"].choices = [("yes", _("Yes, it has left"))]  # type: ignore[attr-defined]
            self.fields["left"].initial = "yes"
            self.fields["on"].label = _("The day it left")
            del self.fields["why"]
