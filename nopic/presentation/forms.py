"""How a form is printed: one template for a field, one for the summary of errors, and what a field may say about itself.

Settings: `FORM_RENDERER = "nopic.presentation.forms.PaperRenderer"` and `django.forms` among the installed apps. Then
`{{ form.weight.as_field_group }}` prints label with box number, hint, error, control and unit; Django itself adds
aria-describedby and aria-invalid to the control. What Django would say of a wrong answer is said in the portal's own
sentences, which name the field (`said`): for every form, also those of packages. A form's own texts stay.
"""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from django.core import validators
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.forms import DateField, DecimalField, EmailField, HiddenInput, IntegerField, JSONField
from django.forms import DateInput as WebDateInput
from django.forms.renderers import TemplatesSetting
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.typed import YEARS

if TYPE_CHECKING:
    from django.forms import Field
    from django.http import HttpRequest

FieldT = TypeVar("FieldT", bound="Field")


class DateInput(WebDateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(DateField):
    """A day, in the browser's own date field. A year before the first of YEARS is a slip, and called no date.

    How far ahead a day may lie is for each form to say, in its own words.
    """

    widget = DateInput

    def to_python(self, value: Any) -> "date | None":
        """The day that was typed."""
        found: date | None = super().to_python(value)
        if found is not None and found.year < YEARS.start:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class Carried(JSONField):
    """What a page began with, sent back with what was typed; None for anything that no page sends."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=HiddenInput, encoder=DjangoJSONEncoder, **kwargs)

    def clean(self, value: Any) -> Any:
        """Whatever can be read."""
        try:
            return super().clean(value)
        except (ValidationError, RecursionError):
            return None


class PaperRenderer(TemplatesSetting):
    """Prints whole forms and single fields from templates/parts/, everything else from Django's own templates."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"


def on_paper(
    field: FieldT, *, box: int | None = None, unit: "str | Promise" = "", width: str = "", depends: bool = False
) -> FieldT:
    """The same field, knowing its box on the certificate, its unit and its place in the grid (`"n4 m6"`).

    One that `depends` on another answer is not called optional, though it may be empty.

    >>> weight = on_paper(forms.CharField(label=_("Net weight")), box=10, unit="kg", width="n4 m6")
    """
    for name, value in {"box": box, "unit": unit, "width": width, "depends": depends}.items():
        setattr(field, name, value)
    return field


def posted(request: "HttpRequest") -> Any:
    """What was posted, also when that is nothing; None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def problems(forms: Iterable[Any]) -> list[tuple[str, str]]:
    """(text, id of the control) of every error of these forms and formsets, in the order of the fields on the page.

    Errors of a whole form or formset have no control; their id is empty.
    """
    found: list[tuple[str, str]] = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        if hasattr(form, "management_form"):
            found += [(text, "") for text in form.non_form_errors()]
            found += problems(form.forms)
            continue
        found += [(text, "") for text in form.non_field_errors()]
        for bound in form:
            found += [(text, _first_control(bound)) for text in said(bound)]
    return found


_SENTENCES = {
    "required": gettext_lazy("%(label)s is missing"),
    "invalid_choice": gettext_lazy("%(label)s: choose one from the list"),
    "invalid_list": gettext_lazy("%(label)s: choose one from the list"),
    "min_length": gettext_lazy("%(label)s must have at least %(limit_value)s characters; this has %(show_value)s"),
    "max_length": gettext_lazy("%(label)s may have at most %(limit_value)s characters; this has %(show_value)s"),
    "min_value": gettext_lazy("%(label)s must be %(limit_value)s or more"),
    "max_value": gettext_lazy("%(label)s must be %(limit_value)s or less"),
    "null_characters_not_allowed": gettext_lazy("%(label)s contains a character that cannot be kept. Type it again"),
}
_INVALID = (
    (EmailField, gettext_lazy("%(label)s: enter an address such as name@company.com")),
    (DateField, gettext_lazy("%(label)s: enter a date such as 2026-12-11")),
    (IntegerField, gettext_lazy("%(label)s: enter a number")),
    (DecimalField, gettext_lazy("%(label)s: enter a number")),
)
_VALIDATORS = (
    validators.EmailValidator, validators.MinLengthValidator, validators.MaxLengthValidator,
    validators.MinValueValidator, validators.MaxValueValidator, validators.ProhibitNullCharactersValidator,
)  # fmt: skip


def said(bound: Any) -> list[str]:
    """What is wrong with a field of a form: Django's own texts in the portal's sentences, any other text as it is."""
    found = bound.form.errors.as_data().get(bound.name, [])
    return [_sentence(bound, error) or text for error, text in zip(found, bound.errors, strict=True)]


def _sentence(bound: Any, error: Any) -> str:
    """The portal's sentence, or nothing when the form says it in words of its own."""
    known: dict[str, Any] = {}
    for kind in reversed(type(bound.field).__mro__):
        known.update(getattr(kind, "default_error_messages", {}))
    defaults = [known.get(error.code), *(each.message for each in _VALIDATORS)]
    if not any(error.message is text for text in defaults):
        return ""
    sentence = _SENTENCES.get(error.code) or next((s for kind, s in _INVALID if isinstance(bound.field, kind)), None)
    return str(sentence or _("%(label)s cannot be read")) % {**(error.params or {}), "label": bound.label}


def _first_control(bound: Any) -> str:
    """The id a link must name: of radios and tick boxes the first one, because the group itself takes no focus."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else str(bound.id_for_label or bound.auto_id)
