"""The document list of one request: the policy's rows, the files in them, what the exporter answered and staff decided.

A slot is known by (rule, subject); the subject of a supplier's row is `supplier-<id>`, of a document demanded of the
operation or product `demand-<id>` (its rule is `demanded`), of any other row empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from nopic.documents import queries
from nopic.documents.models import Document, Ruling, SlotAnswer
from nopic.documents.statuses import DocumentStatus, RulingKind
from nopic.products.models import Demand
from nopic.requests.models import CertificateRequest, Supplier
from nopic.requests.statuses import OPEN_REQUEST, RequestStatus
from nopic.tenants.policy import Answers, DocumentRow, Goods, Rules, documents_due
from nopic.tenants.policy import Supplier as NamedSupplier

DOES_NOT_APPLY, LATER = "does_not_apply", "later"
FINAL = "final"  # the transport document that customs needs; a draft or a booking is enough before departure
DEMANDED = "demanded"  # the rule of every document that staff demanded of an operation or product


@dataclass(frozen=True, slots=True)
class SlotView:
    """One row. `state`: received, accepted, refused (not accepted), later, not_needed or missing."""

    rule: str
    subject: str
    name: str
    why: str
    must_before_sending: bool
    may_follow: bool
    may_not_apply: bool
    kinds: tuple[str, ...]
    files: tuple[Document, ...]
    answer: SlotAnswer | None
    state: str
    days_after_departure: int | None = None
    accepts: tuple[str, ...] = ()
    least_files: int = 1
    most_files: int = 30
    organic: str = "no"  # stop, record or no
    earlier: tuple[Document, ...] = ()  # replaced or taken off, newest first; they stay readable
    ruling: Ruling | None = None  # what a reviewer decided, while it stands
    about: dict[str, Any] = field(default_factory=dict)  # the answers that the list is made from, in JSON
    lapsed: Ruling | None = None  # that nothing is needed was decided about other answers

    @property
    def anchor(self) -> str:
        """Name of the row's file input."""
        return f"{self.rule}-{self.subject}" if self.subject else self.rule

    @property
    def is_here(self) -> bool:
        """Whether the document came and was not sent back."""
        return self.state in ("received", "accepted")

    @property
    def is_complete(self) -> bool:
        """Whether nothing more is needed before sending. What was not accepted is missing again."""
        answered = self.is_here or self.state in ("not_needed", "later")
        return (answered and not self.without_kind) or not self.must_before_sending

    @property
    def due_on(self) -> date | None:
        """The day to which the exporter committed for what comes later."""
        return self.answer.due_on if self.answer is not None and self.state == "later" else None

    @property
    def reason(self) -> str:
        """Why it is not needed or was not accepted, in the words of whoever said so."""
        if self.ruling is not None:
            return self.ruling.reason
        return self.answer.reason if self.answer is not None and self.state == "not_needed" else ""

    @property
    def decided_by(self) -> str:
        """Who said that it is not needed, or decided on it."""
        if self.ruling is not None:
            return self.ruling.by
        return self.answer.by if self.answer is not None and self.state == "not_needed" else ""

    @property
    def without_kind(self) -> list[Document]:
        """Files of which nobody said yet which of the row's kinds they are."""
        return [each for each in self.files if self.kinds and not each.kind and each.status != DocumentStatus.REFUSED]

    @property
    def lacks_final(self) -> bool:
        """Whether the final transport document has still to come; a draft or booking may be there."""
        came = any(_counts(file) and file.kind == FINAL for file in self.files)
        return FINAL in self.kinds and self.state != "not_needed" and not came

    @property
    def follows(self) -> bool:
        """Whether it has still to come once there is a certificate: the final transport document, what was answered with
        "later", and what may come later and was not answered at all."""
        return self.lacks_final or self.state == LATER or (self.may_follow and self.state == "missing")

    @property
    def stops_without_organic(self) -> list[Document]:
        """Files of which it stands against approval that they do not name the product as organic.

        Of transport documents only the final one: drafts and bookings are written by others, before the goods are.
        """
        if self.organic != "stop" or self.state == "not_needed":
            return []
        return [each for each in self.files if _counts(each) and (not self.kinds or each.kind == FINAL)]

    @property
    def unsaid(self) -> list[Document]:
        """Files of which nobody said yet whether they name the product as organic, where that is asked."""
        if self.organic == "no" or self.state in ("not_needed", "refused"):
            return []
        return [each for each in self.files if _counts(each) and each.named_organic is None]

    @property
    def sentence(self) -> str:
        """What to do about a row that is not complete."""
        words = {"document": self.name, "reason": self.reason, "n": self.least_files, "here": len(self.files)}
        if self.state == "refused" and self.reason:
            return _("%(document)s was not accepted: %(reason)s. Choose another file") % words
        if self.state == "refused":
            return _("%(document)s: the file was not accepted. Choose another one") % words
        if self.without_kind:
            return _("%(document)s: say which one it is. The file is kept") % words
        if self.files and self.least_files > 1:
            return _("%(document)s: %(n)s files are needed, %(here)s came") % words
        return _("Choose the file: %(document)s") % words


@dataclass(frozen=True, slots=True)
class Opening:
    """What may be done with the files of a row now: add one of `kinds` (of any, if it has none), take one off; or
    replace one of those that came after the moment `replaces`, on which no certificate rests."""

    adds: bool = False
    takes_off: bool = False
    kinds: tuple[str, ...] = ()
    replaces: datetime | None = None

    @property
    def takes_a_file(self) -> bool:
        """Whether one can be sent: beside those that are there, or in place of one of them."""
        return self.adds or self.takes_off

    def may_replace(self, file: Document) -> bool:
        """Whether another file may take the place of this one."""
        came_since = self.replaces is not None and file.uploaded_at > self.replaces
        return file.removed_at is None and (self.takes_off or came_since)


def opening(slot: SlotView, request: CertificateRequest, *, certified: bool) -> Opening:
    """The one answer for button, page and action. `certified`: the request has a certificate that nobody has cancelled.

    Of a draft, and while questions are open, everything. Once it is sent what may follow, was not accepted or lacks; and once there is a certificate
    also the final transport document where a draft or booking was sent, because customs needs it. Nothing is taken off
    any more that a certificate may rest on; what came after the decision and was not accepted yet may be replaced. A row that has
    as many files as it accepts takes another one only in place of one of them, unless those were refused and have to stay.
    """
    room, status = sum(_counts(file) for file in slot.files) < slot.most_files, request.status
    since = request.decided_at if certified and slot.state != "accepted" else None
    if status in (RequestStatus.DRAFT, RequestStatus.QUESTIONS_OPEN) and not certified:
        return Opening(adds=room, takes_off=True, kinds=slot.kinds)
    refused, lacks = slot.state == "refused", slot.state == "missing" and slot.must_before_sending
    if (slot.may_follow or refused or lacks) and (certified or status in OPEN_REQUEST):
        return Opening(adds=room or (refused and certified), takes_off=not certified, kinds=slot.kinds, replaces=since)
    if certified and FINAL in slot.kinds and (slot.lacks_final or any(file.kind != FINAL for file in slot.files)):
        return Opening(adds=True, kinds=(FINAL,), replaces=since)
    return Opening(replaces=since if slot.is_here else None)


def slots_of(
    request: CertificateRequest,
    rules: Rules,
    suppliers: Iterable[Supplier],
    *,
    goods: Sequence[Goods] = (),
    demands: Sequence[Demand] = (),
) -> list[SlotView]:
    """The rows in the policy's order, then what was demanded besides. Three statements, whatever the number of files.

    `suppliers` sold lots of the request, `goods` are its products, `demands` the extra documents that hold for it.
    """
    files, earlier = queries.by_slot(request.dossier)
    answers, rulings = queries.answers_by_slot(request.dossier), queries.rulings_by_slot(request.dossier)
    named = tuple(
        NamedSupplier(id=subject_of(supplier.pk), name=supplier.name, same_certifier=supplier.same_certifier)
        for supplier in suppliers
    )
    said = Answers(
        suppliers=named,
        departed=request.departed_on is not None,
        goods=tuple(goods),
        mode=request.mode,
        places=_places(request),
    )
    about = _about(said, request)
    views = []
    for row in (*documents_due(rules, said), *(_demanded(demand) for demand in demands)):
        held, answer = tuple(files.get(row.key, ())), answers.get(row.key)
        newest = rulings.get(row.key)
        ruling = _standing(newest, row, held, answer, about)
        views.append(
            SlotView(
                rule=row.rule, subject=row.subject, name=row.name, why=row.why,
                must_before_sending=row.required_before_sending, may_follow=row.may_follow,
                may_not_apply=row.may_not_apply, kinds=row.kinds, files=held, answer=answer,
                state=_state(row, held, answer, ruling), days_after_departure=row.days_after_departure,
                accepts=row.accepts, least_files=row.least_files, most_files=row.most_files, organic=row.organic,
                earlier=tuple(earlier.get(row.key, ())), ruling=ruling, about=about,
                lapsed=newest if ruling is None and newest and newest.ruling == RulingKind.NOT_NEEDED else None,
            )
        )  # fmt: skip
    return views


def subject_of(supplier_id: int) -> str:
    """The subject of a supplier's rows."""
    return f"supplier-{supplier_id}"


def _places(request: CertificateRequest) -> tuple[str, ...]:
    """The destination by every name that a policy may use for it."""
    state = request.importer.state if request.importer is not None else ""
    port = request.port_of_entry
    return tuple(filter(None, (state, port, port.partition(",")[0], request.port_code)))


def _demanded(demand: Demand) -> DocumentRow:
    return DocumentRow(
        rule=DEMANDED,
        subject=f"demand-{demand.pk}",
        name=demand.name,
        why=demand.why,
        required_before_sending=not demand.may_follow,
        may_follow=demand.may_follow,
        may_not_apply=False,
        kinds=(),
        organic="record",
    )


def _about(said: Answers, request: CertificateRequest) -> dict[str, Any]:
    """What the exporter can change of the answers; what the registry says of the importer may change at any time."""
    goods = sorted([each.code, each.hts, each.origin, sorted(each.suppliers)] for each in said.goods)
    return {"goods": goods, "mode": said.mode, "port": request.port_of_entry}


def _standing(
    ruling: Ruling | None,
    row: DocumentRow,
    files: tuple[Document, ...],
    answer: SlotAnswer | None,
    about: dict[str, Any],
) -> Ruling | None:
    """The ruling, unless it was taken back, or was made about other files than those that are there now.

    One that nothing is needed is about the answers: whoever changes them is asked again. What was not accepted does not get
    better by taking some of it off; and once all of it is off, a row that is waited for still is, until something is said.
    """
    if ruling is None or ruling.ruling == RulingKind.OPEN:
        return None
    if ruling.ruling == RulingKind.NOT_NEEDED:
        return ruling if ruling.about in (None, about) else None
    here, seen = {file.pk for file in files}, set(ruling.files)
    if ruling.ruling == RulingKind.NOT_ACCEPTED and here < seen:
        waited_for = row.required_before_sending or row.may_follow
        return ruling if here or (waited_for and answer is None) else None
    return ruling if here == seen else None


_RULED = {
    RulingKind.ACCEPTED: "accepted",
    RulingKind.NOT_ACCEPTED: "refused",
    RulingKind.NOT_NEEDED: "not_needed",
}


def _state(row: DocumentRow, files: tuple[Document, ...], answer: SlotAnswer | None, ruling: Ruling | None) -> str:
    """What a reviewer decided; else files that were not refused count, and an answer where the policy allows it."""
    if ruling is not None:
        return _RULED[RulingKind(ruling.ruling)]
    counting = sum(_counts(file) for file in files)
    if counting >= row.least_files:
        return "received"
    if answer is not None and answer.answer == DOES_NOT_APPLY and row.may_not_apply:
        return "not_needed"
    if answer is not None and answer.answer == LATER and row.may_follow:
        return "later"
    return "refused" if files and not counting else "missing"


def _counts(file: Document) -> bool:
    return file.status != DocumentStatus.REFUSED
