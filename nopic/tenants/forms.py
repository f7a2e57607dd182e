"""Shapes of input of the pages before any tenant is known."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.tenants.models import Invitation, User
from nopic.tenants.statuses import Role


class AcceptForm(forms.Form):
    """Name and password of a new person; nothing for somebody who is signed in with the invited address."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput,
        strip=False,
        help_text=gettext_lazy("At least 12 characters. A sentence is good."),
    )
    password2 = forms.CharField(label=gettext_lazy("Password again"), widget=forms.PasswordInput, strip=False)

    def __init__(self, *args: Any, invitation: Invitation, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        self.signed_in = user if user.is_authenticated else None
        self.known = User.objects.filter(email__iexact=invitation.email).exists()
        if self.signed_in or self.known:
            self.fields.clear()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.signed_in and self.signed_in.email.lower() != self.invitation.email.lower():
            raise forms.ValidationError(
                _("This invitation is for %(email)s. Sign out, then open the link again.")
                % {"email": self.invitation.email}
            )
        if self.known and not self.signed_in:
            raise forms.ValidationError(
                _("There is an account for %(email)s already. Sign in, then open the link again.")
                % {"email": self.invitation.email}
            )
        if "password1" in data:
            if data["password1"] != data.get("password2"):
                self.add_error("password2", _("The two passwords differ. Type the same password twice."))
            validate_password(data["password1"], User(email=self.invitation.email, name=data.get("name", "")))
        return data


class InviteForm(forms.Form):
    """An e-mail address and one of the roles of the organisation."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        error_messages={
            "required": gettext_lazy("Enter the e-mail address of your colleague"),
            "invalid": gettext_lazy("Enter an e-mail address such as name@company.com"),
        },
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        error_messages={"required": gettext_lazy("Choose a role")},
    )

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
