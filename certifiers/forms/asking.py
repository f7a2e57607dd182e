"""The shape of questions to an exporter: one text for each difference, own points beside them, and until when."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.presentation.forms import DayField, on_paper

OWN = 2  # points that no check stands for
LONGEST = timedelta(days=366)  # for answers
BOXES = ("5", "6", "7", "8", "10", "11", "12", "13", "14", "15", "16", "17", "18")


class AskForm(forms.Form):
    """A point is asked when it has a text; an empty one is left out."""

    due = DayField(
        label=gettext_lazy("Answer by"),
        error_messages={"required": gettext_lazy("Choose the day until which the exporter answers")},
    )

    def __init__(
        self,
        *args: Any,
        points: Sequence[tuple[str, str, str]],
        titles: Mapping[str, str],
        earliest: date,
        **kwargs: Any,
    ) -> None:
        """`points`: box, title and the text that is offered, for each difference; `titles` of the boxes by number;
        `earliest`: the first day for answers.
        """
        super().__init__(*args, **kwargs)
        self.earliest = earliest
        self.points = len(points)
        area = {"rows": 3}
        for at, (box, title, text) in enumerate(points):
            self.fields[f"point-{at}"] = on_paper(
                forms.CharField(
                    label=title, required=False, initial=text, max_length=1000, widget=forms.Textarea(attrs=area)
                ),
                box=int(box) if box.isdecimal() else None,
            )
        boxes = ((box, _("Box %(box)s: %(title)s") % {"box": box, "title": titles.get(box, "")}) for box in BOXES)
        choices = [("", _("The request as a whole")), *boxes]
        for at in range(OWN):
            label = {"n": at + 1}
            self.fields[f"own-{at}"] = forms.CharField(
                label=_("Point of your own %(n)s") % label, required=False, max_length=1000,
                widget=forms.Textarea(attrs=area),
            )  # fmt: skip
            self.fields[f"box-{at}"] = forms.ChoiceField(
                label=_("What point %(n)s of your own is about") % label, required=False, choices=choices
            )
        self.order_fields([*(name for name in self.fields if name != "due"), "due"])

    def clean(self) -> dict[str, Any]:
        """Something has to be asked, and the day lies ahead."""
        cleaned = super().clean() or {}
        names = [*(f"point-{at}" for at in range(self.points)), *(f"own-{at}" for at in range(OWN))]
        if not self.errors and not any(cleaned.get(name, "").strip() for name in names):
            self.add_error(None, _("Write what you ask the exporter, beside the box it is about"))
        if (due := cleaned.get("due")) and due < self.earliest:
            self.add_error("due", _("Choose a day in the future for the answers"))
        elif due and due > self.earliest + LONGEST:
            self.add_error("due", _("Choose a day within a year for the answers"))
        return cleaned

    def texts(self) -> list[str]:
        """The text of each difference, "" where nothing is asked."""
        return [self.cleaned_data.get(f"point-{at}", "") for at in range(self.points)]

    def own(self) -> list[tuple[str, str]]:
        """Box and text of the points of one's own."""
        said = ((self.cleaned_data.get(f"box-{at}", ""), self.cleaned_data.get(f"own-{at}", "")) for at in range(OWN))
        return [(box, text) for box, text in said if text.strip()]
