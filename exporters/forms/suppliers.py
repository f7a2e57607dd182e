"""Shapes of input of the suppliers page: who sold, and the transaction certificates of what was bought."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.forms import DayField
from nopic.requests.models import Supplier
from nopic.requests.quantities import QuantityError, read_kg


def _forward(form: forms.Form, data: dict[str, Any]) -> dict[str, Any]:
    """The days of a certificate run forward."""
    first, last = data.get("certificate_from"), data.get("certificate_to")
    if first and last and last < first:
        form.add_error("certificate_to", _("The last day must not be before the first day"))
    return data


class SupplierForm(forms.Form):
    """A supplier, its certifier and its own organic certificate."""

    name = forms.CharField(label=gettext_lazy("Name of the supplier"), max_length=200)
    same = forms.ChoiceField(label=gettext_lazy("Who certifies them?"), widget=forms.RadioSelect)
    certifier_name = forms.CharField(label=gettext_lazy("Name of the other certifier"), max_length=120, required=False)
    nop_id = forms.CharField(label=gettext_lazy("NOP ID of the supplier, if it has one"), max_length=20, required=False)
    certificate_number = forms.CharField(
        label=gettext_lazy("Number of its organic certificate"), max_length=60, required=False
    )
    certificate_from = DayField(label=gettext_lazy("Certificate valid from"), required=False)
    certificate_to = DayField(label=gettext_lazy("Certificate valid until"), required=False)

    def __init__(self, *args: Any, certifier: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("yes", certifier), ("no", _("Another certifier"))]
        self.fields["same"] = forms.ChoiceField(
            label=_("Who certifies them?"), widget=forms.RadioSelect, choices=choices
        )

    def clean(self) -> dict[str, Any]:
        return _forward(self, super().clean() or {})


class OrganicCertificateForm(forms.Form):
    """The file of a supplier's own organic certificate, and what stands on it."""

    file = forms.FileField(
        label=gettext_lazy("The file"), help_text=gettext_lazy("PDF, photo, XLSX or DOCX, up to 15 MB")
    )
    certificate_number = forms.CharField(label=gettext_lazy("Number of the certificate"), max_length=60, required=False)
    certificate_from = DayField(label=gettext_lazy("Valid from"), required=False)
    certificate_to = DayField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("Leave it empty if the certificate names no last day."),
    )

    def clean(self) -> dict[str, Any]:
        return _forward(self, super().clean() or {})


class CertificateForm(forms.Form):
    """A transaction certificate as it is printed."""

    supplier = forms.ModelChoiceField(Supplier.objects.none(), label=gettext_lazy("Supplier"))
    number = forms.CharField(label=gettext_lazy("Number of the transaction certificate"), max_length=60)
    product = forms.CharField(label=gettext_lazy("Product, as written on it"), max_length=200)
    kg = forms.CharField(
        label=gettext_lazy("Kilograms on it"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    valid_from = DayField(label=gettext_lazy("Date of issue"))
    valid_to = DayField(label=gettext_lazy("Valid until, if it says so"), required=False)

    def __init__(self, *args: Any, suppliers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["supplier"] = forms.ModelChoiceField(
            suppliers, label=_("Supplier"), empty_label=_("Choose the supplier")
        )

    def clean_kg(self) -> Any:
        """Decimal kilograms in any notation."""
        try:
            return read_kg(self.cleaned_data["kg"], _("the kilograms on the certificate"))
        except QuantityError as error:
            raise forms.ValidationError(str(error)) from error
