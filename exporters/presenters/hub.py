"""One request's page: the six tasks of a draft, what was said when it came back, and what happened since."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exporters.presenters.rows import step_address
from nopic.certificates.models import Certificate
from nopic.presentation import words
from nopic.requests.actions.ending import RECALLED
from nopic.requests.checks import Finding
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.requests.queries import Box, SlotView
from nopic.requests.steps import STEPS
from nopic.workflow.models import AuditEvent

STEP_NAMES: dict[str, Promise] = {
    "departure": gettext_lazy("Departure"),
    "importer": gettext_lazy("Importer"),
    "products": gettext_lazy("Products"),
    "transport": gettext_lazy("Transport"),
    "documents": gettext_lazy("Documents"),
    "check": gettext_lazy("Check and send"),
}
MOST_EVENTS = 100


@dataclass(frozen=True)
class Task:
    """One step of the form with its state."""

    name: str
    url: str
    word: str
    shape: str
    said: tuple[tuple[str, str], ...] = ()  # what is to mend, each with its place


@dataclass(frozen=True)
class Point:
    """One thing to change: the box it is about, what was said, and where it is changed."""

    box: str
    title: str
    text: str
    url: str


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    text: str
    note: str
    when: str
    state: str


def tasks(
    request: CertificateRequest, slots: Sequence[SlotView], findings: Sequence[Finding], *, untouched: bool = False
) -> list[Task]:
    """The six steps: done, with what is to mend, or not started. Of the documents, what is missing now.

    `untouched`: it came back and nothing was changed since, so that it would be sent as it was.
    """
    to_mend: dict[str, dict[str, str]] = {}  # step -> sentence -> where
    for one in findings:
        if one.is_stop and one.step:
            control = one.field.partition("#")[2]
            to_mend.setdefault(one.step, {}).setdefault(one.sentence, f"{step_address(request, one.step)}#{control}")
    started = {*request.problems, *(["documents"] if any(slot.files for slot in slots) else [])}
    to_mend["documents"] = {
        slot.sentence: f"{step_address(request, 'documents')}#file-{slot.anchor}"
        for slot in slots
        if not slot.is_complete
    }
    made = []
    for step in STEPS:
        said = to_mend.get(step, {}) if step in started else {}
        word, shape, n = _("Not started"), "off", len(said)
        if step == "check" and all(each in started and not to_mend.get(each) for each in STEPS[:-1]):
            word, shape = (_("Nothing changed yet"), "act") if untouched else (_("Ready"), "ok")
        elif step == "documents" and said:
            word, shape = _("%(n)s to add") % {"n": n}, "act"
        elif said:
            word, shape = ngettext("%(n)s problem", "%(n)s problems", n) % {"n": n}, "act"
        elif step in started:
            word, shape = _("Done"), "done"
        made.append(Task(str(STEP_NAMES[step]), step_address(request, step), word, shape, tuple(said.items())))
    return made


def step_of(box: str) -> str:
    """The step in which a box of the certificate is filled in; "" when it is none of the exporter's."""
    return _STEP_OF.get(box, "")


_STEP_OF = {
    **dict.fromkeys(("2", "17"), "departure"),
    **dict.fromkeys(("5", "6"), "importer"),
    **dict.fromkeys(("7", "8", "9", "10", "11", "12", "13"), "products"),
    **dict.fromkeys(("14", "15", "16"), "transport"),
    "18": "documents",
}


def points(request: CertificateRequest, version: RequestVersion | None, boxes: Iterable[Box]) -> list[Point]:
    """What was said when it came back, each beside its box, with a link to the place where it is changed."""
    if version is None or version.returned_at is None:
        return []
    by_number: dict[str, Box] = {}
    for box in boxes:
        by_number.setdefault(str(box.number), box)
    made = []
    for said in version.return_points:
        about = by_number.get(str(said["box"]))
        step, _hash, anchor = (about.anchor if about else "").partition("#")
        url = step_address(request, step) + (f"#{anchor}" if anchor else "") if step else ""
        made.append(Point(str(said["box"]), about.title if about else _("The request"), str(said["text"]), url))
    return made


def timeline(
    request: CertificateRequest, lines: Sequence[RequestLine], issued: Sequence[Certificate], zone: str
) -> list[Event]:
    """What happened to the request, its products and its certificates, newest first; one statement.

    Only what concerns the exporter: who of the certifier did what inside the office stays there.
    """
    names = {line.pk: line.position for line in lines}
    numbers = {one.pk: one.number or "" for one in issued}
    concerning = (
        Q(subject_type="requests.certificaterequest", subject_id=request.pk)
        | Q(subject_type="requests.requestline", subject_id__in=names)
        | Q(subject_type="certificates.certificate", subject_id__in=[one.pk for one in issued])
    )
    rows = AuditEvent.objects.filter(concerning, certifier_id=request.certifier_id).order_by("-id")[:MOST_EVENTS]
    told = [
        (text, note, words.moment(row.happened_at, zone, words.city_of(zone)))
        for row in rows
        for text, note in [_sentence(row, names, numbers)]
        if text
    ]
    return [Event(text, note, when, "here" if at == 0 else "done") for at, (text, note, when) in enumerate(told)]


def _sentence(row: AuditEvent, positions: Mapping[int, int], numbers: Mapping[int, str]) -> tuple[str, str]:
    """The event in the exporter's words and the note that belongs to it; nothing for what is the office's own."""
    verb = row.new if row.verb == "status" else row.verb
    if row.subject_type == "requests.requestline":
        teller = _LINE.get(verb)
        if row.verb == "status" and (row.old, row.new) == ("refused", "open"):
            return _("You asked for a second look at product %(n)s") % {"n": positions.get(row.subject_id or 0, "")}, ""
        return (teller() % {"n": positions.get(row.subject_id or 0, "")} if teller else ""), ""
    if row.subject_type == "certificates.certificate":
        teller = _CERTIFICATE.get(verb)
        return (teller() % {"number": numbers.get(row.subject_id or 0, "")} if teller else ""), ""
    if (verb == "submitted" and row.old != "draft") or (
        verb == "in_review" and row.old in ("questions_open", "decided")
    ):
        return "", ""
    if verb == "questions_open" and "on_behalf_of" in row.facts:
        return "", ""  # the event beside it says that a correction began
    if verb == "draft" and row.note == RECALLED:
        return _("Taken back by %(name)s") % {"name": row.actor}, ""
    teller = _REQUEST.get(verb)
    said = {"name": row.actor, "signed": row.new, "new": _day(row.new), "old": _day(row.old)}
    return (teller() % said if teller else ""), row.note if verb in _WITH_NOTE else ""


def _day(iso: str) -> str:
    try:
        return words.day(date.fromisoformat(iso))
    except ValueError:
        return ""


_WITH_NOTE = frozenset(
    {"note for the exporter", "submitted", "withdrawn", "departed", "departure moved", "correction rejected"}
)
_REQUEST: dict[str, Callable[[], str]] = {
    "started": lambda: _("Started by %(name)s"),
    "submitted": lambda: _("Sent by %(name)s"),
    "in_review": lambda: _("A reviewer began to check it"),
    "draft": lambda: _("Sent back to you for changes"),
    "questions_open": lambda: _("The reviewer asked something, the clock stands still"),
    "note for the exporter": lambda: _("Note of the certifier"),
    "questions answered": lambda: _("Answered by %(name)s, the clock goes on"),
    "questions taken back": lambda: _("The reviewer took the questions back, the clock goes on"),
    "correction begun": lambda: _("%(name)s began to correct it for you"),
    "asked to confirm a correction": lambda: _("%(name)s asked you to confirm a correction, the clock stands still"),
    "correction confirmed": lambda: _("Correction confirmed by %(name)s"),
    "confirmed by a signed form": lambda: _("Confirmed by a form that %(signed)s signed, added by %(name)s"),
    "correction rejected": lambda: _("Correction rejected by %(name)s"),
    "correction taken back": lambda: _("The correction was taken back"),
    "decided": lambda: _("Decided"),
    "withdrawn": lambda: _("Withdrawn by %(name)s"),
    "departed": lambda: _("%(name)s said that it left on %(new)s"),
    "departure moved": lambda: _("%(name)s moved the departure to %(new)s"),
}
_LINE: dict[str, Callable[[], str]] = {
    "approved": lambda: _("Product %(n)s approved"),
    "refused": lambda: _("Product %(n)s not approved"),
}
_CERTIFICATE: dict[str, Callable[[], str]] = {
    "issued": lambda: _("Certificate %(number)s published in the US database"),
    "handed over": lambda: _("Certificate %(number)s sent to you and your importer"),
    "cancellation asked for": lambda: _("Certificate %(number)s cancelled, do not use it"),
}
