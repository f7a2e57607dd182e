"""Fees as the exporter reads them: the price list in force, the company's charges, a statement for each month."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from nopic.certificates.issuance.statements import AREA
from nopic.delivery.access import handed_out
from nopic.documents import files
from nopic.fees import actions, queries
from nopic.fees.prices import price_list
from nopic.fees.queries import monthly_csv
from nopic.presentation.typed import whole
from nopic.requests.facts import policy_of
from nopic.requests.pricing import charged
from nopic.tenants.access import PortalRequest, certifier_door, exporter_door
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.queries import since
from nopic.tenants.statuses import EXPORTERS


@require_safe
@exporter_door
def fees(request: PortalRequest) -> HttpResponse:
    """Prices, charges newest first, and the months that have a statement."""
    policy, exporter = policy_of(request.certifier.pk), request.exporter_id or 0
    rows, after = queries.charges(request.certifier.pk, exporter, before=whole(request.GET.get("before")))
    context = {
        "prices": price_list(policy.rules),
        "since": Office(policy.rules).local(since(request.certifier.pk, "fees")).date(),
        "charges": charged(request.certifier.pk, rows),
        "next": after,
        "months": queries.shown_months(request.certifier.pk, exporter, policy.rules),
        "zone": policy.rules.time_zone,
    }
    return render(request, "exporters/fees.html", context)


@require_safe
@exporter_door
def statement(request: PortalRequest, year: int, month: int) -> HttpResponse:
    """One month as a CSV file."""
    if not 1 <= month <= 12:
        raise Http404
    rules = policy_of(request.certifier.pk).rules
    name, content = monthly_csv(request.certifier.pk, request.exporter_id or 0, year, month, rules)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(*sorted(EXPORTERS), opens_tenant=False)
def statement_pdf(request: PortalRequest, year: int, month: int) -> HttpResponse | FileResponse:
    """One month as a PDF: a POST asks for it, a worker makes it, then it is downloaded here if its bytes are right."""
    with tenant(request.certifier, request.user):
        file = queries.statement_file(request.certifier.pk, request.exporter_id or 0, year, month)
        if request.method == "POST":
            first = [
                one.first
                for one in queries.shown_months(
                    request.certifier.pk, request.exporter_id or 0, policy_of(request.certifier.pk).rules
                )
            ]
            asked = [one for one in first if (one.year, one.month) == (year, month)]
            if not asked:
                raise Http404
            actions.ask_for_statement(
                certifier_id=request.certifier.pk, exporter_id=request.exporter_id or 0, month=asked[0]
            )
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
    return redirect("fees", request.certifier.slug)
