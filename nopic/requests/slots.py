"""The document list of one request: the policy's rows, the files in them and what the exporter answered instead.

A slot is known by (rule, subject); the subject of a supplier's row is `supplier-<id>`, of any other row empty.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from nopic.documents import queries
from nopic.documents.models import Document, SlotAnswer
from nopic.documents.statuses import DocumentStatus
from nopic.requests.models import CertificateRequest, Supplier
from nopic.requests.statuses import OPEN_REQUEST, RequestStatus
from nopic.tenants.policy import Answers, Rules, documents_due
from nopic.tenants.policy import Supplier as NamedSupplier

DOES_NOT_APPLY, LATER = "does_not_apply", "later"
FINAL = "final"  # the transport document that customs needs; a draft or a booking is enough before departure


@dataclass(frozen=True, slots=True)
class SlotView:
    """One row. `state`: received, later, not_needed, refused (only refused files) or missing."""

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

    @property
    def anchor(self) -> str:
        """Name of the row's file input."""
        return f"{self.rule}-{self.subject}" if self.subject else self.rule

    @property
    def is_complete(self) -> bool:
        """Whether nothing more is needed before sending."""
        answered = self.state in ("received", "not_needed", "later")
        return (answered and not self.without_kind) or not self.must_before_sending

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
    def sentence(self) -> str:
        """What to do about a row that is not complete."""
        if self.state == "refused":
            return _("%(document)s: the file was not accepted. Choose another one") % {"document": self.name}
        if self.without_kind:
            return _("%(document)s: say which one it is. The file is kept") % {"document": self.name}
        return _("Choose the file: %(document)s") % {"document": self.name}


@dataclass(frozen=True, slots=True)
class Opening:
    """What may be done with the files of a row now: add one of `kinds` (of any, if it has none), take one off."""

    adds: bool = False
    takes_off: bool = False
    kinds: tuple[str, ...] = ()


def opening(slot: SlotView, status: str, *, certified: bool) -> Opening:
    """The one answer for button, page and action. `certified`: the request has a certificate that nobody has cancelled.

    Of a draft everything. Once it is sent what may follow; and once there is a certificate also the final transport
    document where a draft or booking was sent, because customs needs it. Nothing is taken off any more that a
    certificate may rest on.
    """
    if status == RequestStatus.DRAFT:
        return Opening(adds=True, takes_off=True, kinds=slot.kinds)
    if slot.may_follow and (certified or status in OPEN_REQUEST):
        return Opening(adds=True, takes_off=not certified, kinds=slot.kinds)
    if certified and FINAL in slot.kinds and (slot.lacks_final or any(file.kind != FINAL for file in slot.files)):
        return Opening(adds=True, kinds=(FINAL,))
    return Opening()


def slots_of(request: CertificateRequest, rules: Rules, suppliers: Iterable[Supplier]) -> list[SlotView]:
    """The rows in the policy's order. Three statements at most, whatever the number of files; `suppliers` sold its lots."""
    files, answers = queries.by_slot(request.dossier), queries.answers_by_slot(request.dossier)
    named = tuple(
        NamedSupplier(id=subject_of(supplier.pk), name=supplier.name, same_certifier=supplier.same_certifier)
        for supplier in suppliers
    )
    views = []
    for row in documents_due(rules, Answers(suppliers=named, departed=request.departed_on is not None)):
        held, answer = tuple(files.get(row.key, ())), answers.get(row.key)
        views.append(
            SlotView(
                rule=row.rule,
                subject=row.subject,
                name=row.name,
                why=row.why,
                must_before_sending=row.required_before_sending,
                may_follow=row.may_follow,
                may_not_apply=row.may_not_apply,
                kinds=row.kinds,
                files=held,
                answer=answer,
                state=_state(held, answer, row.may_follow, row.may_not_apply),
            )
        )
    return views


def subject_of(supplier_id: int) -> str:
    """The subject of a supplier's rows."""
    return f"supplier-{supplier_id}"


def _state(files: tuple[Document, ...], answer: SlotAnswer | None, may_follow: bool, may_not_apply: bool) -> str:
    """A file that was not refused counts; an answer counts only where the policy allows it."""
    if any(_counts(file) for file in files):
        return "received"
    if answer is not None and answer.answer == DOES_NOT_APPLY and may_not_apply:
        return "not_needed"
    if answer is not None and answer.answer == LATER and may_follow:
        return "later"
    return "refused" if files else "missing"


def _counts(file: Document) -> bool:
    return file.status != DocumentStatus.REFUSED
