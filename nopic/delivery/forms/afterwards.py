"""Shapes of input about issued certificates: a change of routing, a reported treatment, the wish for a revision."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.few import AsksWhetherMeant
from nopic.presentation.forms import Carried, DayField, on_paper
from nopic.requests.actions import Asked
from nopic.requests.containers import ContainerError, names_container, read_container
from nopic.requests.models import OnBehalf
from nopic.requests.quantities import QuantityError, read_kg
from nopic.watch.models import Treatment
from nopic.workflow.clock import today

MOST_CONTAINERS = 40
LONGEST_SEAL = 40
MOST_LOTS = 200


class RoutingForm(forms.Form):
    """What changes on the way. Everything is filled in with what holds now."""

    vessel = on_paper(
        forms.CharField(
            label=gettext_lazy("Vessel and voyage, flight, or plate"), max_length=120, required=False
        ), box=14, width="n6",
    )  # fmt: skip
    carrier = on_paper(
        forms.CharField(label=gettext_lazy("Carrier"), max_length=120, required=False), box=14, width="n6"
    )
    containers = on_paper(
        forms.CharField(
            label=gettext_lazy("Containers and seals"),
            help_text=gettext_lazy("One container a line, its seal behind a comma: APLU 417512 5, PE881960"),
            max_length=4000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 3}),
        ),
        box=14,
    )
    transport_document = on_paper(
        forms.CharField(label=gettext_lazy("Transport document number"), max_length=60, required=False),
        box=14, width="n6",
    )  # fmt: skip
    arrival_on = on_paper(
        DayField(label=gettext_lazy("Arrival in the United States"), required=False),
        box=15, width="n6",
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Why, for the importer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    # What the page began with: an answer that was left as it stood does not undo what somebody recorded meanwhile.
    shown = Carried()

    def clean_containers(self) -> list[dict[str, str]]:
        """Numbers in their normal form; one that cannot be right is refused with what is wrong with it."""
        found: dict[str, dict[str, str]] = {}
        for line in str(self.cleaned_data["containers"]).splitlines():
            number, _comma, seal = (part.strip() for part in line.partition(","))
            if not number:
                continue
            try:
                number = read_container(number)
            except ContainerError as error:
                raise forms.ValidationError(str(error)) from error
            if len(seal) > LONGEST_SEAL:
                raise forms.ValidationError(_("A seal has at most 40 characters"))
            if names_container(seal):
                raise forms.ValidationError(
                    _("“%(line)s”: write each container in a line of its own") % {"line": line[:60]}
                )
            found[number] = {"number": number, "seal": seal}
        if len(found) > MOST_CONTAINERS:
            raise forms.ValidationError(_("Enter at most %(most)s containers") % {"most": MOST_CONTAINERS})
        return list(found.values())

    @staticmethod
    def filled_with(routing: Mapping[str, Any]) -> dict[str, Any]:
        """The initial values for what holds now."""
        lines = [", ".join(filter(None, (one["number"], one.get("seal", "")))) for one in routing["containers"]]
        return {**routing, "containers": "\n".join(lines), "shown": routing}

    @property
    def began_with(self) -> dict[str, Any] | None:
        """What the page showed; None for one that does not say."""
        shown = self.cleaned_data["shown"]
        return shown if isinstance(shown, dict) else None

    @property
    def values(self) -> dict[str, Any]:
        """What was typed otherwise than it stood, as the action takes it."""
        day = self.cleaned_data["arrival_on"]
        plain = {name: self.cleaned_data[name].strip() for name in ("vessel", "carrier", "transport_document")}
        said = {**plain, "containers": self.cleaned_data["containers"], "arrival_on": day.isoformat() if day else ""}
        shown = self.began_with or {}
        return {name: value for name, value in said.items() if name not in shown or shown[name] != value}

    def begin_anew(self, routing: Mapping[str, Any]) -> None:
        """Lay what was typed over what holds by now, for another look at it."""
        said, standing = self.values, self.filled_with(routing)
        left = {name: standing[name] for name in routing if name in self.fields and name not in said}
        self.data = {**dict(self.data.items()), **left, "shown": json.dumps(routing)}


class TreatmentForm(AsksWhetherMeant):
    """Goods that were treated on the way: what, when, where, how many kilograms of those that are `left` organic."""

    treatment = forms.ChoiceField(
        label=gettext_lazy("What was done?"),
        choices=Treatment.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what was done")},
    )
    agent = on_paper(
        forms.CharField(label=gettext_lazy("Substance or method"), max_length=120, required=False), width="n6"
    )
    kg = on_paper(
        forms.CharField(
            label=gettext_lazy("Net weight treated"),
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            error_messages={"required": gettext_lazy("Enter the net weight that was treated, in kilograms")},
        ),
        unit="kg", width="n6",
    )  # fmt: skip
    treated_on = on_paper(
        DayField(
            label=gettext_lazy("When"),
            error_messages={"required": gettext_lazy("Enter the day of the treatment")},
        ),
        width="n6",
    )
    place = on_paper(
        forms.CharField(
            label=gettext_lazy("Where"),
            max_length=120,
            error_messages={"required": gettext_lazy("Enter the place of the treatment")},
        ),
        width="n6",
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, left: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._left = left

    def clean(self) -> dict[str, Any]:
        """Few kilograms are asked about once more: a report is never taken back."""
        told = super().clean() or {}
        if "kg" in told:
            sentence = _("Of %(of)s kg, %(new)s kg (%(tonnes)s) were treated. Is it so few? A report stays.")
            self.ask_whether_meant("kg", told["kg"], self._left, sentence)
        return told

    def facts(self) -> dict[str, Any]:
        """What the action takes, once it is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "meant"}

    def clean_kg(self) -> Any:
        """Kilograms in any of the four notations."""
        try:
            return read_kg(self.cleaned_data["kg"], _("the net weight treated"))
        except QuantityError as error:
            raise forms.ValidationError(str(error)) from error


class WhoAskedForm(forms.Form):
    """What the log keeps when staff act for an exporter: who asked them, and how."""

    asked_by = on_paper(
        forms.CharField(
            label=gettext_lazy("Who asked you?"), max_length=200,
            error_messages={"required": gettext_lazy("Enter who asked you")},
        ), width="n6",
    )  # fmt: skip
    means = forms.ChoiceField(
        label=gettext_lazy("How?"),
        choices=OnBehalf.Means.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how they asked you")},
    )

    def asked(self, *, reason: str, zone: str) -> Asked:
        """As the action takes it; asked today, at the office in this time zone."""
        said = self.cleaned_data
        return Asked(by=said["asked_by"], means=said["means"], on=today(zone), reason=reason)


class AskedForm(WhoAskedForm):
    """The same, and what is wrong."""

    reason = forms.CharField(
        label=gettext_lazy("What is wrong with the certificate?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Enter what is wrong with it")},
    )
