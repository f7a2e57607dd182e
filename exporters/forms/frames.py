"""Shapes of input of the exporter's pages about time frames: the question for permission."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.forms import on_paper
from nopic.requests.quantities import QuantityError, read_kg


class Kilograms(forms.CharField):
    """Kilograms typed in any notation, also with another unit behind them, cleaned to Decimal; `what` names them in sentences."""

    def __init__(self, *, what: Any, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.what = what
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Decimal:
        """Decimal kilograms above 0, three places at most."""
        try:
            return read_kg(super().clean(value), str(self.what))
        except QuantityError as error:
            raise forms.ValidationError(str(error)) from error


class AskForm(forms.Form):
    """For which product, how long, how much and why."""

    item = forms.ChoiceField(
        label=gettext_lazy("Product on your verified list"),
        error_messages={
            "required": gettext_lazy("Choose the product on your verified list"),
            "invalid_choice": gettext_lazy("Choose the product on your verified list"),
        },
    )
    days = on_paper(
        forms.IntegerField(
            label=gettext_lazy("Longest time frame"), min_value=1, max_value=366,
            help_text=gettext_lazy("From the first departure to the last, both days counted"),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"required": gettext_lazy("Enter the longest time frame in days")},
        ),
        unit=gettext_lazy("days"), width="n6",
    )  # fmt: skip
    kg = on_paper(
        Kilograms(
            label=gettext_lazy("Largest quantity in one time frame"), what=gettext_lazy("the largest quantity"),
            error_messages={"required": gettext_lazy("Enter the largest quantity in kilograms")},
        ),
        unit="kg", width="n6",
    )  # fmt: skip
    per_month = on_paper(
        forms.IntegerField(
            label=gettext_lazy("Shipments expected in a month"), min_value=1, max_value=2000,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"required": gettext_lazy("Enter how many shipments you expect in a month")},
        ),
        width="n6",
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why single requests do not serve"),
        help_text=gettext_lazy("At least 20 characters, for example: a truck leaves every night, its weight is known at loading"),
        min_length=20, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Tell us why single requests do not serve")},
    )  # fmt: skip

    def __init__(self, *args: Any, products: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", _("Choose a product")), *products]  # type: ignore[attr-defined]
