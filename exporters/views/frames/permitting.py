"""Permission for several shipments in a time frame: what is permitted, what was asked, and the question itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exporters.forms.frames import AskForm
from nopic.frames import actions, policies, queries
from nopic.presentation.forms import posted
from nopic.products.queries import listed
from nopic.requests.facts import policy_of
from nopic.tenants.access import PortalRequest, exporter_door
from nopic.tenants.calendar import Office
from nopic.workflow.clock import now
from nopic.workflow.transitions import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@exporter_door
def permissions(request: PortalRequest) -> HttpResponse:
    """The permissions of this company with their terms, and the form that asks for one."""
    rules = policy_of(request.certifier.pk).rules
    today = Office(rules).local(now()).date()
    rows = listed(request.certifier.pk, request.exporter_id or 0, today)
    names = {row.item.pk: row.version.wording if row.version else row.item.code for row in rows}
    against = policies.obstacles_to_ask(rules)
    form = None
    if not against and request.may_send:
        form = AskForm(posted(request), products=[(str(pk), name) for pk, name in names.items()])
    if request.method == "POST":
        if form is None:
            return render(request, "403.html", status=403)
        if form.is_valid():
            said: dict[str, Any] = dict(form.cleaned_data)
            chosen = said.pop("item")
            item = next(row.item for row in rows if str(row.item.pk) == chosen)
            try:
                actions.ask(item=item, rules=rules, by=request.user, **said)
            except actions.Twice:
                form.add_error("item", _("You have asked for this product already. The answer will stand below"))
            except Refused as refused:
                form.add_error(None, " ".join(refused.findings))
            else:
                messages.success(request, _("%(who)s has your question.") % {"who": request.certifier.name})
                return redirect(request.path)
    context = {
        "rows": [(one, names.get(one.item_id, one.item.code)) for one in queries.permissions(
            request.certifier.pk, request.exporter_id or 0)],
        "against": against,
        "form": form,
        "rules": rules.time_frames,
        "today": today,
        "zone": rules.time_zone,
        "has_errors": bool(form and form.errors),
    }  # fmt: skip
    return render(request, "exporters/frames/permissions.html", context, status=422 if form and form.errors else 200)
