"""The files of a request: which row is open for them now, and what follows when one came or left after it was sent."""

from django.db import transaction

from nopic.documents.models import Document, Dossier
from nopic.requests.actions.drafting import lock, slot_of
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import opening
from nopic.requests.statuses import RequestStatus
from nopic.workflow.audit import Actor, record
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken


@transaction.atomic
def open_slot(
    *,
    request: CertificateRequest,
    rule: str,
    subject: str,
    kind: str = "",
    takes_off: bool = False,
    replaces: int | None = None,
    certified: bool = False,
) -> Dossier:
    """The dossier, when a file may be added to this row now, take the place of the file `replaces`, or with `takes_off`
    be taken off it: see slots.opening.

    Locks the request, so that it is not sent meanwhile. Raises Overtaken when the row is closed for that or has gone
    from the list.
    """
    lock(request)
    slot = slot_of(request, rule, subject)
    now = opening(slot, request, certified=certified)
    if replaces is not None:
        allowed = any(file.pk == replaces and now.may_replace(file) for file in slot.files)
    else:
        allowed = now.takes_off if takes_off else now.adds and (not kind or kind in now.kinds)
    if not allowed:
        raise Overtaken(request)
    return request.dossier


@transaction.atomic
def papers_changed(*, request: CertificateRequest, document: Document, by: Actor) -> None:
    """Note on a sent request that a file came or left, in the transaction in which it did; nothing of a draft.

    The revision grows: an approval of what was shown before is overtaken, and the checks that compare this paper are
    asked again (review.queries). The log says who, which and when.
    """
    lock(request)
    if request.status == RequestStatus.DRAFT:
        return
    request.revision += 1
    request.paper_revisions = {**request.paper_revisions, document.rule: request.revision}
    request.save(update_fields=["revision", "paper_revisions"])
    owe("index_request", request.pk, certifier_id=request.certifier_id)  # its risk is weighed again
    verb = "paper taken off" if document.removed_at else "paper added"
    record(request, verb, by=by, note=document.name, rule=document.rule, kind=document.kind, document=document.pk)
