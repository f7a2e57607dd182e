"""Shapes of input of the certificate pages."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.documents.models import Document
from nopic.presentation.forms import DayField, on_paper
from nopic.tenants.policy.reasons import cancel_text


class CancelForm(forms.Form):
    """A coded reason of the policy, and a note for the people who are told."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it cancelled?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose why the certificate is cancelled")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the exporter, the importer and the broker"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )

    def __init__(self, *args: Any, reasons: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(reason.code, cancel_text(reason)) for reason in reasons]  # type: ignore[attr-defined]


class KeepForm(forms.Form):
    """Why a certificate stays valid although its exporter asked to cancel it."""

    answer = forms.CharField(
        label=gettext_lazy("Why it is not cancelled, for the exporter"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Write to the exporter why it is not cancelled")},
    )


class KeyForm(forms.Form):
    """The certifier's key for the registry."""

    secret = forms.CharField(
        label=gettext_lazy("Key for INTEGRITY"),
        widget=forms.PasswordInput,
        min_length=16,
        max_length=200,
        help_text=gettext_lazy("Stored encrypted; it is not shown again"),
        error_messages={"required": gettext_lazy("Enter the key")},
    )


class DecisionForm(forms.Form):
    """Approve, or refuse with a reason for the exporter."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        choices=[
            ("approve", gettext_lazy("Approve and publish the new version")),
            ("refuse", gettext_lazy("Refuse; the present version stays")),
        ],
        error_messages={"required": gettext_lazy("Choose whether to approve or refuse")},
    )
    note = forms.CharField(
        label=gettext_lazy("Reason, for the exporter"),
        help_text=gettext_lazy("Needed when it is refused"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A refusal says why."""
        told = super().clean() or {}
        if told.get("verdict") == "refuse" and not told.get("note", "").strip():
            self.add_error("note", _("Say why it is refused"))
        return told


class CheckForm(forms.Form):
    """The first of two people about a correction: what was told to USDA, and when."""

    note = forms.CharField(
        label=gettext_lazy("What you told USDA"),
        help_text=gettext_lazy("Word for word; it is kept with the correction"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        error_messages={"required": gettext_lazy("Enter what you told USDA")},
    )
    told_on = DayField(
        label=gettext_lazy("When you told USDA"),
        error_messages={"required": gettext_lazy("Enter the day on which you told USDA")},
    )


class RulingForm(forms.Form):
    """Of each file that came whether it names the product as organic; what is wrong with it, when it is not accepted."""

    reason = on_paper(
        forms.CharField(
            label=gettext_lazy("Why it is not accepted"),
            help_text=gettext_lazy("The exporter reads this as you write it; not needed when you accept it."),
            max_length=500,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
        depends=True,
    )

    def __init__(self, data: Any = None, *, asked: Sequence[tuple[Document, str]] = ()) -> None:
        super().__init__(data)
        self.asked = {f"organic_{file.pk}": file for file, _hint in asked}
        for name, (file, hint) in zip(self.asked, asked, strict=True):
            self.fields[name] = on_paper(
                forms.ChoiceField(
                    label=_("Does %(file)s name the product as organic?") % {"file": file.name},
                    choices=[("yes", _("Yes")), ("no", _("No"))],
                    widget=forms.RadioSelect,
                    required=False,
                    help_text=hint,
                    initial={True: "yes", False: "no"}.get(file.named_organic),  # type: ignore[arg-type]
                ),
                depends=True,
            )
        self.order_fields([*self.asked, "reason"])

    def stands_against(self, do: str) -> str:
        """The field that a refusal is said at: the first file that is not said to name it, or the reason."""
        silent = [name for name in self.asked if self.cleaned_data[name] != "yes"]
        return silent[0] if do == "accept" and silent else "reason"

    def organic(self) -> dict[int, bool]:
        """What was said of each file about which anything was said."""
        said = {file.pk: self.cleaned_data[name] for name, file in self.asked.items()}
        return {pk: answer == "yes" for pk, answer in said.items() if answer}
