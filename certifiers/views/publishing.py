"""Publishing by hand: which requests wait, and the keying sheet of one of them with the number's way back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certifiers.forms.publishing import ConfirmForm, CorrectForm, EntryForm
from certifiers.views.case.opening import request_of
from nopic.certificates import assisted
from nopic.certificates.assisted import Card
from nopic.certificates.statuses import EntryOutcome
from nopic.documents import actions as documents
from nopic.documents.acceptance import NotAccepted
from nopic.oid.numbers import WrongFormat
from nopic.presentation.forms import problems
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest
from nopic.tenants.access import PortalRequest, certifier_door, staff_door
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.statuses import STAFF
from nopic.workflow.transitions import Overtaken, Refused

INTEGRITY = "https://organic.ams.usda.gov/integrity/"
DO = ("start", "enter", "nothing", "confirm", "correct")


@dataclass
class Shown:
    """One card with the forms of its present step."""

    card: Card
    entry_form: EntryForm
    confirm_form: ConfirmForm
    correct_form: CorrectForm
    said: list[str]

    @property
    def forms(self) -> list[Any]:
        """All forms of the card."""
        return [self.entry_form, self.confirm_form, self.correct_form]

    @property
    def differs(self) -> bool:
        """Whether the middle of the number is not the exporter's NOP ID: worth a look, never a reason to refuse."""
        entry = self.card.entry
        return bool(entry and entry.number and entry.number[4:14] != self.card.certificate.data["exporter"]["nop_id"])

    @property
    def missed(self) -> int:
        """How many approved facts the PDF's text does not have."""
        return sum(not one.found for one in self.card.compared or ())


@require_safe
@staff_door
def publishing(request: PortalRequest) -> HttpResponse:
    """Requests with something to key or to confirm, the next departure first."""
    context = {"waiting": assisted.waiting(request.certifier.pk)}
    return render(request, "certifiers/publish/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_door
def publish(request: PortalRequest, reference: str) -> HttpResponse:
    """The keying sheet: one card for each operation, and what was done about one of them."""
    found = request_of(request, reference)
    card, do = _pressed(request, found)
    shown = _shown(request, found, card, do)
    if request.method == "POST" and (done := _act(request, shown, card, do)):
        messages.success(request, done)
        return redirect("publish", certifier=request.certifier.slug, reference=reference)
    faults = [problem for one in shown for problem in problems(one.forms)] + [
        (s, "") for one in shown for s in one.said
    ]
    context = {
        "found": found,
        "shown": shown,
        "problems": faults,
        "integrity": INTEGRITY,
        "zone": policy_of(request.certifier.pk).rules.time_zone,
        "to_confirm": sum(one.card.step == "confirm" for one in shown),
        "fields": sum(len(one.card.rows) for one in shown),
    }
    return render(request, "certifiers/publish/sheet.html", context, status=422 if faults else 200)


@require_POST
@certifier_door(*sorted(STAFF), opens_tenant=False)
def publish_paper(request: PortalRequest, reference: str, operation_id: int) -> HttpResponse:
    """Take the registry's own PDF; its text is compared when its pages are drawn."""
    back = redirect("publish", certifier=request.certifier.slug, reference=reference)
    with tenant(request.certifier, request.user):
        cards = assisted.cards(request_of(request, reference), by=request.user)
        card = assisted.card_of(cards, operation_id)
    if card is None:
        raise Http404
    upload = request.FILES.get("pdf")
    if upload is None:
        messages.info(request, _("Choose the PDF first."))
        return back
    try:
        documents.receive(
            certifier=request.certifier,
            dossier=lambda: assisted.attach(operation=card.operation),
            slot=assisted.slot_of(card.operation),
            upload=documents.Upload(upload, upload.name or "", upload.content_type or ""),
            by=request.user,
            replaces=card.paper.pk if card.paper else None,
            accepts={"pdf"},
        )
    except NotAccepted as refusal:
        messages.error(request, refusal.sentence(_("PDF of INTEGRITY")))
    except Overtaken:
        messages.info(request, _("A colleague finished it a moment ago."))
    else:
        messages.success(request, _("The PDF is here. It is compared as soon as its pages are drawn."))
    return back


def _pressed(request: PortalRequest, found: CertificateRequest) -> tuple[Card | None, str]:
    """The card and the button of a POST; nothing for a page that is only opened."""
    if request.method != "POST":
        return None, ""
    do = request.POST.get("do", "")
    card = assisted.card_of(assisted.cards(found, by=request.user), whole(request.POST.get("operation", "")))
    if do not in DO:
        raise Http404
    return card, do


def _shown(request: PortalRequest, found: CertificateRequest, pressed: Card | None, do: str) -> list[Shown]:
    shown = []
    for card in assisted.cards(found, by=request.user):
        mine = pressed is not None and card.operation.pk == pressed.operation.pk
        data: Callable[[str], Any] = lambda step, mine=mine: request.POST if mine and do == step else None  # noqa: E731
        prefix = f"o{card.operation.pk}"
        cancelling = card.certificate.cancel_requested_at is not None
        entry = card.entry
        shown.append(
            Shown(
                card,
                EntryForm(data("enter"), kind=card.operation.kind, cancelling=cancelling, prefix=prefix),
                ConfirmForm(
                    data("confirm"), numbered=bool(entry and entry.number),
                    outcome=entry.outcome if entry else "", prefix=f"{prefix}-c",
                ),
                CorrectForm(data("correct"), prefix=f"{prefix}-w"),
                [],
            )
        )  # fmt: skip
    return shown


def _act(request: PortalRequest, shown: list[Shown], card: Card | None, do: str) -> str:
    """Do what was pressed; what to say afterwards, or "" when something stands against it and the sheet says so."""
    mine = next((one for one in shown if card is not None and one.card.operation.pk == card.operation.pk), None)
    if card is None or mine is None:
        return _("A colleague finished it a moment ago.")
    form = {"enter": mine.entry_form, "confirm": mine.confirm_form, "correct": mine.correct_form}.get(do)
    if form is not None and not form.is_valid():
        return ""
    try:
        return _do(request, mine, card, do)
    except WrongFormat as wrong:
        assert form is not None  # noqa: S101 - only forms carry a number
        form.add_error("number", str(wrong.sentence))
    except Refused as refusal:
        for sentence in refusal.findings:
            if form is None:
                mine.said.append(str(sentence))
            else:
                form.add_error(None, str(sentence))
    except Overtaken:
        return _("A colleague changed it a moment ago. This is how it stands now.")
    return ""


def _do(request: PortalRequest, mine: Shown, card: Card, do: str) -> str:
    by = request.user
    if do == "start":
        assisted.start(operation=card.operation, by=by)
        return _("It is yours to key now.")
    if do in ("enter", "nothing"):
        data = mine.entry_form.cleaned_data if do == "enter" else {}
        assisted.enter(
            operation=card.operation,
            outcome=EntryOutcome.DONE if do == "enter" else EntryOutcome.NOTHING,
            typed=data.get("number", ""),
            at=_moment(request, data.get("published_at")),
            still_there=data.get("still_there", True),
            by=by,
        )
        return _("Entered. A colleague now confirms it.")
    if card.entry is None:
        raise Overtaken(card.operation)
    if do == "correct":
        assisted.correct(entry=card.entry, why=mine.correct_form.cleaned_data["why"], by=by)
        return _("Taken back. Enter what INTEGRITY shows.")
    assisted.confirm(entry=card.entry, typed=mine.confirm_form.cleaned_data.get("number", ""), by=by)
    return _("Confirmed and recorded.")


def _moment(request: PortalRequest, typed: datetime | None) -> datetime | None:
    """What was typed on the office's clock, as a moment."""
    if typed is None:
        return None
    zone = Office(policy_of(request.certifier.pk).rules).zone
    return typed.replace(tzinfo=zone)
