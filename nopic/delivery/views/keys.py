"""API keys of an exporter or an importer: make one (shown once), see when each was used, revoke."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from nopic.presentation.typed import whole
from nopic.tenants import apikeys
from nopic.tenants.access import PortalRequest, certifier_door, inbox_door
from nopic.tenants.models import ApiKey, Exporter, Importer
from nopic.tenants.statuses import Role

MOST_KEYS = 20


class KeyForm(forms.Form):
    """What a key is for, in the words of the people who will look for it later."""

    name = forms.CharField(
        label=gettext_lazy("What is the key for?"),
        max_length=80,
        error_messages={"required": gettext_lazy("Say what the key is for, for example “Warehouse system”")},
    )


@sensitive_variables("token")
def keys_page(
    request: PortalRequest, *, exporter: Exporter | None = None, importer: Importer | None = None
) -> HttpResponse:
    """The page of one organisation, whose door is open."""
    of: dict[str, Any] = {"exporter": exporter} if exporter else {"importer": importer}
    form, token = KeyForm(), ""
    if request.method == "POST":
        if "revoke" in request.POST:
            key = ApiKey.objects.filter(pk=whole(request.POST["revoke"]), **of).first()
            if key is None:
                raise Http404("not a key of this organisation")
            apikeys.revoke(key=key, by=request.user)
            messages.success(request, _("The key “%(name)s” works no more.") % {"name": key.name})
            return redirect(request.path)
        form = KeyForm(request.POST)
        if form.is_valid():
            if ApiKey.objects.filter(revoked_at=None, **of).count() >= MOST_KEYS:
                form.add_error(None, _("There are %(n)s keys already. Revoke one first.") % {"n": MOST_KEYS})
            else:
                token = apikeys.create(name=form.cleaned_data["name"], by=request.user, **of)
    context = {
        "form": form,
        "token": token,
        "keys": list(ApiKey.objects.filter(**of).order_by("-pk")),
        "has_errors": bool(form.errors),
    }
    response = render(request, "delivery/keys.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(Role.EXPORTER_SENDER)
def exporter_keys(request: PortalRequest) -> HttpResponse:
    """Keys of the exporter that the person works for."""
    exporter = Exporter.objects.select_related("certifier").get(certifier=request.certifier, pk=request.exporter_id)
    return keys_page(request, exporter=exporter)


@require_http_methods(["GET", "HEAD", "POST"])
@inbox_door(Role.IMPORTER)
def importer_keys(request: PortalRequest) -> HttpResponse:
    """Keys of the importer that the person works for."""
    return keys_page(request, importer=request.inbox_of.importer)
