"""The fees of one operation for staff: its charges, waived with a reason, and its statements."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nopic.certificates.issuance.statements import AREA
from nopic.delivery.access import handed_out
from nopic.documents import files
from nopic.fees import actions, queries
from nopic.fees.models import Charge
from nopic.fees.queries import monthly_csv
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.requests.pricing import charged
from nopic.tenants.access import PortalRequest, certifier_door, staff_door
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter
from nopic.tenants.statuses import STAFF
from nopic.workflow.transitions import Overtaken, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@staff_door
def charges(request: PortalRequest, nop_id: str) -> HttpResponse:
    """The charges newest first; a POST waives one."""
    exporter = get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)
    tried, typed, why_not = None, "", ""
    if request.method == "POST":
        tried, typed = whole(request.POST.get("charge")), request.POST.get("reason", "")
        charge = get_object_or_404(Charge, certifier=request.certifier, exporter=exporter, pk=tried)
        try:
            actions.waive(charge=charge, by=request.user, reason=typed)
            messages.success(request, _("The fee is waived."))
            return redirect(request.path)
        except Refused as refused:
            why_not = " ".join(str(one) for one in refused.findings)
        except Overtaken:
            messages.info(request, _("This fee was waived or dropped meanwhile."))
            return redirect(request.path)
    rules = policy_of(request.certifier.pk).rules
    rows, after = queries.charges(request.certifier.pk, exporter.pk, before=whole(request.GET.get("before")))
    context = {
        "exporter": exporter,
        "charges": charged(request.certifier.pk, rows),
        "next": after,
        "months": queries.shown_months(request.certifier.pk, exporter.pk, rules),
        "zone": rules.time_zone,
        "tried": tried,
        "typed": typed,
        "why_not": why_not,
        "problems": [(why_not, f"why-{tried}")] if why_not else [],
        "has_errors": bool(why_not),
    }
    return render(request, "certifiers/fees/charges.html", context, status=422 if why_not else 200)


@require_safe
@staff_door
def statement(request: PortalRequest, nop_id: str, year: int, month: int) -> HttpResponse:
    """One month of an operation as a CSV file."""
    exporter = get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)
    if not 1 <= month <= 12:
        raise Http404
    rules = policy_of(request.certifier.pk).rules
    name, content = monthly_csv(request.certifier.pk, exporter.pk, year, month, rules)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(*sorted(STAFF), opens_tenant=False)
def statement_pdf(request: PortalRequest, nop_id: str, year: int, month: int) -> HttpResponse | FileResponse:
    """One month of an operation as a PDF: a POST asks for it, a worker makes it, then its bytes are checked and sent."""
    with tenant(request.certifier, request.user):
        exporter = get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)
        file = queries.statement_file(request.certifier.pk, exporter.pk, year, month)
        if request.method == "POST":
            first = [
                one.first
                for one in queries.shown_months(
                    request.certifier.pk, exporter.pk, policy_of(request.certifier.pk).rules
                )
            ]
            asked = [one for one in first if (one.year, one.month) == (year, month)]
            if not asked:
                raise Http404
            actions.ask_for_statement(certifier_id=request.certifier.pk, exporter_id=exporter.pk, month=asked[0])
        elif file is None:
            raise Http404
    if request.method != "POST" and file is not None and file.sha256:
        try:
            content = files.open_verified(request.certifier.pk, file.sha256, area=AREA)
        except files.Damaged:
            with tenant(request.certifier, request.user):
                actions.statement_damaged(file)
        else:
            return handed_out(content, files.download_headers(f"statement-{file}.pdf", "application/pdf", file.size))
    messages.info(request, _("The PDF of the statement is being made. Come back to this page in a minute."))
    return redirect("operation_fees", request.certifier.slug, nop_id)
