"""What an exporter says about a row of the document list instead of adding a file."""

from datetime import date

from nopic.documents.models import Dossier, SlotAnswer
from nopic.workflow.audit import Actor, record


def answer(
    *,
    dossier: Dossier,
    rule: str,
    subject: str = "",
    answer: str,
    reason: str = "",
    due_on: date | None = None,
    by: Actor,
) -> SlotAnswer:
    """Say that the document `does_not_apply` (why) or comes `later` (when); a newer answer takes the older one's place.

    Inside the certifier's door. Whether the certifier allows the answer for this row is the caller's to know.
    """
    said, created = SlotAnswer.objects.select_for_update().get_or_create(
        certifier_id=dossier.certifier_id,
        dossier=dossier,
        rule=rule,
        subject=subject,
        defaults={"answer": answer, "reason": reason, "due_on": due_on, "by": str(by)},
    )
    old = "" if created else said.answer
    if created or (said.answer, said.reason, said.due_on) != (answer, reason, due_on):
        said.answer, said.reason, said.due_on, said.by = answer, reason, due_on, str(by)
        said.save()
        due = due_on.isoformat() if due_on else ""
        record(dossier, "slot answered", by=by, old=old, new=answer, note=reason, rule=rule, about=subject, due=due)
    return said


def take_back(*, dossier: Dossier, rule: str, subject: str = "", by: Actor) -> None:
    """Forget the answer of a row, if there is one; the log keeps it."""
    for said in SlotAnswer.objects.filter(dossier=dossier, rule=rule, subject=subject):
        record(dossier, "slot answer taken back", by=by, old=said.answer, note=said.reason, rule=rule, about=subject)
        said.delete()
