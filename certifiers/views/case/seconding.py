"""The pages on which a second person confirms an approval or sends it back, or its reviewer takes it back or goes on alone."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from certifiers.forms.decisions import AloneForm, SendBackForm
from certifiers.views.case import checklist
from certifiers.views.case.form_page import decide, form_page, passed, revision_shown
from certifiers.views.case.opening import open_case
from nopic.presentation import words
from nopic.presentation.forms import posted
from nopic.review import actions, policies, queries
from nopic.review.policies.seconding import obstacles_to_take_approval_back
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.policy import SECOND_REASONS


@form_page
@staff_door
def confirm(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Confirm an approval: who approved it, why it waits, and what its certificate will say."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    waiting = queries.open_second_check(line.pk, line.certifier_id)
    why = ", ".join(str(SECOND_REASONS.get(code, code)) for code in (waiting.reasons if waiting else []))

    def act() -> str:
        actions.confirm(line=line, by=request.user, revision=revision_shown(request, opened))
        return _("Product %(n)s is approved. Its number follows when INTEGRITY has published it.") % {"n": position}

    return decide(
        request,
        opened,
        form=None,
        against=policies.obstacles_to_confirm(line, by=request.user, case=opened.case),
        act=act,
        page={
            "title": _("Confirm product %(n)s") % {"n": position},
            "consequence": _("%(name)s approved it. A second person confirms: %(why)s. Then its certificate begins.")
            % {"name": waiting.approved_by if waiting else "", "why": why},
            "facts": [
                ("7", _("Product"), opened.line.name),
                ("10", _("Net weight"), _("%(kg)s kg") % {"kg": words.kg(line.net_kg or 0)}),
                ("12", _("Lots"), ", ".join(lot.code for lot in opened.line.lots)),
                ("5", _("Importer of record"), str(opened.request.contact or opened.request.importer or "")),
            ],
            "replacing": queries.replacing(line),
            "notes": checklist.differences(opened),
            "passed": passed(opened),
            "button": _("Confirm the approval"),
            "shape": "main",
        },
    )


@form_page
@staff_door
def send_back(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Send an approval back to its reviewer with what was found."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    form = SendBackForm(posted(request))

    def act() -> str:
        actions.send_back(line=line, by=request.user, note=form.cleaned_data["note"])
        return _("Product %(n)s is open again before its reviewer.") % {"n": position}

    return decide(
        request,
        opened,
        form=form,
        against=policies.obstacles_to_send_back(line, by=request.user),
        act=act,
        page={
            "title": _("Send product %(n)s back to its reviewer") % {"n": position},
            "consequence": _("Nothing is issued. The reviewer reads your note and decides again."),
            "button": _("Send it back"),
            "shape": "main",
        },
    )


@form_page
@staff_door
def take_approval_back(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Take one's own approval back while it waits for a colleague."""
    opened = open_case(request, reference, position)
    line = opened.line.line

    def act() -> str:
        actions.take_approval_back(line=line, by=request.user)
        return _("Product %(n)s is open again. Nothing was issued.") % {"n": position}

    return decide(
        request,
        opened,
        form=None,
        against=obstacles_to_take_approval_back(line, by=request.user),
        act=act,
        page={
            "title": _("Take your approval of product %(n)s back") % {"n": position},
            "consequence": _(
                "No colleague needs to look at it any more. The product is open before its reviewer again, its checks as "
                "they stand, and its kilograms stay held; the history says that you approved it and took it back."
            ),
            "button": _("Take the approval back"),
            "shape": "main",
        },
    )


@form_page
@staff_door
def go_on_alone(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """Go on with one's own approval while nobody else is on duty; a colleague reviews it afterwards."""
    opened = open_case(request, reference, position)
    line = opened.line.line
    form = AloneForm(posted(request))

    def act() -> str:
        because, revision = form.cleaned_data["because"], revision_shown(request, opened)
        actions.go_on_alone(line=line, by=request.user, because=because, revision=revision)
        return _("Product %(n)s goes on. A colleague reviews it afterwards.") % {"n": position}

    return decide(
        request,
        opened,
        form=form,
        against=policies.obstacles_to_go_on_alone(line, by=request.user, case=opened.case),
        act=act,
        page={
            "title": _("Go on alone with product %(n)s") % {"n": position},
            "consequence": _(
                "Nobody else is on duty. Its certificate begins now, and another person reviews it afterwards."
            ),
            "passed": passed(opened),
            "button": _("Go on alone"),
            "shape": "main",
        },
    )
