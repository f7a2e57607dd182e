"""A supplier's own organic certificate: its file with what stands on it, the files before it, and their originals."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exporters.forms.suppliers import OrganicCertificateForm
from nopic.delivery.access import handed_out
from nopic.documents import actions as documents
from nopic.documents import files, queries
from nopic.documents.acceptance import KINDS, NotAccepted, accept_of
from nopic.documents.models import Document, Dossier
from nopic.documents.statuses import DocumentStatus
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.requests import actions
from nopic.requests.facts import policy_of
from nopic.requests.guarantees import CERTIFICATE
from nopic.requests.models import Supplier
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import EXPORTERS, STAFF
from nopic.workflow.transitions import Overtaken


def _supplier(request: PortalRequest, supplier_id: int) -> Supplier:
    mine = Supplier.objects.filter(certifier=request.certifier, exporter_id=request.exporter_id)
    return get_object_or_404(mine.select_related("dossier"), pk=supplier_id)


# Bytes come in and go out while no transaction is open: the views open the tenant's door themselves.
@require_http_methods(["GET", "POST"])
@certifier_door(*sorted(EXPORTERS), opens_tenant=False)
def supplier_certificate(request: PortalRequest, supplier_id: int) -> HttpResponse:
    """See the file and those before it; POST brings a newer one, which takes its place."""
    with tenant(request.certifier, request.user):
        supplier = _supplier(request, supplier_id)
    names = ("certificate_number", "certificate_from", "certificate_to")
    form = OrganicCertificateForm(
        posted(request), request.FILES or None, initial={name: getattr(supplier, name) for name in names}
    )
    form.fields["file"].widget.attrs["accept"] = accept_of(KINDS)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _receive(request, supplier, form.cleaned_data)
            messages.success(request, _("The organic certificate of %(name)s is on file.") % {"name": supplier})
            return redirect("supplier_certificate", certifier=request.certifier.slug, supplier_id=supplier.pk)
        except NotAccepted as refusal:
            form.add_error("file", refusal.sentence(_("Organic certificate")))
            status = refusal.status
        except Overtaken:
            form.add_error("file", _("A colleague added a newer file a moment ago: look at it, and choose yours again"))
            status = 409
    with tenant(request.certifier, request.user):
        standing, earlier = _files(supplier)
        context: dict[str, Any] = {
            "supplier": supplier,
            "form": form,
            "standing": standing,
            "earlier": earlier,
            "zone": policy_of(request.certifier.pk).rules.time_zone,
            "problems": problems([form]),
            "has_errors": bool(form.errors),
        }
        return render(
            request,
            "exporters/suppliers/certificate.html",
            context,
            status=status if status >= 400 else 422 if form.errors else 200,
        )


def _files(supplier: Supplier) -> tuple[list[Document], list[Document]]:
    """What stands, and what was replaced, newest first."""
    if supplier.dossier is None:
        return [], []
    standing, earlier = queries.by_slot(supplier.dossier)
    return standing.get((CERTIFICATE, ""), []), earlier.get((CERTIFICATE, ""), [])


def _receive(request: PortalRequest, supplier: Supplier, said: dict[str, Any]) -> None:
    """Take the file, and what stands on it, in place of the one that the page showed. Raises NotAccepted, or Overtaken by
    a colleague's file.
    """
    upload, seen = said["file"], whole(request.POST.get("seen"))
    written: list[Document] = []

    def dossier() -> Dossier:
        # The supplier stays locked until the transaction ends, so that what stands there is what is replaced.
        place = actions.place_for_certificate(supplier=_supplier(request, supplier.pk))
        stands = place.documents.filter(rule=CERTIFICATE, removed_at=None).values_list("pk", flat=True)
        if [*stands] != ([] if seen is None else [seen]):
            raise Overtaken(supplier)
        return place

    def came(document: Document) -> None:
        written.append(document)
        actions.certificate_came(
            supplier=_supplier(request, supplier.pk), document=document, number=said["certificate_number"],
            valid_from=said["certificate_from"], valid_to=said["certificate_to"], by=request.user,
        )  # fmt: skip

    document = documents.receive(
        certifier=request.certifier,
        dossier=dossier,
        slot=documents.Slot(CERTIFICATE),
        upload=documents.Upload(upload, upload.name or "", upload.content_type or ""),
        by=request.user,
        replaces=seen,
        kept=came,
    )
    if not written:  # the same file again, with something else said of it
        with tenant(request.certifier, request.user):
            came(document)


@require_safe
@certifier_door(*sorted(EXPORTERS | STAFF), opens_tenant=False)
def supplier_file(request: PortalRequest, supplier_id: int, document_id: int) -> FileResponse:
    """A file as it was uploaded, to be saved: by its exporter, and by staff."""
    with tenant(request.certifier, request.user):
        kept = Document.objects.filter(certifier=request.certifier, dossier__supplier__pk=supplier_id)
        if request.roles.isdisjoint(STAFF):
            kept = kept.filter(dossier__supplier__exporter_id=request.exporter_id)
        found = get_object_or_404(kept.exclude(status=DocumentStatus.REFUSED), pk=document_id)
    try:
        stream = files.open_verified(request.certifier.pk, found.sha256)
    except files.Damaged as damage:
        raise Http404("the file is damaged or missing") from damage
    return handed_out(stream, files.download_headers(found.name, found.media_type, found.size))
