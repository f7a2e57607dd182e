"""Pages on which something is decided: the consequence in one sentence, the form, and the way back. No modals.

Each asks the policy that guards the action before it shows its form, so a locked decision says why instead.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certifiers.forms.decisions import DepartureForm, RaiseForm, RefuseForm, ReturnForm, WaiveForm
from certifiers.views.case.opening import Open, open_case
from nopic.presentation import words
from nopic.presentation.forms import posted, problems
from nopic.requests.queries import date_is_fixed
from nopic.review import actions, policies, queries
from nopic.review.policies import Obstacle
from nopic.tenants.access import PortalRequest, staff_door
from nopic.workflow.transitions import Overtaken, Refused

_form_page = require_http_methods(["GET", "POST"])


def _decide(
    request: PortalRequest,
    opened: Open,
    *,
    form: forms.Form | None,
    against: list[Obstacle],
    act: Callable[[], str],
    page: dict[str, Any],
) -> HttpResponse:
    """Show the page, or do it: `act` returns the sentence of success. Obstacles stand where the button would.

    What stands against it refuses a form that was sent all the same, before anything is read of it.
    """
    told: list[tuple[str, str]] = []
    if request.method == "POST" and not against:
        if form is None or form.is_valid():
            try:
                with transaction.atomic():
                    done = act()
                messages.success(request, done)
                return redirect(opened.url("case"))
            except Overtaken as lost:
                messages.info(request, policies.what_happened(lost.subject))
                return redirect(opened.url("case"))
            except Refused as refused:
                told = [(policies.sentence(each), "") for each in refused.findings]
        else:
            told = problems([form])
    context = {
        "opened": opened,
        "form": form,
        "problems": told,
        "has_errors": bool(told),
        "against": [policies.sentence(each) for each in against],
        "back": opened.url("case"),
        "revision": opened.request.revision,
        **page,
    }
    return render(
        request,
        "certifiers/case/decide.html",
        context,
        status=422 if told or (against and request.method == "POST") else 200,
    )


def _revision(request: PortalRequest, opened: Open) -> int:
    """The revision that the page showed; an address without one means the present one."""
    raw = request.POST.get("revision", "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else opened.request.revision


@_form_page
@staff_door
def approve(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Approve one line: what its certificate will say, and the button."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    weight = words.kg(line.net_kg) if line.net_kg is not None else ""

    def act() -> str:
        actions.approve(line=line, by=request.user, revision=_revision(request, opened))
        return _("Product %(n)s is approved. Its number follows when INTEGRITY has published it.") % {"n": position}

    importer = opened.request.importer
    contact = opened.request.contact
    return _decide(
        request,
        opened,
        form=None,
        against=policies.obstacles_to_approve(line, by=request.user, case=opened.case),
        act=act,
        page={
            "title": _("Approve product %(n)s") % {"n": position},
            "consequence": _(
                "One certificate for %(kg)s kg of %(product)s will be published in INTEGRITY and sent to the importer. "
                "It cannot be changed afterwards, only cancelled."
            )
            % {"kg": weight, "product": opened.line.name},
            "facts": [
                ("7", _("Product"), opened.line.name),
                ("8", _("US tariff code"), opened.line.version.hts if opened.line.version else ""),
                ("10", _("Net weight"), _("%(kg)s kg") % {"kg": weight}),
                ("12", _("Lots"), ", ".join(lot.code for lot in opened.line.lots)),
                ("5", _("Importer of record"), str(contact or importer or "")),
                ("15", _("US port of entry"), opened.request.port_of_entry),
            ],
            "notes": [
                f"{check.row.title}: {check.standing.note}"
                for check in opened.case.checks(line)
                if check.differs and check.standing
            ],
            "button": _("Approve this line"),
            "shape": "main",
        },
    )


@_form_page
@staff_door
def refuse(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Refuse one line with a coded reason and a text."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    form = RefuseForm(posted(request), rules=opened.case.rules)

    def act() -> str:
        actions.refuse(
            line=line, by=request.user, reason_code=form.cleaned_data["reason_code"], text=form.cleaned_data["text"]
        )
        return _("Product %(n)s is refused. The exporter is told by e-mail.") % {"n": position}

    return _decide(
        request,
        opened,
        form=form,
        against=policies.obstacles_to_refuse(line, by=request.user),
        act=act,
        page={
            "title": _("Refuse product %(n)s") % {"n": position},
            "consequence": _(
                "No certificate is issued for %(product)s, its kilograms are free again, and the exporter is told why. "
                "The decision is final; the exporter may ask for a second look."
            )
            % {"product": opened.line.name},
            "button": _("Refuse this line"),
            "shape": "stop",
        },
    )


@_form_page
@staff_door
def give_back(request: PortalRequest, reference: str) -> HttpResponse:
    """Return the request to the exporter with a text per box; every difference is offered as a point."""
    opened = open_case(request, reference)
    form = ReturnForm(posted(request), points=_points(opened))

    def act() -> str:
        actions.return_to_exporter(
            request=opened.request, by=request.user, points=form.said, revision=_revision(request, opened)
        )
        return _("%(reference)s is with the exporter.") % {"reference": reference}

    return _decide(
        request,
        opened,
        form=form,
        against=policies.obstacles_to_return(opened.case, by=request.user),
        act=act,
        page={
            "title": _("Return to the exporter"),
            "consequence": _(
                "The exporter reads these texts, changes the request and sends it again; until then nothing is held for "
                "it. What was sent stays readable."
            ),
            "button": _("Return the request"),
            "shape": "main",
        },
    )


@_form_page
@staff_door
def waive(request: PortalRequest, reference: str) -> HttpResponse:
    """Let one finding pass, with the reason."""
    opened = open_case(request, reference)
    rule, of = request.GET.get("rule", ""), request.GET.get("of", "")
    line = opened.line.line if of else None
    finding = opened.case.finding(rule, line.pk if line else None)
    form = WaiveForm(posted(request))

    def act() -> str:
        actions.waive(request=opened.request, line=line, rule=rule, reason=form.cleaned_data["reason"], by=request.user)
        return _("It may pass. Your reason stands beside it.")

    return _decide(
        request,
        opened,
        form=form,
        against=[
            *policies.obstacles_to_judge(opened.request, request.user, line),
            *([] if finding is not None else [_("Nothing stands here that could be let pass.")]),
        ],
        act=act,
        page={
            "title": _("Let it pass"),
            "consequence": finding.staff_sentence if finding else "",
            "button": _("Let it pass"),
            "shape": "main",
        },
    )


@_form_page
@staff_door
def raise_quantity(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Raise the verified quantity of the line's product, from inside the case."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    missing = queries.balance(opened.line).missing_kg
    form = RaiseForm(posted(request), initial={"kg": words.plain_kg(missing) if missing else ""})

    def act() -> str:
        kg = form.cleaned_data["kg"]
        actions.raise_allocation(line=line, kg=kg, reason=form.cleaned_data["reason"], by=request.user)
        return _("The verified quantity is %(kg)s kg higher.") % {"kg": words.kg(kg)}

    against = policies.obstacles_to_judge(opened.request, request.user, line)
    if opened.line.account is None or opened.line.account.allocated is None:
        against = [*against, _("This product has no verified quantity to raise.")]
    return _decide(
        request,
        opened,
        form=form,
        against=against,
        act=act,
        page={
            "title": _("Raise the verified quantity"),
            "consequence": _(
                "%(product)s, harvest %(year)s: the exporter may certify that much more, in this request and in others."
            )
            % {"product": opened.line.name, "year": line.crop_year},
            "balance": queries.balance(opened.line),
            "button": _("Raise it"),
            "shape": "main",
        },
    )


@_form_page
@staff_door
def departure(request: PortalRequest, reference: str) -> HttpResponse:
    """Record what the exporter said about the departure."""
    opened = open_case(request, reference)
    form = DepartureForm(posted(request), fixed=date_is_fixed(opened.request))

    def act() -> str:
        day, left = form.cleaned_data["on"], form.cleaned_data["left"] == "yes"
        actions.declare_departure(
            request=opened.request,
            by=request.user,
            departed_on=day if left else None,
            new_date=None if left else day,
            why=form.cleaned_data["why"],
        )
        return _("Recorded.")

    return _decide(
        request,
        opened,
        form=form,
        against=policies.obstacles_to_decide(opened.request, request.user),
        act=act,
        page={
            "title": _("Has it left?"),
            "consequence": _(
                "Goods that have left are never certified. If they are still there, give the new date and why."
            ),
            "button": _("Record it"),
            "shape": "main",
        },
    )


def _points(opened: Open) -> list[tuple[str, str, str]]:
    """The differences with their notes first, then the request as a whole."""
    points = [
        (str(check.row.box or ""), check.row.title, check.standing.note)
        for check in opened.case.checks(opened.line.line)
        if check.differs and check.standing is not None
    ]
    said = {box for box, _title, _text in points}
    stops = [
        (str(finding.box or ""), finding.rule.replace("_", " ").capitalize(), finding.sentence)
        for finding in opened.case.findings
        if finding.is_stop and str(finding.box or "") not in said
    ]
    return [*points, *stops, ("", _("Anything else"), "")]
