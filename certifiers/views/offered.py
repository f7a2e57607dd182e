"""The forms that this certifier offers for the documents of its list: seen, added and replaced by its admin."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nopic.documents import actions
from nopic.documents.acceptance import NotAccepted, accept_of
from nopic.documents.models import TemplateFile
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import Role


@require_http_methods(["GET", "POST"])
@certifier_door(Role.CERTIFIER_ADMIN, opens_tenant=False)
def document_forms(request: PortalRequest) -> HttpResponse:
    """Every row of the document list with the form that is handed out for it; one POST adds the file of one row."""
    with tenant(request.certifier, request.user):
        rules = policy_of(request.certifier.pk).rules
    rule = next((one for one in rules.documents if one.key == request.POST.get("rule", "")), None)
    error, status = "", 200
    if request.method == "POST":
        upload = request.FILES.get("file")
        if rule is None or upload is None:
            error, status = _("Choose the row and the file"), 422
        else:
            try:
                actions.offer_template(
                    certifier=request.certifier,
                    rule=rule.key,
                    upload=actions.Upload(upload, upload.name or "", upload.content_type or ""),
                    by=request.user,
                )
                messages.success(request, _("Exporters get this form now: %(document)s.") % {"document": rule.title})
                return redirect(request.path)
            except NotAccepted as refusal:
                error, status = refusal.sentence(rule.title), refusal.status
    kept: dict[str, list[TemplateFile]] = {}
    with tenant(request.certifier, request.user):
        for one in TemplateFile.objects.filter(certifier=request.certifier).order_by("-pk"):
            kept.setdefault(one.rule, []).append(one)
    context = {
        "rows": [(each, kept.get(each.key, [])) for each in rules.documents],
        "chosen": request.POST.get("rule", ""),
        "zone": rules.time_zone,
        "accept": accept_of(actions.FORMS),
        "error": error,
        "problems": [(error, "file")] if error else [],
        "has_errors": bool(error),
    }
    return render(request, "certifiers/offered/list.html", context, status=status)
