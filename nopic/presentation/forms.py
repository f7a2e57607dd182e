"""How a form is printed: one template for a field, one for the summary of errors, and what a field may say about itself.

Settings: `FORM_RENDERER = "nopic.presentation.forms.PaperRenderer"` and `django.forms` among the installed apps. Then
`{{ form.weight.as_field_group }}` prints label with box number, hint, error, control and unit; Django itself adds
aria-describedby and aria-invalid to the control.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.forms.renderers import TemplatesSetting

if TYPE_CHECKING:
    from django.forms import Field
    from django.http import HttpRequest

FieldT = TypeVar("FieldT", bound="Field")


class PaperRenderer(TemplatesSetting):
    """Prints whole forms and single fields from templates/parts/, everything else from Django's own templates."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"


def on_paper(field: FieldT, *, box: int | None = None, unit: str = "", width: str = "") -> FieldT:
    """The same field, knowing its box on the certificate, its unit and its place in the grid (`"n4 m6"`).

    >>> weight = on_paper(forms.CharField(label=_("Net weight")), box=10, unit="kg", width="n4 m6")
    """
    for name, value in {"box": box, "unit": unit, "width": width}.items():
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
            found += [(text, _first_control(bound)) for text in bound.errors]
    return found


def _first_control(bound: Any) -> str:
    """The id a link must name: of radios and tick boxes the first one, because the group itself takes no focus."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else str(bound.id_for_label or bound.auto_id)
