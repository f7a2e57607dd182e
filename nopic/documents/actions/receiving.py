"""How a file comes in, takes the place of another, and leaves: nothing is overwritten, nothing is forgotten."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import IO, Any

from django.db.models import Sum
from django.db.models.functions import Coalesce

from nopic.documents import acceptance, files, inspection
from nopic.documents.acceptance import KINDS, NotAccepted
from nopic.documents.inspection import Inspected
from nopic.documents.models import Document, Dossier, SlotAnswer
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, User
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken


@dataclass(frozen=True)
class Slot:
    """The row of the document list that a file is for; `kind` says which of the row's kinds it is, if it has any."""

    rule: str
    subject: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Upload:
    """A file as it arrives: its bytes once, and the name and type that the sender's browser claims."""

    stream: IO[bytes]
    name: str
    declared: str


def receive(
    *,
    certifier: Certifier,
    dossier: Callable[[], Dossier],
    slot: Slot,
    upload: Upload,
    by: User,
    replaces: int | None = None,
    kept: Callable[[Document], None] = lambda document: None,
    accepts: Collection[str] = frozenset(KINDS),
) -> Document:
    """Take a file into a dossier and owe its page images; call outside any transaction.

    `dossier` runs inside the certifier's door, before a byte is read and again before the row is written: it finds
    the dossier for this person, locks what must not change meanwhile, and raises what the view wants to hear when
    the file may not be added. The bytes are kept and inspected between the two, with no transaction open.

    `accepts` are the codes of the kinds of files that the row takes.

    `kept` runs in the transaction that writes the row, when there is a new one or one is replaced.

    `replaces` is the key of a file of the same slot that this one takes the place of; it stays readable as removed.
    The same bytes sent again into the same slot are the same document. Raises `NotAccepted`, whose sentence is for
    the sender, and `Overtaken` when the file to be replaced is no longer there.
    """
    with tenant(certifier, by):
        _refuse_too_many(dossier(), slot, 0)
    with files.quarantine(upload.stream) as file:
        kind = acceptance.kind_of(upload.name, upload.declared, file.head)
        if kind.code not in accepts:
            raise NotAccepted("type_of_row")
        looked = inspection.inspect(file.file, kind.code)
        stored = file.keep(certifier.pk)
    with tenant(certifier, by):
        # The lock makes two sendings of one file, and two files for the last free place, come one after the other.
        place = Dossier.objects.select_for_update().get(certifier=certifier, pk=dossier().pk)
        document = same = _same(place, slot, stored)
        if document is None:
            _refuse_too_many(place, slot, stored.size)
            document = _add(place, slot, upload.name, kind, stored, looked, by)
        elif slot.kind:
            say_kind(document=document, kind=slot.kind, by=by)
        if replaces is not None and replaces != document.pk:
            old = place.documents.filter(rule=slot.rule, subject=slot.subject).get(pk=replaces)
            remove(document=old, by=by, replaced_by=document)
            same = None
        if same is None:
            kept(document)
    return document


def say_kind(*, document: Document, kind: str, by: Actor) -> None:
    """Say which kind of paper a file is that came without; what was said once stays."""
    if Document.objects.filter(pk=document.pk, removed_at=None, kind="").update(kind=kind) == 1:
        document.kind = kind
        record(document, "kind said", by=by, new=kind)


def remove(*, document: Document, by: Actor, replaced_by: Document | None = None) -> None:
    """Take a file off its slot, inside the certifier's door, in favour of another one or of none. Row, bytes and pictures
    stay readable.

    Raises `Overtaken` when it was removed or replaced already.
    """
    moment = {"removed_at": now(), "removed_by": str(by), "replaced_by": replaced_by}
    note = f"replaced by {replaced_by.name}" if replaced_by is not None else ""
    if Document.objects.filter(pk=document.pk, removed_at=None).update(**moment) != 1:
        raise Overtaken(document)
    for name, value in moment.items():
        setattr(document, name, value)
    record(document, "removed", by=by, old=document.status, note=note, sha256=document.sha256)


def _same(dossier: Dossier, slot: Slot, stored: files.Stored) -> Document | None:
    """A file that is on its way while somebody says which paper it is comes twice, once without its kind."""
    same = dossier.documents.filter(rule=slot.rule, subject=slot.subject, sha256=stored.sha256, removed_at=None)
    return (same.filter(kind__in=("", slot.kind)) if slot.kind else same).first()


def _refuse_too_many(dossier: Dossier, slot: Slot, more_bytes: int) -> None:
    """The papers of the list and those beside it have the same room each, and neither takes the other's."""
    here, beside = dossier.documents.filter(removed_at=None), {"rule__in": acceptance.BESIDE_THE_LIST}
    here = here.filter(**beside) if slot.rule in acceptance.BESIDE_THE_LIST else here.exclude(**beside)
    held = here.aggregate(bytes=Coalesce(Sum("size"), 0))["bytes"]
    if here.count() >= acceptance.MOST_FILES or held + more_bytes > acceptance.MOST_BYTES_TOGETHER:
        raise NotAccepted("too_many_files")


def _add(
    dossier: Dossier,
    slot: Slot,
    name: str,
    kind: acceptance.Kind,
    stored: files.Stored,
    looked: Inspected,
    by: User,
) -> Document:
    document = Document.objects.create(
        certifier_id=dossier.certifier_id,
        dossier=dossier,
        rule=slot.rule,
        subject=slot.subject,
        kind=slot.kind,
        name=acceptance.display_name(name),
        media_type=kind.served_as,
        size=stored.size,
        sha256=stored.sha256,
        page_count=looked.pages,
        flags=list(looked.flags),
        uploaded_by=str(by),
        uploaded_at=now(),
    )
    facts: dict[str, Any] = {"rule": slot.rule, "about": slot.subject, "sha256": stored.sha256, "size": stored.size}
    record(document, "received", by=by, new=document.status, pages=looked.pages, flags=document.flags, **facts)
    for said in SlotAnswer.objects.filter(dossier=dossier, rule=slot.rule, subject=slot.subject):
        record(document, "answer superseded", by=by, old=said.answer, note=said.reason, **facts)
        said.delete()
    owe("pages", document.pk, certifier_id=document.certifier_id)
    return document
