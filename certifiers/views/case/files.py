"""Page images and originals of a case, for staff: read under the tenant's door, handed out after it has closed."""

from typing import BinaryIO

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from certifiers.views.case.opening import request_of
from nopic.delivery.access import handed_out
from nopic.documents import files
from nopic.documents.models import Document, PageImage
from nopic.documents.statuses import DocumentStatus
from nopic.requests.guarantees import dossiers_of
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import STAFF

_staff = certifier_door(*sorted(STAFF), opens_tenant=False)


@require_safe
@_staff
def page_image(request: PortalRequest, reference: str, document: int, page: int) -> HttpResponse:
    """One page as WebP. Its bytes never change, so the browser of this person may keep them."""
    with tenant(request.certifier, request.user):
        found = request_of(request, reference)
        image = get_object_or_404(
            PageImage.objects.only("sha256").exclude(sha256=""),
            certifier=request.certifier,
            document_id=document,
            document__dossier_id__in=dossiers_of(found),
            number=page,
        )
    tag = f'"{image.sha256}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304)
    with _open(request.certifier.pk, image.sha256, "pages") as picture:
        content = picture.read()  # at most some hundred kilobytes; we drew it
    return HttpResponse(content, headers=files.picture_headers(image.sha256, len(content)))


@require_safe
@_staff
def original(request: PortalRequest, reference: str, document: int) -> FileResponse:
    """The file as it was uploaded, to be saved; a refused one is not handed out."""
    with tenant(request.certifier, request.user):
        found = request_of(request, reference)
        file = get_object_or_404(
            Document.objects.exclude(status=DocumentStatus.REFUSED),
            certifier=request.certifier,
            dossier_id__in=dossiers_of(found),
            pk=document,
        )
    headers = files.download_headers(file.name, file.media_type, file.size)
    return handed_out(_open(request.certifier.pk, file.sha256, "documents"), headers)


def _open(certifier_id: int, sha256: str, area: str) -> BinaryIO:
    try:
        return files.open_verified(certifier_id, sha256, area=area)
    except files.Damaged:
        raise Http404("the file is damaged or missing")
