"""Suppliers of an exporter, which proof applies to each and why, and its transaction certificates with what is left."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exporters.forms.suppliers import CertificateForm, SupplierForm
from nopic.ledger.models import InputCertificate
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.requests import actions
from nopic.requests.guarantees import with_certificate
from nopic.requests.models import Supplier
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.tenants.models import Exporter
from nopic.tenants.roster import today_of
from nopic.workflow.transitions import Refused

PAGE = 100


def _exporter(request: PortalRequest) -> Exporter:
    return get_object_or_404(Exporter.objects.filter(certifier=request.certifier), pk=request.exporter_id)


@require_safe
@exporter_door
def suppliers(request: PortalRequest) -> HttpResponse:
    """Everybody from whom lots are bought, and the newest transaction certificates; three statements."""
    mine = {"certifier": request.certifier, "exporter_id": request.exporter_id}
    known = Supplier.objects.filter(**mine).order_by("name")
    sellers = list(with_certificate(known, today_of(request.certifier.pk)))
    names = {one.pk: one.name for one in sellers}
    register = InputCertificate.objects.filter(**mine).order_by("-pk")[:PAGE]
    context = {
        "suppliers": sellers,
        "register": [(one, names.get(one.supplier_id, "")) for one in register],
        "has_others": any(not one.same_certifier for one in sellers),
    }
    return render(request, "exporters/suppliers/list.html", context)


@require_http_methods(["GET", "POST"])
@exporter_door
def keep_supplier(request: PortalRequest) -> HttpResponse:
    """Add a supplier, or say anew what is known of one (`?supplier=`); its name is what it is known by."""
    known = Supplier.objects.filter(
        certifier=request.certifier, exporter_id=request.exporter_id, pk=whole(request.GET.get("supplier")) or 0
    ).first()
    initial: dict[str, Any] = {}
    if known is not None:
        names = ("name", "nop_id", "certifier_name", "certificate_number", "certificate_from", "certificate_to")
        initial = {name: getattr(known, name) for name in names} | {"same": "yes" if known.same_certifier else "no"}
    form = SupplierForm(posted(request), certifier=request.certifier.name, initial=initial)
    if request.method == "POST" and form.is_valid():
        facts = {name: value for name, value in form.cleaned_data.items() if name != "same"}
        try:
            actions.add_supplier(
                exporter=_exporter(request),
                same_certifier=form.cleaned_data["same"] == "yes",
                by=request.user,
                changes=known,
                **facts,
            )
            return redirect("suppliers", certifier=request.certifier.slug)
        except Refused as refused:
            _say(form, refused, "products#supplier-")
    title = _("Change %(name)s") % {"name": known} if known else _("Add a supplier")
    return _page(request, form, title, known)


@require_http_methods(["GET", "POST"])
@exporter_door
def new_certificate(request: PortalRequest) -> HttpResponse:
    """Enter a transaction certificate of a supplier that has another certifier."""
    sellers = Supplier.objects.filter(
        certifier=request.certifier, exporter_id=request.exporter_id, same_certifier=False
    ).select_related("exporter")
    form = CertificateForm(posted(request), suppliers=sellers.order_by("name"))
    if request.method == "POST" and form.is_valid():
        try:
            actions.register_certificate(**form.cleaned_data, by=request.user)
            messages.success(request, _("%(number)s is in the register.") % {"number": form.cleaned_data["number"]})
            return redirect("suppliers", certifier=request.certifier.slug)
        except Refused as refused:
            _say(form, refused, "certificate#")
    return _page(request, form, _("Add a transaction certificate"))


def _say(form: Any, refused: Refused, prefix: str) -> None:
    for one in refused.findings:
        name = one.field.removeprefix(prefix)
        form.add_error(name if name in form.fields else None, one.sentence)


def _page(request: PortalRequest, form: Any, title: str, known: Supplier | None = None) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "known": known,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
    }
    return render(request, "exporters/suppliers/form.html", context, status=422 if form.errors else 200)
