"""Asking for a second look at a product that was not approved; once, with a text, by those who may send."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms.ending import SecondLookForm
from exporters.presenters.rows import address, product_of
from exporters.views.loading import load_request, may_send
from nopic.presentation.forms import posted, problems
from nopic.requests.models import RequestLine
from nopic.review import actions, policies
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.workflow.transitions import Overtaken, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def second_look(request: PortalRequest, reference: str, position: int) -> HttpResponse:
    """What was refused and why, the text, and the button."""
    found = load_request(request, reference)
    if not may_send(request):
        raise PermissionDenied
    lines = RequestLine.objects.select_related("version", "item").filter(
        certifier_id=found.certifier_id, request=found, removed=False
    )
    line = get_object_or_404(lines, position=position)
    line.request = found
    form = SecondLookForm(posted(request))
    if policies.obstacles_to_second_look(line):
        return _over(request, reference)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_second_look(line=line, by=request.user, text=form.cleaned_data["text"])
        except Overtaken:
            return _over(request, reference)
        except Refused as refused:
            for finding in refused.findings:
                form.add_error("text", str(finding))
        else:
            messages.success(request, _("Another reviewer looks at it again."))
            return redirect(address("request_hub", found))
    told = problems([form])
    context = {
        "found": found,
        "product": product_of(line),
        "why": line.reason_text,
        "form": form,
        "problems": told,
        "has_errors": bool(told),
        "back": address("request_hub", found),
    }
    return render(request, "exporters/second_look.html", context, status=422 if told else 200)


def _over(request: PortalRequest, reference: str) -> HttpResponse:
    messages.info(request, _("A second look cannot be asked for here. Below you see where the request is now."))
    return redirect("request_hub", certifier=request.certifier.slug, reference=reference)
