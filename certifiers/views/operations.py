"""Operations: exporters with their verified lists and quantities, and importers to confirm."""

from typing import Any, cast

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certifiers.forms.operations import ExporterForm, ProductForm, QuantityForm, ReasonForm, SeenForm, StatusForm
from certifiers.presenters import listed_with_bars, person_roles
from nopic.frames.queries import permissions
from nopic.ledger import accounts
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.presentation.words import kg
from nopic.products import actions as products
from nopic.products.models import ProductItem, ProductVersion
from nopic.requests.facts import policy_of
from nopic.requests.guarantees import with_certificate
from nopic.requests.models import OnBehalf, Supplier
from nopic.requests.statuses import RequestStatus
from nopic.tenants import actions as parties
from nopic.tenants import invitations, people
from nopic.tenants.access import PortalRequest, staff_door
from nopic.tenants.forms import InviteForm
from nopic.tenants.models import Exporter, ImporterContact
from nopic.tenants.roster import today_of
from nopic.tenants.statuses import EXPORTERS, Role
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused

PAGE = 50


def _exporter(request: PortalRequest, nop_id: str) -> Exporter:
    return get_object_or_404(Exporter.objects.filter(certifier=request.certifier), nop_id=nop_id)


def _item(exporter: Exporter, item_id: int) -> ProductItem:
    return get_object_or_404(
        ProductItem.objects.filter(certifier_id=exporter.certifier_id, exporter=exporter), pk=item_id
    )


@require_safe
@staff_door
def operations(request: PortalRequest) -> HttpResponse:
    """Exporters by name (keyset pages), and importers that wait for confirmation."""
    text, after = request.GET.get("q", "").strip(), whole(request.GET.get("after"))
    exporters = Exporter.objects.filter(certifier=request.certifier).order_by("name", "pk")
    if text:
        exporters = exporters.filter(Q(name__icontains=text) | Q(nop_id__startswith=text))
    if last := Exporter.objects.filter(certifier=request.certifier, pk=after).first():
        exporters = exporters.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    rows = list(exporters[: PAGE + 1])
    provisional = (
        ImporterContact.objects.filter(certifier=request.certifier, confirmed_at=None)
        .select_related("importer", "exporter")
        .order_by("pk")[:PAGE]
    )
    context = {
        "exporters": rows[:PAGE],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "q": text,
        "provisional": [(contact, parties.obstacles_to_confirm(contact)) for contact in provisional],
    }
    return render(request, "certifiers/operations/list.html", context)


@require_POST
@staff_door
def confirm_importer(request: PortalRequest, contact_id: int) -> HttpResponse:
    """A provisional importer is who the exporter says it is."""
    waiting = ImporterContact.objects.filter(certifier=request.certifier).select_related("importer")
    contact = get_object_or_404(waiting, pk=contact_id)
    try:
        parties.confirm_contact(contact=contact, by=request.user)
        messages.success(request, _("%(name)s is confirmed.") % {"name": contact.name})
    except Overtaken:
        messages.info(request, _("A colleague confirmed %(name)s a moment ago.") % {"name": contact.name})
    except Refused as refused:
        messages.error(request, " ".join(refused.findings))
    return redirect("operations", certifier=request.certifier.slug)


@require_http_methods(["GET", "POST"])
@staff_door
def new_exporter(request: PortalRequest) -> HttpResponse:
    """Add an operation."""
    form = ExporterForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            exporter = parties.add_exporter(certifier=request.certifier, facts=form.cleaned_data, by=request.user)
            return redirect("operation", certifier=request.certifier.slug, nop_id=exporter.nop_id)
        except parties.NumberTaken:
            form.add_error("nop_id", _("An operation with this NOP ID is on your list already"))
    return _form_page(request, form, title=_("Add an operation"), button=_("Add operation"))


@require_http_methods(["GET", "POST"])
@staff_door
def operation(request: PortalRequest, nop_id: str) -> HttpResponse:
    """One exporter: facts, verified list with balances, people, history. POST invites one of its people."""
    exporter = _exporter(request, nop_id)
    of = {"certifier_id": request.certifier.pk, "exporter_id": exporter.pk}
    roles = person_roles()
    form = InviteForm(posted(request), roles=roles)
    if request.method == "POST" and form.is_valid():
        invitations.invite(
            email=form.cleaned_data["email"], role=Role(form.cleaned_data["role"]), by=request.user, **of
        )
        messages.success(request, _("Invitation sent to %(email)s. It is valid for 72 hours.") % form.cleaned_data)
        return redirect(request.path)
    context = {
        "exporter": exporter,
        "products": listed_with_bars(exporter),
        "suppliers": with_certificate(Supplier.objects.filter(**of).order_by("name"), today_of(of["certifier_id"])),
        "permissions": permissions(request.certifier.pk, exporter.pk),
        "members": list(people.members(role__in=sorted(EXPORTERS), **of)),
        "invitations": list(people.invitations(**of)),
        "form": form,
        "filed": list(
            OnBehalf.objects.filter(
                certifier=request.certifier, request__exporter=exporter, request__status=RequestStatus.DRAFT
            )
            .select_related("request", "staff")
            .order_by("-pk")[:PAGE]
        ),
        "history": list(
            AuditEvent.objects.filter(
                certifier_id=request.certifier.pk, subject_type="tenants.exporter", subject_id=exporter.pk
            ).order_by("-id")[:20]
        ),
        "zone": policy_of(request.certifier.pk).rules.time_zone,
        "has_errors": bool(form.errors),
    }
    return render(request, "certifiers/operations/operation.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_door
def edit_exporter(request: PortalRequest, nop_id: str) -> HttpResponse:
    """Change an operation; the reason goes to the audit log."""
    exporter = _exporter(request, nop_id)
    form = ExporterForm(posted(request), instance=exporter)
    reason = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid() and reason.is_valid():
        facts = {name: form.cleaned_data[name] for name in ExporterForm.Meta.fields}
        why = reason.cleaned_data["reason"]
        try:
            parties.change_exporter(
                exporter=exporter, facts=facts, by=request.user, reason=why, shown=form.facts_shown()
            )
            return redirect("operation", certifier=request.certifier.slug, nop_id=facts["nop_id"])
        except parties.NumberTaken:
            form.add_error("nop_id", _("Another operation has this NOP ID"))
        except Refused as refused:
            form.begin_anew(_exporter(request, nop_id))
            for name, sentence in refused.findings:
                form.add_error(name, sentence)
    return _form_page(
        request, form, reason, title=_("Change %(name)s") % {"name": exporter}, button=_("Save changes"), back=exporter
    )


@require_http_methods(["GET", "POST"])
@staff_door
def new_product(request: PortalRequest, nop_id: str) -> HttpResponse:
    """Put a product on the verified list."""
    exporter = _exporter(request, nop_id)
    form = ProductForm(posted(request))
    if request.method == "POST" and form.is_valid():
        code, note = form.cleaned_data["code"], form.cleaned_data["note"]
        try:
            products.add_item(exporter=exporter, code=code, facts=form.facts(), by=request.user, note=note)
            return redirect("operation", certifier=request.certifier.slug, nop_id=nop_id)
        except products.CodeTaken:
            form.add_error("code", _("%(code)s is on the list already. Add a version to it.") % {"code": code})
    return _form_page(
        request,
        form,
        title=_("Add a product for %(name)s") % {"name": exporter},
        button=_("Add product"),
        back=exporter,
    )


@require_http_methods(["GET", "POST"])
@staff_door
def new_version(request: PortalRequest, nop_id: str, item_id: int) -> HttpResponse:
    """A product's wording, code or period changes: a new version, from a day on."""
    exporter = _exporter(request, nop_id)
    item = _item(exporter, item_id)
    latest = item.versions.order_by("-number").first()
    initial = {name: getattr(latest, name) for name in ProductForm.Meta.fields if name != "note"} if latest else {}
    initial["valid_from"] = today_of(request.certifier.pk)
    initial["valid_to"] = None
    form = ProductForm(posted(request), item_code=item.code, initial=initial)
    page = SeenForm(posted(request), initial={"seen": latest.number if latest else 0})
    if request.method == "POST" and form.is_valid() and page.is_valid():
        note, seen = form.cleaned_data["note"], page.cleaned_data["seen"]
        try:
            products.add_version(item=item, facts=form.facts(), by=request.user, note=note, seen=seen)
            return redirect("operation", certifier=request.certifier.slug, nop_id=nop_id)
        except Overtaken as lost:
            newer = cast("ProductVersion", lost.subject)
            said = {"name": newer.created_by, "n": newer.number, "product": newer, "hts": newer.hts, "why": newer.note}
            sentence = _(
                "%(name)s added version %(n)s meanwhile: %(product)s, %(hts)s (%(why)s). Compare, then save again."
            )
            form.add_error(None, sentence % said)
            page.data = {"seen": str(newer.number)}
    return _form_page(
        request,
        form,
        page,
        title=_("New version of %(code)s") % {"code": item.code},
        button=_("Add version"),
        back=exporter,
    )


@require_http_methods(["GET", "POST"])
@staff_door
def quantity(request: PortalRequest, nop_id: str, item_id: int) -> HttpResponse:
    """Raise the verified quantity, enter an opening balance, or remove the cap."""
    exporter = _exporter(request, nop_id)
    item = _item(exporter, item_id)
    newest = accounts.newest_by_staff(item.pk)
    year = today_of(request.certifier.pk).year
    form = QuantityForm(posted(request), initial={"crop_year": year, "what": "allocate", "seen": newest})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        account = accounts.account_of(item, data["crop_year"])
        said: dict[str, Any] = {"by": request.user, "reason": data["reason"], "seen": data["seen"]}
        try:
            if data["what"] == "no_cap":
                accounts.remove_cap(account, **said)
            elif data["what"] == "open":
                accounts.open_balance(account, data["kg"], **said)
            else:
                accounts.allocate(account, data["kg"], **said)
        except accounts.EnteredMeanwhile as lost:
            form.data = {**dict(form.data.items()), "seen": str(lost.entry.pk)}
            form.add_error(None, accounts.said_meanwhile(lost.entry))
        except accounts.NotEnough as error:
            used = error.account.held + error.account.issued
            form.add_error(
                "kg", _("%(kg)s kg are certified or held already; the quantity cannot be less") % {"kg": kg(used)}
            )
        except Refused as refused:
            form.add_error("kg", str(refused))
        if not form.errors:
            return redirect("operation", certifier=request.certifier.slug, nop_id=nop_id)
    return _form_page(
        request, form, title=_("Quantity of %(code)s") % {"code": item.code}, button=_("Save quantity"), back=exporter
    )


@require_http_methods(["GET", "POST"])
@staff_door
def product_status(request: PortalRequest, nop_id: str, item_id: int) -> HttpResponse:
    """Suspend, remove or approve again."""
    exporter = _exporter(request, nop_id)
    item = _item(exporter, item_id)
    latest = item.versions.order_by("-number").first()
    if latest is None:
        raise Http404
    form = StatusForm(posted(request), initial={"status": latest.status})
    if request.method == "POST" and form.is_valid():
        try:
            products.set_status(version=latest, by=request.user, **form.cleaned_data)
        except Overtaken:
            messages.info(request, _("A colleague changed the status of %(code)s a moment ago.") % {"code": item.code})
        return redirect("operation", certifier=request.certifier.slug, nop_id=nop_id)
    return _form_page(
        request, form, title=_("Status of %(code)s") % {"code": item.code}, button=_("Save status"), back=exporter
    )


def _form_page(
    request: PortalRequest, *forms: Any, title: str, button: str, back: Exporter | None = None
) -> HttpResponse:
    wrong = any(form.errors for form in forms)
    context = {
        "forms": forms,
        "problems": problems(forms),
        "title": title,
        "button": button,
        "exporter": back,
        "has_errors": wrong,
    }
    return render(request, "certifiers/operations/form.html", context, status=422 if wrong else 200)
