"""Shapes of input of the keying sheet: what was entered by hand, and what the second person says of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from nopic.certificates.statuses import EntryOutcome, OperationKind


class EntryForm(forms.Form):
    """Number and time as the registry shows them; the time is on the office's clock."""

    number = forms.CharField(
        label=gettext_lazy("Certificate number"),
        max_length=60,
        help_text=gettext_lazy("As INTEGRITY shows it: 3, 10 and 6 digits"),
        error_messages={"required": gettext_lazy("Enter the number that INTEGRITY shows")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )
    published_at = forms.DateTimeField(
        label=gettext_lazy("When INTEGRITY published it"),
        help_text=gettext_lazy("On your office's clock"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "required": gettext_lazy("Enter when INTEGRITY published it"),
            "invalid": gettext_lazy("Enter a day and a time, such as 2026-11-28 14:05"),
        },
    )
    still_there = forms.BooleanField(
        label=gettext_lazy("The goods are still at the place of loading"),
        error_messages={
            "required": gettext_lazy(
                "If the goods have left, cancel this certificate first; then enter its number here, and its "
                "cancellation follows. Otherwise say that they are still there"
            )
        },
    )

    def __init__(self, *args: Any, kind: str, cancelling: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != OperationKind.ISSUE:
            del self.fields["number"]
            self.fields["published_at"].label = gettext_lazy("When INTEGRITY did it")
        if kind != OperationKind.ISSUE or cancelling:
            del self.fields["still_there"]


class ConfirmForm(forms.Form):
    """The second person's own look: the number typed again, and the sheet compared."""

    number = forms.CharField(
        label=gettext_lazy("Certificate number, as you read it in INTEGRITY"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter the number that you read in INTEGRITY")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )
    looked = forms.BooleanField(
        label=gettext_lazy("I opened the entry in INTEGRITY and compared it with this sheet"),
        error_messages={"required": gettext_lazy("Open the entry in INTEGRITY and compare it first")},
    )

    def __init__(self, *args: Any, numbered: bool, outcome: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not numbered:
            del self.fields["number"]
        if outcome == EntryOutcome.NOTHING:
            self.fields["looked"].label = gettext_lazy("I searched INTEGRITY too, and it is not there")
            self.fields["looked"].error_messages = {"required": gettext_lazy("Search INTEGRITY first")}


class CorrectForm(forms.Form):
    """Why an entry is taken back."""

    why = forms.CharField(
        label=gettext_lazy("What was wrong with it?"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say what was wrong with it")},
    )
