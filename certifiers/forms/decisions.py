"""Shapes of input of the pages on which a reviewer decides something; whether it may be done is asked of the policies."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certifiers.forms.operations import KilogramField
from nopic.presentation.forms import DayField, on_paper
from nopic.tenants.policy import Rules, refusal_text


class RefuseForm(forms.Form):
    """A coded reason and what the exporter reads."""

    reason_code = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason from the list")},
    )
    text = forms.CharField(
        label=gettext_lazy("What was found, and what the exporter can do"),
        help_text=gettext_lazy("The exporter reads this as you write it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Write to the exporter what was found and what they can do")},
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (reason.code, f"{refusal_text(reason)} ({reason.citation})" if reason.citation else refusal_text(reason))
            for reason in rules.refusal_reasons
        ]
        self.fields["reason_code"].choices = choices  # type: ignore[attr-defined]


class WaiveForm(forms.Form):
    """Why a rule may pass this once."""

    reason = forms.CharField(
        label=gettext_lazy("Why it may pass"),
        help_text=gettext_lazy("Stays beside the finding with your name; the exporter does not see it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write why it may pass")},
    )


class SendBackForm(forms.Form):
    """What a second person found, for the reviewer who approved."""

    note = forms.CharField(
        label=gettext_lazy("What you found"),
        help_text=gettext_lazy("Your colleague reads this; the exporter does not see it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write to your colleague what you found")},
    )


class AloneForm(forms.Form):
    """Why an approval cannot wait for a second person."""

    because = forms.CharField(
        label=gettext_lazy("Why it cannot wait"),
        help_text=gettext_lazy("A colleague reads this when reviewing it; the exporter does not see it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write why it cannot wait for a colleague")},
    )


class AfterwardsForm(forms.Form):
    """What another person found in an approval that was made alone."""

    found = forms.ChoiceField(
        label=gettext_lazy("What you found"),
        widget=forms.RadioSelect,
        choices=[("in_order", gettext_lazy("In order")), ("not_in_order", gettext_lazy("Not in order"))],
        error_messages={"required": gettext_lazy("Choose whether it is in order")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("What is not in order, and what you suggest. It stands on the certificate's page."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """Not in order says what."""
        told = super().clean() or {}
        if told.get("found") == "not_in_order" and not told.get("note", "").strip():
            self.add_error("note", _("Write what is not in order"))
        return told


class NoteForm(forms.Form):
    """A note on a case."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write the note")},
    )
    visible = forms.BooleanField(
        label=gettext_lazy("The exporter may read it"),
        help_text=gettext_lazy("Otherwise it stays in your office. A note cannot be changed afterwards."),
        required=False,
    )


class RaiseForm(forms.Form):
    """By how much the verified quantity grows, and on what evidence."""

    kg = on_paper(
        KilogramField(
            label=gettext_lazy("Raise by"),
            error_messages={"required": gettext_lazy("Enter by how many kilograms it is raised")},
        ),
        unit="kg",
    )
    reason = forms.CharField(
        label=gettext_lazy("What shows that there is more"),
        help_text=gettext_lazy("Harvest or purchase records, with their dates."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write what shows that there is more: harvest or purchase records")},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the newest entry that the page knew


class DepartureForm(forms.Form):
    """The answer to "Has it left?", as the exporter gave it to the office."""

    left = forms.ChoiceField(
        label=gettext_lazy("Has it left?"),
        widget=forms.RadioSelect,
        choices=[("no", gettext_lazy("No, it leaves later")), ("yes", gettext_lazy("Yes, it has left"))],
        error_messages={"required": gettext_lazy("Choose whether it has left")},
    )
    on = DayField(
        label=gettext_lazy("New date, or the day it left"),
        error_messages={"required": gettext_lazy("Enter the date"), "invalid": gettext_lazy("Enter a date")},
    )
    why = forms.CharField(
        label=gettext_lazy("Why, and who said so"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        """`fixed`: a certificate names the date already, so only the day it left can be said."""
        super().__init__(*args, **kwargs)
        if fixed:
            self.fields["left"].choices = [("yes", gettext_lazy("Yes, it has left"))]  # type: ignore[attr-defined]
            self.fields["left"].initial = "yes"
            self.fields["on"].label = gettext_lazy("The day it left")


class ReturnForm(forms.Form):
    """One text for each box of the certificate that the exporter should look at; at least one."""

    def __init__(self, *args: Any, points: Sequence[tuple[str, str, str]], **kwargs: Any) -> None:
        """`points`: box ("" for the request as a whole), its name, and the text that is offered."""
        super().__init__(*args, **kwargs)
        self.boxes = []
        for at, (box, name, text) in enumerate(points):
            key = f"point-{at}"
            self.fields[key] = on_paper(
                forms.CharField(
                    label=name,
                    required=len(points) == 1,
                    error_messages={"required": _("Write what the exporter should change")},
                    initial=text,
                    max_length=1000,
                    widget=forms.Textarea(attrs={"rows": 2}),
                ),
                box=int(box) if box.isdecimal() else None,
            )
            self.boxes.append((box, key))

    def clean(self) -> dict[str, Any]:
        """Something has to be said."""
        cleaned = super().clean() or {}
        if not self.errors and not any(text.strip() for text in cleaned.values()):
            self.add_error(None, _("Write what the exporter should change, beside the box it is about"))
        return cleaned

    @property
    def said(self) -> list[dict[str, str]]:
        """The boxes with a text."""
        return [
            {"box": box, "text": text} for box, key in self.boxes if (text := self.cleaned_data.get(key, "").strip())
        ]
