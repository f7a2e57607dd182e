"""Shapes of input of the answer to a question for a time frame."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifiers.forms.operations import KilogramField
from nopic.presentation.forms import DayField, on_paper


class AnswerForm(forms.Form):
    """Grant with its terms, or refuse with a reason."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        choices=[("grant", gettext_lazy("Grant it on these terms")), ("refuse", gettext_lazy("Refuse it"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether to grant or refuse it")},
    )
    max_days = on_paper(
        forms.IntegerField(
            label=gettext_lazy("Longest time frame"), min_value=1, max_value=366, required=False,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        ),
        unit=gettext_lazy("days"), width="n6", depends=True,
    )  # fmt: skip
    max_kg = on_paper(
        KilogramField(label=gettext_lazy("Largest weight of one time frame"), required=False),
        unit="kg",
        width="n6",
        depends=True,
    )
    valid_from = on_paper(
        DayField(label=gettext_lazy("First day of a departure"), required=False),
        width="n6",
        depends=True,
    )
    valid_to = on_paper(
        DayField(label=gettext_lazy("Last day of a departure"), required=False),
        width="n6",
        depends=True,
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the exporter"), required=False, max_length=500,
        help_text=gettext_lazy("Needed when it is refused, at least 5 characters; kept in the audit log with your name"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What a grant needs, and what a refusal needs."""
        said = super().clean() or {}
        if said.get("answer") == "grant":
            missing = {
                "max_days": _("Enter the longest time frame in days"),
                "max_kg": _("Enter the largest weight in kilograms"),
                "valid_from": _("Enter the first day of a departure"),
                "valid_to": _("Enter the last day of a departure"),
            }
            for name, sentence in missing.items():
                if name not in self.errors and not said.get(name):
                    self.add_error(name, sentence)
            first, last = said.get("valid_from"), said.get("valid_to")
            if first and last and last < first:
                self.add_error("valid_to", _("The last day must not be before the first"))
        elif said.get("answer") == "refuse" and len(str(said.get("note") or "")) < 5:
            self.add_error("note", _("Say why in a few words"))
        return said
