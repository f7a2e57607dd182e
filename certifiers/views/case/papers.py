"""The document list of a case, ready to print: each row's state, why it is asked, who decided, and the word organic."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from certifiers.views.case.opening import Open
from nopic.documents.models import Document
from nopic.presentation import words
from nopic.requests.models import Supplier
from nopic.requests.slots import SlotView
from nopic.review import queries
from nopic.review.models import Verdict


@dataclass(frozen=True)
class File:
    """One file of a row: its page in the viewer, what its text says about organic, and what was confirmed."""

    document: Document
    url: str
    hint: str
    said: str
    asks: bool


@dataclass(frozen=True)
class Row:
    """One row of the document list, ready to print."""

    slot: SlotView
    seen: str
    files: tuple[File, ...]
    earlier: tuple[tuple[str, str], ...]  # name with who and when, address of the original
    note: str
    error: str = ""
    typed: str = ""


@dataclass(frozen=True)
class Seller:
    """Somebody who sold lots of the case: what is known of its organic certificate, its files, and those before them."""

    title: str
    said: str
    state: str
    since: str  # who confirmed it, or that it came after what was confirmed or sent
    files: tuple[tuple[str, str], ...]  # name, its page in the viewer
    earlier: tuple[tuple[str, str], ...]  # name with who and when, address of the original


def sellers(opened: Open) -> list[Seller]:
    """Everybody who sold lots of the request, in the order of the lots."""
    line = opened.line
    mine = {lot.supplier_id for lot in line.lots}
    check = next((one for one in opened.case.checks(line.line) if one.id == queries.GUARANTEE), None)
    return [
        Seller(
            each.title,
            _validity(each.supplier),
            *_standing(opened, each, check if each.supplier.pk in mine else None),
            tuple((file.name, opened.url("case", doc=file.pk)) for file in each.files),
            tuple((_gone(opened, file), opened.url("original", file.pk)) for file in each.earlier),
        )
        for each in queries.guarantees(opened.case.facts)
    ]


def _standing(opened: Open, guarantee: queries.Guarantee, check: queries.Check | None) -> tuple[str, str]:
    """The state of a supplier's certificate, and why: it is accepted with the check of the suppliers' guarantee."""
    if not guarantee.files:
        return "missing", ""
    zone = opened.case.rules.time_zone
    came = max(file.uploaded_at for file in guarantee.files)
    if check and check.standing and check.standing.verdict == Verdict.MATCH:
        said = {"name": check.standing.by, "when": words.moment(check.standing.at, zone)}
        return "accepted", _("confirmed by %(name)s, %(when)s") % said
    when = {"when": words.moment(came, zone)}
    if check and check.standing is None and check.before and check.before.at < came:
        return "received", _("another file since the supplier guarantee was confirmed: added %(when)s") % when
    sent = opened.request.submitted_at
    return "received", _("added %(when)s, after the request was sent") % when if sent and sent < came else ""


def _validity(supplier: Supplier) -> str:
    said = [supplier.certificate_number] if supplier.certificate_number else []
    if supplier.certificate_to is not None:
        said.append(_("valid until %(day)s") % {"day": words.full_day(supplier.certificate_to)})
    return ", ".join(said)


def rows(opened: Open, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None) -> list[Row]:
    """The document list as it stands."""
    said, kept = errors or {}, typed or {}
    return [
        _row(opened, slot, said.get(slot.anchor, ""), kept.get(slot.anchor, "")) for slot in opened.case.facts.slots
    ]


def _row(opened: Open, slot: SlotView, error: str, typed: str) -> Row:
    return Row(
        slot=slot,
        seen="-".join(str(file.pk) for file in slot.files),
        files=tuple(_file(opened, slot, file) for file in slot.files),
        earlier=tuple(
            (_gone(opened, file), opened.url("original", file.pk)) for file in slot.earlier if file.status != "refused"
        ),
        note=_note(slot),
        error=error,
        typed=typed,
    )


def _gone(opened: Open, document: Document) -> str:
    at = document.removed_at or document.uploaded_at
    replaced = _("%(name)s, replaced by %(who)s, %(when)s")
    return (replaced if document.replaced_by_id else _("%(name)s, removed by %(who)s, %(when)s")) % {
        "name": document.name, "who": document.removed_by, "when": words.moment(at, opened.case.rules.time_zone),
    }  # fmt: skip


def _note(slot: SlotView) -> str:
    """Who decided, and why; or by when it comes."""
    if slot.due_on is not None:
        return _("The exporter sends it by %(day)s") % {"day": words.full_day(slot.due_on)}
    if slot.decided_by:
        said = {"by": slot.decided_by, "reason": slot.reason}
        return _("%(by)s: %(reason)s") % said if slot.reason else _("Decided by %(by)s") % said
    if slot.lapsed is not None:
        return _("Not needed before the request changed, %(by)s: %(reason)s") % {
            "by": slot.lapsed.by, "reason": slot.lapsed.reason,
        }  # fmt: skip
    return ""


def _file(opened: Open, slot: SlotView, file: Document) -> File:
    said = ""
    if file.named_organic is not None and file.named_at is not None:
        words_said = (
            _("Named as organic, says %(by)s") if file.named_organic else _("Not named as organic, says %(by)s")
        )
        said = words_said % {"by": file.named_by}
    url = opened.url("case", doc=file.pk, page=file.organic_page or 1)
    return File(file, url, organic_hint(file), said, asks=slot.organic != "no")


def organic_hint(file: Document) -> str:
    """What the text of a file says about organic; "" while nobody has looked."""
    if file.organic_snippet:
        return _("Page %(page)s: “…%(words)s…”") % {"page": file.organic_page, "words": file.organic_snippet}
    return str(file.get_organic_display()) if file.organic else ""
