"""Shapes of input for a certificate's next version: the wish for a revision, and the correction of one digit."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.certificates import limits, policies
from nopic.certificates.limits import Slip, Wish
from nopic.certificates.models import Certificate
from nopic.certificates.statuses import Corrected
from nopic.oid.numbers import WrongFormat, read_nop_id
from nopic.presentation.few import AsksWhetherMeant
from nopic.presentation.forms import on_paper
from nopic.products.hts import HtsCode
from nopic.requests.quantities import QuantityError, as_typed, read_kg, read_number

MOST_LOTS = 200
MOST_PACKAGES = 9_999_999


class RevisionForm(AsksWhetherMeant):
    """Fewer kilograms with their packages, other lots, remarks; begun with what the certificate says now."""

    net = on_paper(
        forms.CharField(
            label=gettext_lazy("Net weight"),
            max_length=40,
            error_messages={"required": gettext_lazy("Enter the net weight")},
        ),
        box=10,
        unit="kg",
    )
    packages = on_paper(
        forms.CharField(
            label=gettext_lazy("Number of packages"),
            max_length=20,
            error_messages={"required": gettext_lazy("Enter the number of packages")},
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        ),
        box=11,
        width="n6",
    )
    gross = on_paper(
        forms.CharField(
            label=gettext_lazy("Gross weight"),
            max_length=40,
            error_messages={"required": gettext_lazy("Enter the gross weight")},
        ),
        box=11,
        unit="kg",
    )
    lots = on_paper(
        forms.CharField(
            label=gettext_lazy("Lots"),
            help_text=gettext_lazy("One lot in a line; its kilograms after a semicolon: VV-26-088; 9,600"),
            widget=forms.Textarea(attrs={"rows": 5}),
            max_length=10_000,
            required=False,
        ),
        box=12,
    )
    remarks = forms.CharField(
        label=gettext_lazy("Remarks on the certificate"),
        help_text=gettext_lazy("Printed beside the version; in English"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=200,
        required=False,
    )
    why = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("The reviewer reads this; it is not printed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Say what happened")},
    )

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).update(as_it_is(certificate))
        super().__init__(*args, **kwargs)
        self._certificate = certificate
        if policies.is_time_frame(certificate):
            for name in ("packages", "gross", "lots"):
                del self.fields[name]

    def clean_net(self) -> Decimal:
        """Kilograms; a unit behind the number is understood."""
        return kilograms(self.cleaned_data["net"], _("the net weight"))

    def clean_gross(self) -> Decimal:
        """Kilograms with the packages; a unit behind the number is understood."""
        return kilograms(self.cleaned_data["gross"], _("the gross weight"))

    def clean_packages(self) -> int:
        """A whole number, however it is grouped."""
        return whole_packages(self.cleaned_data["packages"])

    def clean_lots(self) -> list[tuple[str, Decimal | None]]:
        """Codes with their kilograms, as far as they are given."""
        lines = [line.strip() for line in self.cleaned_data["lots"].splitlines() if line.strip()]
        if len(lines) > MOST_LOTS:
            raise forms.ValidationError(_("Use at most %(most)s lots") % {"most": MOST_LOTS})
        found: list[tuple[str, Decimal | None]] = []
        for line in lines:
            code, _semicolon, weight = (part.strip() for part in line.partition(";"))
            if not code or len(code) > 60:
                raise forms.ValidationError(_("“%(line)s”: begin with the lot's code") % {"line": line[:40]})
            found.append((code, kilograms(weight, _("the net weight"), line) if weight else None))
        return found

    def clean(self) -> dict[str, Any]:
        """A weight that is far below the present one is asked about once more, as it was read."""
        told = super().clean() or {}
        if "net" in told:
            sentence = _("The net weight falls from %(of)s kg to %(new)s kg (%(tonnes)s). Is it so few?")
            self.ask_whether_meant("net", told["net"], Decimal(self._certificate.data["net_weight_kg"]), sentence)
        return told

    def wish(self) -> Wish:
        """What was asked for, once it is valid."""
        told = self.cleaned_data
        return Wish(
            told["net"], told.get("lots", []), told["remarks"].strip(), told["why"].strip(),
            gross_kg=told.get("gross"), packages=told.get("packages"),
        )  # fmt: skip


def as_it_is(certificate: Certificate) -> dict[str, str]:
    """The present version as the form shows it."""
    data = certificate.data
    lots = [
        f"{lot['code']}; {as_typed(Decimal(lot['kg']))}" if lot.get("kg") else str(lot["code"]) for lot in data["lots"]
    ]
    return {
        "net": as_typed(Decimal(data["net_weight_kg"])),
        "packages": f"{data['packages']['count']:,}" if data["packages"] else "",
        "gross": as_typed(Decimal(data["gross_weight_kg"])) if data["gross_weight_kg"] else "",
        "lots": "\n".join(lots),
        "remarks": limits.said_remarks(certificate),
    }


def whole_packages(typed: str) -> int:
    """A number of packages. Raises ValidationError with the sentence for the field."""
    try:
        number = read_number(typed, _("the number of packages"))
    except QuantityError as error:
        raise forms.ValidationError(str(error)) from error
    if number != int(number) or not 0 < number <= MOST_PACKAGES:
        raise forms.ValidationError(_("Enter a whole number of packages, at least 1"))
    return int(number)


def kilograms(typed: str, what: str, line: str = "") -> Decimal:
    """A weight; a unit behind the number is understood. Raises ValidationError, which names the `line` it stands in."""
    try:
        return read_kg(typed, what)
    except QuantityError as error:
        raise forms.ValidationError(error.about(line[:40]) if line else str(error)) from error


class CorrectionForm(forms.Form):
    """Which number has the slip, how it is right, and how it came about."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"),
        choices=Corrected.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which number is wrong")},
    )
    to = on_paper(
        forms.CharField(
            label=gettext_lazy("The right number"),
            help_text=gettext_lazy("Ten digits, with or without points"),
            max_length=40,
            error_messages={"required": gettext_lazy("Enter the right number")},
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
        ),
        width="n6",
    )
    why = forms.CharField(
        label=gettext_lazy("How did it come about?"),
        help_text=gettext_lazy("Both reviewers read this; it is not printed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": gettext_lazy("Say how it came about")},
    )

    def clean(self) -> dict[str, Any]:
        """The number in its stored form, or what is wrong with it."""
        told = super().clean() or {}
        typed = told.get("to", "")
        if not typed or "what" not in told:
            return told
        try:
            told["to"] = str(HtsCode.read(typed)) if told["what"] == Corrected.HTS else read_nop_id(typed)
        except WrongFormat as wrong:
            self.add_error("to", str(wrong.sentence))
        except ValueError as wrong:
            self.add_error("to", str(wrong))
        return told

    def slip(self) -> Slip:
        """What was asked for, once it is valid."""
        told = self.cleaned_data
        return Slip(Corrected(told["what"]), told["to"], told["why"].strip())
