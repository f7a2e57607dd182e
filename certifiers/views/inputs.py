"""The register of transaction certificates as staff see it: searched by number, with every movement, and corrected."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from certifiers.forms.operations import KilogramField, ReasonForm
from nopic.ledger import inputs
from nopic.ledger.models import InputCertificate
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.requests import actions
from nopic.requests.facts import policy_of
from nopic.requests.models import RequestLine
from nopic.tenants.access import PortalRequest, staff_door
from nopic.workflow.transitions import Refused

PAGE = 50


class CorrectForm(ReasonForm):
    """The kilograms that really stand on a certificate."""

    kg = KilogramField(label=gettext_lazy("Kilograms on it"))
    field_order = ("kg", "reason")


@require_safe
@staff_door
def register(request: PortalRequest) -> HttpResponse:
    """Newest first in keyset pages; a number is found however it is typed."""
    text, before = request.GET.get("q", "").strip(), whole(request.GET.get("before"))
    rows = InputCertificate.objects.filter(certifier=request.certifier).select_related("exporter").order_by("-pk")
    if text:
        rows = rows.filter(number_key__contains=inputs.plainly(text) or "?")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    context = {"rows": found[:PAGE], "next": found[PAGE - 1].pk if len(found) > PAGE else None, "q": text}
    return render(request, "certifiers/inputs/list.html", context)


@require_http_methods(["GET", "POST"])
@staff_door
def input_certificate(request: PortalRequest, certificate_id: int) -> HttpResponse:
    """One certificate with every movement; POST corrects its kilograms."""
    found = get_object_or_404(
        InputCertificate.objects.select_related("exporter"), certifier=request.certifier, pk=certificate_id
    )
    form = CorrectForm(posted(request), initial={"kg": found.kg})
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_certificate(certificate=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The kilograms are corrected."))
            return redirect(request.path)
        except Refused as refused:
            for one in refused.findings:
                form.add_error(one.field.removeprefix("certificate#"), one.sentence)
    entries = list(found.entries.order_by("-pk"))
    lines = RequestLine.objects.filter(certifier=request.certifier, pk__in={one.line_id for one in entries})
    references = dict(lines.values_list("pk", "request__reference"))
    context = {
        "found": found,
        "entries": [(one, references.get(one.line_id or 0, "")) for one in entries],
        "form": form,
        "problems": problems([form]),
        "has_errors": bool(form.errors),
        "zone": policy_of(request.certifier.pk).rules.time_zone,
    }
    return render(request, "certifiers/inputs/certificate.html", context, status=422 if form.errors else 200)
