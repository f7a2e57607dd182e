"""Notes on a case: for the office alone, or for the exporter to read as well. Written once, never changed."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from nopic.requests.models import CertificateRequest
from nopic.review.models import CaseNote
from nopic.tenants.models import User
from nopic.workflow.audit import record
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Refused

DOUBLE_CLICK: Final = timedelta(minutes=1)


@transaction.atomic
def note(*, request: CertificateRequest, by: User, text: str, visible: bool) -> CaseNote:
    """Write something down about a case; only `visible` notes stand in the exporter's history, and an e-mail tells of them.

    The same note once more by the same person within a minute (double click) is one. Refused without a text.
    """
    said = text.replace("\x00", "").strip()[:2000]
    if not said:
        raise Refused([_("Write the note")])
    mine = CertificateRequest.objects.filter(certifier_id=request.certifier_id, pk=request.pk)
    mine.select_for_update(no_key=True).values_list("pk").get()  # the second click waits for the first
    facts = {"certifier_id": request.certifier_id, "request": request, "text": said, "visible": visible, "by": by}
    if again := CaseNote.objects.filter(**facts, at__gt=Now() - DOUBLE_CLICK).first():
        return again
    written = CaseNote.objects.create(**facts)
    record(request, "note for the exporter" if visible else "note of the office", by=by, note=said)
    if visible:
        owe("note_left", written.pk, certifier_id=request.certifier_id)
    return written
