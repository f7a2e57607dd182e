"""Deciding on the papers of a case: each row accepted, not accepted with a reason, or not needed; each file organic or not."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.documents import actions as documents
from nopic.documents.models import Document, Ruling
from nopic.documents.queries import rulings_by_slot
from nopic.documents.statuses import RulingKind
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest
from nopic.requests.slots import FINAL
from nopic.requests.statuses import RequestStatus
from nopic.review.actions.taking import hold, lock
from nopic.tenants.models import User
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused

MOST_CHARACTERS = 500


@transaction.atomic
def rule_on_paper(
    *, request: CertificateRequest, rule: str, subject: str, ruling: str, reason: str, seen: Sequence[int], by: User
) -> Ruling:
    """Decide on one row of the document list; like the first verdict, the first ruling takes the case.

    `seen` are the files that were looked at. Raises Overtaken when others stand there now, the row has gone or somebody
    else has the case; Refused without a reason where one is owed, or when nothing is there to accept.
    """
    return _rule(hold(lock(request), by), rule, subject, ruling, reason, seen, by)


@transaction.atomic
def rule_on_owed(
    *, request: CertificateRequest, rule: str, subject: str, ruling: str, reason: str, seen: Sequence[int], by: User,
    ruled: int | None = None,
) -> Ruling:  # fmt: skip
    """The same of a paper that followed the decision: any reviewer may, because nobody has the case any more.

    `ruled` is the newest ruling that the page knew: Overtaken when a colleague has decided since.
    """
    fresh = lock(request)
    newest = rulings_by_slot(fresh.dossier).get((rule, subject))
    since = newest is not None and ruled is not None and newest.pk > ruled and newest.by != str(by)
    if fresh.status != RequestStatus.DECIDED or since:
        raise Overtaken(fresh)
    if ruling == RulingKind.ACCEPTED:
        _refuse_what_cannot_be_accepted(fresh, rule, subject)
    return _rule(fresh, rule, subject, ruling, reason, seen, by)


def _refuse_what_cannot_be_accepted(fresh: CertificateRequest, rule: str, subject: str) -> None:
    """A draft that was there before is no definitive document; and of what came, it is said whether it names the product as
    organic, which the definitive transport document must.
    """
    slot = next((each for each in load(fresh).slots if (each.rule, each.subject) == (rule, subject)), None)
    if slot is None:
        return
    words, came = {"document": slot.name}, [file for file in slot.files if not slot.kinds or file.kind == FINAL]
    if slot.kinds and not came:
        raise Refused([_("%(document)s: the definitive one is not here yet") % words])
    if slot.organic != "no" and any(file.named_organic is None for file in came):
        raise Refused([_("%(document)s: say first whether it names the product as organic") % words])
    if (
        slot.organic == "stop" and came and not any(file.named_organic for file in came)
    ):  # its other pages need not say it
        sentence = _(
            "%(document)s does not name the product as organic, so it cannot be accepted. Write that to the exporter"
        )
        raise Refused([sentence % words])


def _rule(
    fresh: CertificateRequest, rule: str, subject: str, ruling: str, reason: str, seen: Sequence[int], by: User
) -> Ruling:
    slot = next((each for each in load(fresh).slots if (each.rule, each.subject) == (rule, subject)), None)
    if slot is None or {file.pk for file in slot.files} != set(seen):
        raise Overtaken(fresh)
    kind, said = RulingKind(ruling), " ".join(reason.replace("\x00", "").split())
    words = {"document": slot.name}
    if len(said) > MOST_CHARACTERS:
        raise Refused([_("%(document)s: write at most %(most)s characters") % {**words, "most": MOST_CHARACTERS}])
    if kind == RulingKind.ACCEPTED and not slot.files:
        raise Refused([_("%(document)s: there is no file to accept") % words])
    if kind == RulingKind.NOT_ACCEPTED and not said:
        raise Refused([_("%(document)s: write to the exporter why it is not accepted") % words])
    if kind == RulingKind.NOT_NEEDED and not said:
        raise Refused([_("%(document)s: write why it is not needed") % words])
    owe("owed_documents", fresh.pk, certifier_id=fresh.certifier_id)
    if kind == RulingKind.NOT_ACCEPTED:
        owe("papers_not_accepted", fresh.pk, certifier_id=fresh.certifier_id)
    return documents.rule_on(
        dossier=fresh.dossier, rule=rule, subject=subject, ruling=kind, reason=said, files=list(seen), about=slot.about,
        by=by,
    )  # fmt: skip


@transaction.atomic
def confirm_organic(*, request: CertificateRequest, document_id: int, named: bool, by: User) -> Document:
    """Say of one file whether it names the product as organic. Raises Overtaken when it is not there any more."""
    return _confirm_organic(hold(lock(request), by), document_id, named, by)


@transaction.atomic
def confirm_organic_of_owed(*, request: CertificateRequest, document_id: int, named: bool, by: User) -> Document:
    """The same of a paper that followed the decision, by any reviewer."""
    fresh = lock(request)
    if fresh.status != RequestStatus.DECIDED:
        raise Overtaken(fresh)
    return _confirm_organic(fresh, document_id, named, by)


def _confirm_organic(fresh: CertificateRequest, document_id: int, named: bool, by: User) -> Document:
    document = Document.objects.filter(
        certifier_id=fresh.certifier_id, dossier_id=fresh.dossier_id, pk=document_id, removed_at=None
    ).first()
    if document is None:
        raise Overtaken(fresh)
    documents.confirm_organic(document=document, named=named, by=by)
    return document
