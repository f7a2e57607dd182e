"""Shapes of input of the operations pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.forms import Carried, DayField, on_paper
from nopic.presentation.typed import plain_lines
from nopic.products.hts import HtsCode
from nopic.products.models import ProductVersion
from nopic.products.statuses import ProductStatus
from nopic.requests.quantities import QuantityError, as_typed, read_kg
from nopic.tenants.countries import countries
from nopic.tenants.models import Exporter


def _day(text: Any) -> date | None:
    """A day that a page carried along."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def country_choices() -> list[tuple[str, str]]:
    """Countries by their English names, which is also how certificates print them."""
    return [("", _("Choose a country")), *((name, name) for name in countries().values())]


class KilogramField(forms.CharField):
    """Kilograms typed in any notation, also with another unit behind them; cleaned to Decimal."""

    def __init__(self, *, negative: bool = False, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.negative = negative
        self.widget.attrs["inputmode"] = "decimal"

    def prepare_value(self, value: Any) -> Any:
        """What stands in the box is read again as just that: `60.000`, as it is stored, would be sixty thousand."""
        return as_typed(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        """Decimal kilograms, three places at most; None when empty and not required."""
        typed = super().clean(value)
        if not typed:
            return None
        sign = -1 if self.negative and typed.startswith(("-", "−")) else 1
        try:
            return sign * read_kg(
                typed.lstrip("-−") if self.negative else typed, str(self.label)[:1].lower() + str(self.label)[1:]
            )
        except QuantityError as error:
            raise forms.ValidationError(str(error)) from error


class ReasonForm(forms.Form):
    """Why something is changed: kept in the audit log."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
        min_length=5,
        help_text=gettext_lazy("Kept in the audit log with your name"),
        error_messages={"required": gettext_lazy("Say why in a few words")},
    )


class ExporterForm(forms.ModelForm):
    """An operation, as on its organic certificate."""

    class Meta:
        model = Exporter
        fields = (
            "name", "short_name", "nop_id", "address", "region", "country", "email", "status", "certified_from",
            "certified_to", "soe_compliant", "standard", "language",
        )  # fmt: skip
        labels = {
            "name": gettext_lazy("Name"),
            "short_name": gettext_lazy("Short name"),
            "nop_id": gettext_lazy("NOP ID"),
            "address": gettext_lazy("Address"),
            "region": gettext_lazy("Region"),
            "country": gettext_lazy("Country"),
            "email": gettext_lazy("E-mail"),
            "status": gettext_lazy("Certification"),
            "certified_from": gettext_lazy("Certified since"),
            "certified_to": gettext_lazy("Anniversary"),
            "soe_compliant": gettext_lazy("Certified under the strengthened rule (SOE)"),
            "standard": gettext_lazy("Organic standard or arrangement"),
            "language": gettext_lazy("Language of your questions"),
        }
        help_texts = {
            "nop_id": gettext_lazy("10 digits, from the organic certificate"),
            "status": gettext_lazy(
                "As your office decided. What INTEGRITY says is read every night and kept beside it."
            ),
        }
        field_classes = {"certified_from": DayField, "certified_to": DayField}
        widgets = {
            "address": forms.Textarea(attrs={"rows": 3}),
            "nop_id": forms.TextInput(attrs={"inputmode": "numeric"}),
        }

    standard = forms.ChoiceField(
        label=gettext_lazy("Organic standard or arrangement"),
        choices=[
            ("NOP", gettext_lazy("USDA organic (NOP)")),
            ("COR", gettext_lazy("Canada (COR)")),
            ("EU", gettext_lazy("European Union")),
            ("GB", gettext_lazy("Great Britain")),
            ("JAS", gettext_lazy("Japan (JAS)")),
            ("CH", gettext_lazy("Switzerland")),
            ("KR", gettext_lazy("Korea")),
            ("TW", gettext_lazy("Taiwan")),
        ],
    )

    # What the page began with: what was left as it stood does not undo what a colleague changed meanwhile.
    shown = Carried()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=country_choices())
        if self.instance.pk:
            self.initial["shown"] = self._facts_of(self.instance)
        else:
            del self.fields["shown"]

    @classmethod
    def _facts_of(cls, exporter: Exporter) -> dict[str, Any]:
        return {name: getattr(exporter, name) for name in cls.Meta.fields}

    def facts_shown(self) -> dict[str, Any] | None:
        """What stood before the person, in the types of the columns; None for a page that did not say."""
        said = self.cleaned_data["shown"]
        if not isinstance(said, dict):
            return None
        known = {name: value for name, value in said.items() if name in self.Meta.fields}
        return {name: _day(value) if name.startswith("certified_") else value for name, value in known.items()}

    def begin_anew(self, standing: Exporter) -> None:
        """Lay what was typed over what stands by now, for another look at it."""
        facts, shown = self._facts_of(standing), self.facts_shown() or {}
        said = {name: plain_lines(value) for name, value in self.cleaned_data.items()}
        left = {name for name in facts if name in shown and said.get(name) == plain_lines(shown[name])}
        typed = {**dict(self.data.items()), "shown": DjangoJSONEncoder().encode(facts)}
        for name in left:
            typed[name] = facts[name] if facts[name] is not None else ""
        if not typed.get("soe_compliant"):
            typed.pop("soe_compliant", None)  # a box that is not ticked is not sent
        self.data = typed

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("certified_from"), data.get("certified_to")
        if since and until and until < since:
            self.add_error("certified_to", _("The anniversary must not be before the day of “Certified since”"))
        return data


class ProductForm(forms.ModelForm):
    """A product as the certificate words it. The same form serves a new product and a new version."""

    code = forms.CharField(
        label=gettext_lazy("List number"), max_length=20, help_text=gettext_lazy("Such as PV-03; it stays for ever")
    )

    class Meta:
        model = ProductVersion
        fields = (
            "wording", "brand", "form", "label_category", "hts", "origin_country", "origin_region",
            "last_processing_country", "package_kind", "package_kg", "input_factor", "valid_from", "valid_to", "note",
        )  # fmt: skip
        field_classes = {"valid_from": DayField, "valid_to": DayField}
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}
        labels = {"note": gettext_lazy("Why")}

    field_order = ("code",)

    def __init__(self, *args: Any, item_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if item_code:
            del self.fields["code"]
        for name in ("origin_country", "last_processing_country"):
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=country_choices())
        self.fields["package_kg"] = KilogramField(label=_("Net kg in a package"), required=False)
        self.fields["note"].required = True
        self.fields["input_factor"].required = False
        self.fields["input_factor"].help_text = _("Such as 0.84 for roasted of green coffee. Empty: 1, nothing is lost")
        for name, box in (("wording", 7), ("hts", 8), ("origin_country", 13), ("package_kind", 11)):
            on_paper(self.fields[name], box=box)

    def clean_hts(self) -> str:
        """The code in the form that certificates print."""
        try:
            return str(HtsCode.read(self.cleaned_data["hts"]))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day must not be before the first day"))
        return data

    def facts(self) -> dict[str, Any]:
        """Columns of ProductVersion, without the note."""
        given = {k: v for k, v in self.cleaned_data.items() if k not in {"code", "note"}}
        return {**given, "input_factor": given["input_factor"] or Decimal(1)}


class SeenForm(forms.Form):
    """What the page began with, so that whoever saves it is told what a colleague did meanwhile."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class QuantityForm(ReasonForm):
    """Verified kilograms of one crop year: raise or lower, opening balance, or no cap."""

    what = forms.ChoiceField(
        label=gettext_lazy("What changes"),
        widget=forms.RadioSelect,
        choices=[
            (
                "allocate",
                gettext_lazy("Add to the verified quantity (a minus takes away; without a cap, this becomes the cap)"),
            ),
            ("open", gettext_lazy("Opening balance: already certified elsewhere this year")),
            ("no_cap", gettext_lazy("No verified quantity to watch (no cap)")),
        ],
        error_messages={"required": gettext_lazy("Choose what changes")},
    )
    crop_year = forms.IntegerField(label=gettext_lazy("Crop year"), min_value=2000, max_value=2100)
    kg = KilogramField(label=gettext_lazy("Kilograms"), required=False, negative=True)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the newest entry that the page knew

    field_order = ("what", "crop_year", "kg", "reason")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") in {"allocate", "open"} and not data.get("kg") and "kg" not in self.errors:
            self.add_error("kg", _("Enter the kilograms"))
        if data.get("what") == "open" and data.get("kg") and data["kg"] < 0:
            self.add_error("kg", _("An opening balance is more than 0 kg"))
        return data


class StatusForm(ReasonForm):
    """Suspend, remove or approve again a product."""

    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=ProductStatus.choices)
    field_order = ("status", "reason")
