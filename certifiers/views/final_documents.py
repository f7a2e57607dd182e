"""What certified requests still owe: all of them by days to arrival, and one of them beside what was sent before."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certifiers.forms.certificates import RulingForm
from certifiers.views.case.papers import organic_hint
from nopic.certificates import policies
from nopic.certificates.models import Certificate
from nopic.delivery import actions as handover
from nopic.documents.queries import rulings_by_slot
from nopic.documents.statuses import RulingKind
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.requests import facts as loading
from nopic.requests.facts import policy_of
from nopic.requests.slots import FINAL, SlotView
from nopic.review import actions as review
from nopic.review.queries.papers import Paper, Say, says
from nopic.review.queries.papers import papers as papers_of
from nopic.review.queries.values import values
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.policy import CheckRow
from nopic.watch import actions as watch
from nopic.watch import queries
from nopic.watch.models import OwedDocument, OwedState
from nopic.workflow.clock import today
from nopic.workflow.transitions import Overtaken, Refused

RULINGS = {"accept": RulingKind.ACCEPTED, "refuse": RulingKind.NOT_ACCEPTED}
VIEWS = ("", OwedState.OWED.value, queries.LATE, OwedState.CAME.value)
# What the definitive transport document and the draft before it must both say.
COMPARED = (
    "net_weight",
    "gross_weight",
    "packages",
    "product_name",
    "transport_parties",
    "route",
    "importer_certified",
)


@require_safe
@staff_door
def final_documents(request: PortalRequest) -> HttpResponse:
    """Every open document of certified requests, those whose goods arrive first at the top."""
    state, typed = request.GET.get("state", ""), request.GET.get("after", "")
    if state not in VIEWS:
        raise Http404
    zone = policy_of(request.certifier.pk).rules.time_zone
    day = today(zone)
    rows = queries.owed_documents(request.certifier.pk, state=state, today=day, after=_after(typed))
    shown = rows[: queries.OWED_PAGE]
    counts = queries.owed_counts(request.certifier.pk, day)
    context = {
        "rows": [(row, (row.arrival_on - day).days if row.arrival_on else None, _is_late(row, day)) for row in shown],
        "next": f"{shown[-1].wanted_on.isoformat()}_{shown[-1].pk}" if len(rows) > len(shown) else "",
        "state": state,
        "views": [
            ("", _("All"), counts["all"]),
            ("owed", _("To be sent"), counts["all"] - counts["came"]),
            (queries.LATE, _("Overdue"), counts["overdue"]),
            ("came", _("To look at"), counts["came"]),
        ],
        "overdue": counts["overdue"],
    }
    return render(request, "certifiers/final_documents/list.html", context)


def _is_late(row: OwedDocument, day: date) -> bool:
    return row.state == OwedState.OWED and row.due_on < day


def _after(typed: str) -> tuple[date, int] | None:
    """The place of a keyset page, `2026-12-01_7`; 404 for one that no page named."""
    if not typed:
        return None
    day, _bar, key = typed.partition("_")
    pk = whole(key)
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise Http404
    if pk is None:
        raise Http404
    return wanted, pk


@dataclass(frozen=True)
class Difference:
    """One thing that draft and final must both say. `differs`: it stands in one of them and not in the other."""

    title: str
    declared: str
    before: tuple[Say, ...]
    final: tuple[Say, ...]

    @property
    def differs(self) -> bool:
        """Whether a person should look twice."""
        found = [any(say.found for say in side) for side in (self.before, self.final) if side]
        return not all(found)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_door
def final_document(request: PortalRequest, owed_id: int) -> HttpResponse:
    """One document: what was sent before and what came now, side by side with what was declared; remind once more."""
    row = get_object_or_404(
        OwedDocument.objects.select_related("request__exporter", "request__policy").filter(
            certifier_id=request.certifier.pk
        ),
        pk=owed_id,
    )
    zone = policy_of(request.certifier.pk).rules.time_zone
    facts = loading.load(row.request)
    slot = next((each for each in facts.slots if (each.rule, each.subject) == (row.rule, row.subject)), None)
    shown = papers_of(request.certifier.pk, [slot]) if slot else []
    before, final = _sides(slot, shown)
    asked = [(one.document, organic_hint(one.document)) for one in final if slot and slot.organic != "no"]
    form = RulingForm(posted(request), asked=asked)
    if request.method == "POST" and request.POST.get("do") in RULINGS:
        if _ruled(request, row, form, zone):
            return redirect("final_documents", certifier=request.certifier.slug)
    elif request.method == "POST" and "do" in request.POST:  # no letter goes out for what nobody can have pressed
        form.add_error(None, _("Choose whether it is accepted"))
    elif request.method == "POST":
        if row.state != OwedState.OWED:
            messages.info(request, _("It came meanwhile."))
        else:
            mail = handover.remind(row=row, today=today(zone), by=request.user)
            messages.success(request, _("A reminder goes to %(to)s.") % {"to": mail.to})
        return redirect(request.path)
    context = {
        "row": row,
        "slot": slot,
        "ruled": ruled.pk if (ruled := rulings_by_slot(row.request.dossier).get((row.rule, row.subject))) else 0,
        "before": before,
        "final": final,
        "differences": _differences(facts, before, final) if row.is_final else [],
        "certificates": [
            one
            for one in Certificate.objects.filter(certifier_id=row.certifier_id, request_id=row.request_id)
            if policies.counts(one)
        ],
        "late": _is_late(row, today(zone)),
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
        "zone": zone,
    }
    return render(request, "certifiers/final_documents/document.html", context, status=422 if form.errors else 200)


def _ruled(request: PortalRequest, row: OwedDocument, form: RulingForm, zone: str) -> bool:
    """Accept what came, or say why not, of the files that were looked at; False with what stands against it."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():  # what was read of a file that a colleague has decided about is not kept
            done = _rule(request, row, form, zone)
    except Overtaken:
        messages.info(request, _("Another file came or a colleague was faster. Here it is as it stands."))
        return True
    if done:
        messages.success(request, _("Recorded. The exporter is told when something has to be sent again."))
    return done


def _rule(request: PortalRequest, row: OwedDocument, form: RulingForm, zone: str) -> bool:
    seen = [pk for each in request.POST.getlist("seen") if (pk := whole(each)) is not None]
    for pk, named in form.organic().items():
        review.confirm_organic_of_owed(request=row.request, document_id=pk, named=named, by=request.user)
    try:
        review.rule_on_owed(
            request=row.request, rule=row.rule, subject=row.subject, ruling=RULINGS[request.POST["do"]],
            reason=form.cleaned_data["reason"], seen=seen, by=request.user, ruled=whole(request.POST.get("ruled")),
        )  # fmt: skip
        # Now, not when a worker comes to it: the list that is shown next says it.
        watch.owe_documents(request=row.request, today=today(zone))
    except Refused as refusal:
        form.add_error(form.stands_against(request.POST["do"]), [str(each) for each in refusal.findings])
        return False
    return True


def _sides(slot: SlotView | None, shown: list[Paper]) -> tuple[list[Paper], list[Paper]]:
    """What stood there before (draft, booking, earlier files) and what is definitive."""
    if slot is None or not slot.kinds:
        return [], shown
    return [one for one in shown if one.document.kind != FINAL], [one for one in shown if one.document.kind == FINAL]


def _differences(facts: loading.Facts, before: list[Paper], final: list[Paper]) -> list[Difference]:
    rows = [row for row in facts.rules.checks if row.id in COMPARED]
    return [each for row in rows for each in _of_check(row, facts, before, final)]


def _of_check(row: CheckRow, facts: loading.Facts, before: list[Paper], final: list[Paper]) -> list[Difference]:
    found = []
    for line in facts.lines if row.scope == "line" else [None]:
        wanted = values(row, facts, line)
        title = f"{row.title}, {line.name}" if line is not None and len(facts.lines) > 1 else row.title
        sides = [tuple(says(side, [one.rule for one in side], wanted)) for side in (before, final)]
        found.append(Difference(title, wanted.declared or wanted.office, sides[0], sides[1]))
    return found
