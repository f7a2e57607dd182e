"""Pages on which a case is decided: approve or refuse a line, return the request.

Each asks the policy that guards the action before it shows its form, so a locked decision says why instead.
"""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from certifiers.forms.decisions import RefuseForm, ReturnForm
from certifiers.presenters.deciding import approved, waits
from certifiers.views.case import checklist
from certifiers.views.case.form_page import decide, form_page, passed, revision_shown
from certifiers.views.case.opening import Open, open_case
from nopic.presentation import words
from nopic.presentation.forms import posted
from nopic.requests.queries import summary
from nopic.review import actions, policies, queries
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.policy import SECOND_REASONS


@form_page
@staff_door
def approve(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Approve one line: what its certificate will say, and the button."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    weight = words.kg(line.net_kg) if line.net_kg is not None else ""
    reasons = queries.second_reasons(opened.case, opened.line)
    why = ", ".join(str(SECOND_REASONS[code]) for code in reasons)

    def act() -> str:
        if actions.approve(line=line, by=request.user, revision=revision_shown(request, opened)) is None:
            return waits(position, reasons)
        return approved(position, opened.case.rules)

    importer = opened.request.importer
    contact = opened.request.contact
    return decide(
        request,
        opened,
        form=None,
        against=policies.obstacles_to_approve(line, by=request.user, case=opened.case),
        act=act,
        page={
            "title": _("Approve product %(n)s") % {"n": position},
            "consequence": _(
                "A colleague confirms it before the certificate begins: %(why)s. Until then its kilograms stay held."
            )
            % {"why": why}
            if reasons
            else _what_follows(opened) % {"kg": weight, "product": opened.line.name},
            "facts": [
                ("7", _("Product"), opened.line.name),
                ("8", _("US tariff code"), opened.line.version.hts if opened.line.version else ""),
                *_how_much(opened, weight),
                ("5", _("Importer of record"), str(contact or importer or "")),
                ("15", _("US port of entry"), opened.request.port_of_entry),
            ],
            "replacing": queries.replacing(line),
            "sent_back": queries.sent_back(line.pk, line.certifier_id),
            "notes": checklist.differences(opened),
            "passed": passed(opened),
            "button": _("Approve this line"),
            "shape": "main",
        },
    )


def _what_follows(opened: Open) -> str:
    if opened.case.facts.time_frame:
        return _(
            "One certificate for several shipments of %(product)s, up to %(kg)s kg together, will be published in INTEGRITY "
            "and sent to the importer. Afterwards it can only be revised to less or cancelled."
        )
    return _(
        "One certificate for %(kg)s kg of %(product)s will be published in INTEGRITY and sent to the importer. "
        "Afterwards it can only be revised to less, replaced before the goods leave, or cancelled."
    )


def _how_much(opened: Open, weight: str) -> list[tuple[str, str, str]]:
    """Weight and lots, as their boxes; of a time frame its cap and its days, as the lots follow with each shipment."""
    request = opened.request
    if request.departure_on and request.last_departure_on and opened.case.facts.time_frame:
        return [
            ("10", _("Net weight"), _("up to %(kg)s kg") % {"kg": weight}),
            ("12", _("Lots"), _("In the record of shipments")),
            ("17", _("Departure"), words.span(request.departure_on, request.last_departure_on)),
        ]
    return [
        ("10", _("Net weight"), _("%(kg)s kg") % {"kg": weight}),
        ("12", _("Lots"), ", ".join(lot.code for lot in opened.line.lots)),
    ]


@form_page
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

    return decide(
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


@form_page
@staff_door
def give_back(request: PortalRequest, reference: str) -> HttpResponse:
    """Return the request to the exporter with a text per box; every difference is offered as a point."""
    opened = open_case(request, reference)
    form = ReturnForm(posted(request), points=_points(opened))

    def act() -> str:
        actions.return_to_exporter(
            request=opened.request, by=request.user, points=form.said, revision=revision_shown(request, opened)
        )
        return _("%(reference)s is with the exporter.") % {"reference": reference}

    return decide(
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


def _points(opened: Open) -> list[tuple[str, str, str]]:
    """The differences with their notes first, then the request as a whole."""
    points = [
        (str(check.row.box or ""), check.row.title, check.standing.note)
        for check in opened.case.checks(opened.line.line)
        if check.differs and check.standing is not None
    ]
    said = {box for box, _title, _text in points}
    titles = {box.number: box.title for box in summary(opened.request)}
    stops = [
        (str(finding.box or ""), titles.get(finding.box or 0, _("The request")), finding.sentence)
        for finding in opened.case.findings
        if finding.is_stop and str(finding.box or "") not in said
    ]
    more = _("Anything else") if points or stops else _("What the exporter should change")
    return [*points, *stops, ("", more, "")]
