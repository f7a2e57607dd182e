"""Whether so few kilograms are meant: asked once more, as they were read, where a certificate says far more.

1,5 may have been 1,500, and 19.2 may have been tonnes. The number alone is no mistake, so nobody is refused.
"""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy

from nopic.presentation.words import kg, tonnes

FAR_LESS = 10  # a tenth: below it a decimal sign was likelier meant for thousands, or tonnes for kilograms


class AsksWhetherMeant(forms.Form):
    """A form that may ask. `meant`: the weight, as it was read, of which it was said that it is right."""

    meant = forms.CharField(label=gettext_lazy("Yes, so few"), required=False, widget=forms.HiddenInput)

    def ask_whether_meant(self, name: str, weight: Decimal, of: Decimal, sentence: str) -> None:
        """Ask under the field `name`, unless that was answered for this weight; everything typed stays.

        `sentence` may name %(of)s and %(new)s (kilograms) and %(tonnes)s.
        """
        if weight * FAR_LESS > of or self.cleaned_data.get("meant") == str(weight):
            return
        self.data = {**dict(self.data.items()), "meant": ""}  # another weight is another question
        self.fields["meant"].widget = forms.CheckboxInput(attrs={"value": str(weight)})
        names = [each for each in self.fields if each != "meant"]
        names.insert(names.index(name) + 1, "meant")
        self.order_fields(names)
        self.add_error("meant", sentence % {"of": kg(of), "new": kg(weight), "tonnes": tonnes(weight)})
