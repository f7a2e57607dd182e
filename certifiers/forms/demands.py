"""Shape of input: a document demanded of one operation or product besides the usual ones."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from nopic.presentation.forms import DateInput
from nopic.products.models import Demand, ProductItem


class DemandForm(forms.ModelForm):
    """What is demanded, why, of which product, and from when to when."""

    class Meta:
        model = Demand
        fields = ("name", "why", "item", "may_follow", "from_on", "to_on")
        widgets = {"from_on": DateInput(), "to_on": DateInput()}

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"] = forms.ModelChoiceField(
            items, label=_("Only for this product"), required=False, empty_label=_("Every product")
        )
        self.fields["name"].help_text = _("Such as: sampling record at consignment, residue analysis, label")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_on"), data.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", _("The last day must not be before the first day"))
        return data


def items_of(certifier_id: int, exporter_id: int) -> Any:
    """The products of one operation, to choose from."""
    return ProductItem.objects.filter(certifier_id=certifier_id, exporter_id=exporter_id).order_by("code")
