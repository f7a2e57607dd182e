"""How a file reaches its row of the document list: the same for the whole list and for one file's page."""

from functools import partial

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from exporters.views.acting import filing_door
from exporters.views.loading import load_request
from nopic.certificates import actions as certificates
from nopic.documents import actions as documents
from nopic.documents.acceptance import KINDS
from nopic.documents.models import Document, Dossier
from nopic.requests import actions, queries
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import SlotView
from nopic.requests.statuses import RequestStatus
from nopic.tenants.access import PortalRequest

# Bytes come in and go out while no transaction is open: the views open the tenant's door themselves.
door = partial(filing_door, opens_tenant=False)


def closed(name: str) -> str:
    """The sentence at a row that takes nothing any more."""
    return _("%(document)s: the request was sent or the list changed meanwhile, so nothing was changed here") % {
        "document": name
    }


def receive(
    request: PortalRequest,
    asked: CertificateRequest,
    slot: SlotView,
    kind: str,
    upload: UploadedFile,
    replaces: int | None = None,
) -> Document:
    """Take a file into its row, in place of `replaces` if given. Raises NotAccepted or Overtaken."""
    kind = kind if kind in slot.kinds else ""
    accepts = slot.accepts or tuple(KINDS)

    def dossier() -> Dossier:
        found = load_request(request, asked.reference)
        return certificates.open_slot(request=found, rule=slot.rule, subject=slot.subject, kind=kind, replaces=replaces)

    def kept(document: Document) -> None:
        found = load_request(request, asked.reference)
        certificates.paper_came(request=found, document=document, by=request.user)

    return documents.receive(
        certifier=request.certifier,
        dossier=dossier,
        slot=documents.Slot(slot.rule, slot.subject, kind),
        upload=documents.Upload(upload, upload.name or "", upload.content_type or ""),
        by=request.user,
        replaces=replaces,
        kept=kept,
        accepts=accepts,
    )


def count_anew(request: PortalRequest, asked: CertificateRequest) -> None:
    """Note what the list misses now, if that changed; only a draft has a form to note it in."""
    missing = sum(not slot.is_complete for slot in queries.documents(asked))
    if asked.status == RequestStatus.DRAFT and asked.problems.get("documents") != missing:
        actions.revise(request=asked, step="documents", raw={}, revision=asked.revision, by=request.user)
