"""Forms that the certifier offers for the documents of its list, handed out as attachments."""

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from nopic.delivery.access import handed_out
from nopic.documents import files
from nopic.documents.models import TemplateFile
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import EXPORTERS, STAFF


@require_safe
@certifier_door(*sorted(EXPORTERS | STAFF), opens_tenant=False)
def document_form(request: PortalRequest, rule: str) -> FileResponse:
    """The newest form for one document row; 404 when none is offered."""
    with tenant(request.certifier, request.user):
        found = TemplateFile.objects.filter(certifier=request.certifier, rule=rule).order_by("-pk").first()
    if found is None:
        raise Http404
    try:
        stream = files.open_verified(request.certifier.pk, found.sha256)
    except files.Damaged as damage:
        raise Http404("the file is damaged or missing") from damage
    headers = files.download_headers(found.name, found.media_type, found.size)
    return handed_out(stream, headers)
