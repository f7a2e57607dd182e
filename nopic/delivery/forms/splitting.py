"""Shape of input for a part of the goods that leaves later: kilograms by lot, packages, containers, the new day."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.certificates import limits
from nopic.certificates.models import Certificate
from nopic.delivery.forms.changing import kilograms, whole_packages
from nopic.presentation.forms import DayField, on_paper
from nopic.presentation.words import kg
from nopic.requests.actions import Part


class SplitForm(forms.Form):
    """What leaves later; what stays is the rest. A lot without kilograms stays whole."""

    gross = on_paper(
        forms.CharField(
            label=gettext_lazy("Gross weight that leaves later"),
            max_length=40,
            error_messages={"required": gettext_lazy("Enter the gross weight that leaves later")},
        ),
        box=11,
        unit="kg",
    )
    packages = on_paper(
        forms.CharField(
            label=gettext_lazy("Packages that leave later"),
            max_length=20,
            error_messages={"required": gettext_lazy("Enter the number of packages that leave later")},
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        ),
        box=11,
        width="n6",
    )
    containers = on_paper(
        forms.MultipleChoiceField(
            label=gettext_lazy("Containers that roll over"), required=False, widget=forms.CheckboxSelectMultiple
        ),
        box=14,
    )
    departure_on = on_paper(
        DayField(
            label=gettext_lazy("New day of departure"),
            help_text=gettext_lazy("Leave it empty while the next vessel is not known"),
            required=False,
        ),
        box=15,
        width="n6",
    )
    why = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("The reviewer reads this; it is not printed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages={"required": gettext_lazy("Say what happened")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": uuid4()}, **kwargs)
        self._lots, self._containers = limits.lots_of(certificate), certificate.containers
        lots = {
            f"lot_{at}": on_paper(
                forms.CharField(
                    label=_("Lot %(lot)s: leaves later, of %(kg)s kg") % {"lot": code, "kg": kg(weight or Decimal(0))},
                    max_length=40,
                    required=False,
                ),
                box=12,
                unit="kg",
            )
            for at, (code, weight) in enumerate(self._lots)
        }
        self.fields = {**lots, **self.fields}
        data = certificate.data
        if data["gross_weight_kg"]:
            self.fields["gross"].help_text = _("Of %(kg)s kg") % {"kg": kg(Decimal(data["gross_weight_kg"]))}
        else:
            del self.fields["gross"]
        if data["packages"] and data["packages"]["count"] > 1:
            self.fields["packages"].help_text = _("Of %(n)s") % {"n": f"{data['packages']['count']:,}"}
        else:
            del self.fields["packages"]
        if self._containers:
            choices = [(each["number"], each["number"]) for each in self._containers]
            self.fields["containers"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["containers"]

    def clean_gross(self) -> Decimal:
        """Kilograms with the packages; a unit behind the number is understood."""
        return kilograms(self.cleaned_data["gross"], _("the gross weight"))

    def clean_packages(self) -> int:
        """A whole number, however it is grouped."""
        return whole_packages(self.cleaned_data["packages"])

    def clean(self) -> dict[str, Any]:
        """The kilograms of each lot as far as they are given; "0" is nothing."""
        told = super().clean() or {}
        for at, (code, _weight) in enumerate(self._lots):
            typed = told.get(f"lot_{at}", "").strip()
            try:
                told[f"lot_{at}"] = (
                    kilograms(typed, _("the kilograms of lot %(lot)s") % {"lot": code}) if typed.strip("0") else None
                )
            except forms.ValidationError as error:
                self.add_error(f"lot_{at}", error)
        return told

    def part(self) -> Part:
        """What was asked for, once it is valid."""
        told = self.cleaned_data
        goes = [(code, told[f"lot_{at}"]) for at, (code, _weight) in enumerate(self._lots)]
        rolled = told.get("containers", [])
        return Part(
            [(code, weight) for code, weight in goes if weight],
            told.get("gross"), told.get("packages"),
            [each for each in self._containers if each["number"] in rolled],
            told["departure_on"],
        )  # fmt: skip
