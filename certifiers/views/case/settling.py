"""What a reviewer settles on the way to a decision: a rule let pass, a quantity raised, whether the goods have left."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from certifiers.forms.decisions import DepartureForm, RaiseForm, WaiveForm
from certifiers.views.case.form_page import decide, form_page
from certifiers.views.case.opening import open_case
from nopic.ledger import accounts
from nopic.presentation import words
from nopic.presentation.forms import posted
from nopic.requests.quantities import as_typed
from nopic.requests.queries import date_is_fixed
from nopic.review import actions, policies, queries
from nopic.review.policies.waiving import obstacles_to_waive
from nopic.tenants.access import PortalRequest, staff_door
from nopic.workflow.transitions import Refused


@form_page
@staff_door
def waive(request: PortalRequest, reference: str) -> HttpResponse:
    """Let what one rule found pass, with the reason."""
    opened = open_case(request, reference)
    rule, of = request.GET.get("rule", ""), request.GET.get("of", "")
    line = opened.line.line if of else None
    found = opened.case.may_pass(rule, line.pk if line else None)
    form = WaiveForm(posted(request))

    def act() -> str:
        actions.waive(request=opened.request, line=line, rule=rule, reason=form.cleaned_data["reason"], by=request.user)
        return _("It may pass. Your reason stands beside it.")

    return decide(
        request,
        opened,
        form=form,
        against=[
            *policies.obstacles_to_judge(opened.request, request.user, line),
            *obstacles_to_waive(opened.case, rule, line.pk if line else None),
        ],
        act=act,
        page={
            "title": _("Let it pass"),
            "consequence": "; ".join(each.staff_sentence for each in found),
            "button": _("Let it pass"),
            "shape": "main",
        },
    )


@form_page
@staff_door
def raise_quantity(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Raise the verified quantity of the line's product, from inside the case."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    missing = queries.balance(opened.line).missing_kg
    initial = {"kg": as_typed(missing) if missing else "", "seen": accounts.newest_by_staff(line.item_id or 0)}
    form = RaiseForm(posted(request), initial=initial)

    def act() -> str:
        kg, seen = form.cleaned_data["kg"], form.cleaned_data["seen"]
        try:
            actions.raise_allocation(line=line, kg=kg, reason=form.cleaned_data["reason"], by=request.user, seen=seen)
        except accounts.EnteredMeanwhile as lost:
            form.data = {**dict(form.data.items()), "seen": str(lost.entry.pk)}
            raise Refused([accounts.said_meanwhile(lost.entry)]) from lost
        return _("The verified quantity is %(kg)s kg higher.") % {"kg": words.kg(kg)}

    against = policies.obstacles_to_judge(opened.request, request.user, line)
    if opened.line.account is None or opened.line.account.allocated is None:
        against = [*against, _("This product has no verified quantity to raise.")]
    return decide(
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


@form_page
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

    return decide(
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
