"""Shape of input of the page on which staff begin a request for an exporter."""

from django import forms
from django.utils.translation import gettext_lazy as _

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
    asked_on = forms.DateField(
        label=_("When they asked"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the day on which they asked"),
            "invalid": _("Enter the day on which they asked"),
        },
    )
    reason = forms.CharField(
        label=_("Why you fill it in"), help_text=_("The exporter reads this"), max_length=500,
        error_messages={"required": _("Enter why you fill it in for them")},
    )  # fmt: skip
