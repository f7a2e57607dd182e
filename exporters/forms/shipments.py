"""Shapes of input of the record of shipments, made for a phone beside the truck."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exporters.forms.frames import Kilograms
from nopic.frames.actions import LooksTheSame, Said
from nopic.frames.models import Shipment
from nopic.frames.presenters import told
from nopic.presentation.few import AsksWhetherMeant
from nopic.presentation.forms import DayField, on_paper
from nopic.presentation.typed import whole
from nopic.requests.quantities import as_typed

MOST_LOTS, LOT_LENGTH = 200, 40


class SaidForm(AsksWhetherMeant):
    """What is said of a shipment: day, weight, lots, plate, document.

    `single_kg` is what the certificate says, where it is for this one shipment alone.
    """

    single_kg: Decimal | None = None

    departs_on = on_paper(
        DayField(
            label=gettext_lazy("Day of departure"),
            error_messages={"required": gettext_lazy("Enter the day of departure")},
        ),
        width="n6",
    )  # fmt: skip
    kg = on_paper(
        Kilograms(
            label=gettext_lazy("Net weight"), what=gettext_lazy("the net weight in kilograms"),
            error_messages={"required": gettext_lazy("Enter the net weight in kilograms")},
        ),
        unit="kg", width="n6",
    )  # fmt: skip
    lots = forms.CharField(
        label=gettext_lazy("Lots"), required=False, max_length=4000,
        help_text=gettext_lazy("Several with commas"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    unit = on_paper(
        forms.CharField(label=gettext_lazy("Container or plate"), required=False, max_length=40), width="n6"
    )
    document = on_paper(
        forms.CharField(label=gettext_lazy("Transport document"), required=False, max_length=60), width="n6"
    )

    def clean_lots(self) -> tuple[str, ...]:
        """Each lot once, in the order typed."""
        codes = [" ".join(code.split()) for code in re.split(r"[,;\n\r]+", self.cleaned_data["lots"])]
        found = tuple(dict.fromkeys(code for code in codes if code))
        if too_long := next((code for code in found if len(code) > LOT_LENGTH), None):
            raise forms.ValidationError(
                _("Lot %(lot)s… may have at most %(most)s characters") % {"lot": too_long[:20], "most": LOT_LENGTH}
            )
        if len(found) > MOST_LOTS:
            raise forms.ValidationError(_("Enter at most %(most)s lots") % {"most": MOST_LOTS})
        return found

    def clean(self) -> dict[str, Any]:
        """The whole of a single certificate is given back but for this weight: far less is asked about once more."""
        known = super().clean() or {}
        if self.single_kg is not None and "kg" in known:
            sentence = _("The certificate says %(of)s kg, and this is %(new)s kg (%(tonnes)s). Is it so few?")
            self.ask_whether_meant("kg", known["kg"], self.single_kg, sentence)
        return known

    def said(self) -> Said:
        """What the cleaned form says."""
        known = self.cleaned_data
        return Said(known["departs_on"], known["kg"], known["lots"], known["unit"], known["document"])

    @staticmethod
    def initial_of(shipment: Shipment, until: date = date.max) -> dict[str, Any]:
        """What stands now, to be changed; a day after `until` is not offered."""
        return {
            "departs_on": min(shipment.departs_on, until), "kg": as_typed(shipment.kg),
            "lots": ", ".join(shipment.lots), "unit": shipment.unit, "document": shipment.document,
        }  # fmt: skip


class AskingForm(SaidForm):
    """What is said of a truck that may have been recorded before; `shown` are those that the person was asked about."""

    another = forms.BooleanField(
        label=gettext_lazy("Yes, another truck or trip"), required=False, widget=forms.HiddenInput
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def besides(self) -> set[int]:
        """The numbers of the shipments recorded of which they have said that this is another one."""
        shown = self.cleaned_data["shown"] if self.cleaned_data["another"] else ""
        return {number for each in shown.split(",") if (number := whole(each)) is not None}

    def ask_whether_another(self, same: LooksTheSame) -> None:
        """Show the question that a twin raises; everything typed stays."""
        shown = ",".join(str(one.number) for one in same.shipments)
        self.data = {**dict(self.data.items()), "shown": shown, "another": ""}
        self.fields["another"].widget = forms.CheckboxInput()
        sentence = _("Shipment %(n)s may be the same: %(what)s. Is this another truck or trip?")
        if len(same.shipments) > 1:  # the page shows each of them above the question
            sentence = _("Shipments %(n)s may be the same. Is this another truck or trip than each of them?")
        said = {"n": shown.replace(",", ", "), "what": told(Said.of_shipment(same.shipments[0]))}
        self.add_error("another", sentence % said)


class RecordForm(AskingForm):
    """A new shipment: planned, or gone. `key` makes a double tap one truck."""

    left = forms.ChoiceField(
        label=gettext_lazy("Has it left?"), widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("Yes, with this net weight")), ("no", gettext_lazy("No, it is planned"))],
        error_messages={"required": gettext_lazy("Choose whether it has left")},
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    field_order = ("left", "departs_on", "kg", "lots", "unit", "document", "another", "shown", "key")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"departs_on": today, "left": "yes", "key": uuid4()})
        super().__init__(*args, **kwargs)
        self.today = today

    @property
    def form_key(self) -> UUID:
        """The form's own key; a post without one is a form of its own."""
        return self.cleaned_data["key"] or uuid4()

    def ask_whether_another(self, same: LooksTheSame) -> None:
        """As of any shipment; the answer is a form of its own, as this one's key may be that of the other truck."""
        super().ask_whether_another(same)
        self.data = {**dict(self.data.items()), "key": str(uuid4())}


class DepartForm(AskingForm):
    """A planned shipment has left; it never left later than today."""


class CorrectForm(SaidForm):
    """Another day, weight, lot, plate or document; and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, min_length=3,
        error_messages={"required": gettext_lazy("Say in a few words why")},
    )  # fmt: skip


class ArriveForm(forms.Form):
    """The day of arrival."""

    arrived_on = DayField(
        label=gettext_lazy("Day of arrival"),
        error_messages={"required": gettext_lazy("Enter the day it arrived")},
    )  # fmt: skip


class UndoForm(forms.Form):
    """Why the newest entry is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, min_length=3,
        error_messages={"required": gettext_lazy("Say in a few words why")},
    )  # fmt: skip
