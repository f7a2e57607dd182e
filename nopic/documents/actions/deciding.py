"""What reviewers decide about papers: a row accepted, not accepted or not needed, and what a document says about organic.

Who may decide is the caller's to know. Rulings are added, never changed; what a document says is kept with who and when.
"""

from collections.abc import Sequence
from typing import Any

from nopic.documents.models import Document, Dossier, Ruling
from nopic.documents.statuses import RulingKind
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now


def rule_on(
    *,
    dossier: Dossier,
    rule: str,
    subject: str,
    ruling: RulingKind,
    reason: str,
    files: Sequence[int],
    about: dict[str, Any],
    by: Actor,
) -> Ruling:
    """Decide on a row for the files that stand in it; the newest ruling of a row stands. `reason` for everything but yes.

    `about` are the answers that the list is made from, as its row names them. The same once more (double click) is one.
    """
    row = Ruling.objects.filter(certifier_id=dossier.certifier_id, dossier=dossier, rule=rule, subject=subject)
    said: dict[str, Any] = {
        "ruling": ruling, "reason": reason, "files": sorted(files), "about": about, "by": str(by),
    }  # fmt: skip
    stands = row.order_by("-pk").first()
    if stands is not None and all(getattr(stands, name) == value for name, value in said.items()):
        return stands
    made = Ruling.objects.create(certifier_id=dossier.certifier_id, dossier=dossier, rule=rule, subject=subject, **said)
    record(dossier, "paper decided", by=by, new=ruling, note=reason, rule=rule, about=subject, files=sorted(files))
    return made


def confirm_organic(*, document: Document, named: bool, by: Actor) -> None:
    """Keep what a person read: the document names the product as organic, or it does not. The log has what was before."""
    if document.named_organic == named:
        return
    said = {True: "yes", False: "no", None: ""}
    old, moment = said[document.named_organic], now()
    Document.objects.filter(certifier_id=document.certifier_id, pk=document.pk).update(
        named_organic=named, named_by=str(by), named_at=moment
    )
    document.named_organic, document.named_by, document.named_at = named, str(by), moment
    record(document, "named as organic", by=by, old=old, new=said[named])
