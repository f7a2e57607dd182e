"""The paper or form that somebody of the exporter signed, added by who entered what it confirms: it stands for their click."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from certifiers.forms.on_behalf import SignedForm
from nopic.documents import actions as documents
from nopic.documents.acceptance import KINDS, NotAccepted, accept_of
from nopic.documents.models import Document, Dossier
from nopic.presentation.forms import posted, problems
from nopic.presentation.typed import whole
from nopic.requests import actions as requests
from nopic.requests.facts import rules_of
from nopic.requests.models import CertificateRequest, Correction, OnBehalf
from nopic.requests.policies import obstacles_to_confirm_on_paper
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps import cleaned
from nopic.review import actions, policies
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import STAFF
from nopic.workflow import clock
from nopic.workflow.transitions import Overtaken, Refused

RULE = "signed_form"  # of no row of the document list: it is no paper of the goods


@require_http_methods(["GET", "POST"])
@certifier_door(*sorted(STAFF), opens_tenant=False)
def signed_form(request: PortalRequest, reference: str) -> HttpResponse:
    """Who signed, on which day, and the file; then the request is sent, or the correction confirmed."""
    try:
        with tenant(request.certifier, request.user):
            filing = _waiting(request, reference)
            against = obstacles_to_confirm_on_paper(filing, request.user)
            back, today = _back(filing), clock.today(rules_of(filing.request).time_zone)
    except Overtaken:
        messages.info(request, _("Nothing waits for a confirmation here. Below you see how it stands."))
        return redirect("case", request.certifier.slug, reference)
    form = SignedForm(posted(request), request.FILES or None, today=today)
    if request.method == "POST" and not against and form.is_valid():
        try:
            document = _receive(request, reference, form)
            with tenant(request.certifier, request.user):
                _confirm(request, reference, form, document)
            messages.success(request, _("Confirmed by the signed form. The case names who signed it."))
            return redirect("case", request.certifier.slug, reference)
        except NotAccepted as refusal:
            form.add_error("file", refusal.sentence(_("Signed form")))
        except Refused as refused:
            for each in refused.findings:
                form.add_error(None, policies.sentence(each))
        except Overtaken:
            messages.info(request, _("It was answered or changed meanwhile. Look at it once more."))
            return redirect(back)
    told = problems([form])
    context = {
        "filing": filing,
        "form": form,
        "against": against,
        "accept": accept_of(KINDS),
        "problems": told,
        "has_errors": bool(told),
        "back": back,
        "revision": filing.request.revision,
    }
    refused_now = told or (against and request.method == "POST")
    return render(request, "certifiers/operations/signed.html", context, status=422 if refused_now else 200)


def _waiting(request: PortalRequest, reference: str) -> OnBehalf | Correction:
    """What waits for the exporter's confirmation; 404 for no request of this certifier, Overtaken when nothing waits."""
    of = {"certifier": request.certifier, "request__reference": str(cleaned(reference))}
    related = ("staff", "request__exporter", "request__policy", "request__dossier", "request__certifier")
    draft = OnBehalf.objects.filter(**of, request__status=RequestStatus.DRAFT, confirmed_at=None)
    sent = Correction.objects.filter(**of, closed_at=None, asked_to_confirm_at__isnull=False)
    found = draft.select_related(*related).first() or sent.select_related(*related).first()
    if found is None:
        known = CertificateRequest.objects.filter(certifier=request.certifier, reference=str(cleaned(reference)))
        raise Overtaken(get_object_or_404(known))
    return found


def _receive(request: PortalRequest, reference: str, form: forms.Form) -> Document:
    upload = form.cleaned_data["file"]

    def dossier() -> Dossier:
        found: Dossier = _waiting(request, reference).request.dossier
        return found

    return documents.receive(
        certifier=request.certifier, dossier=dossier, slot=documents.Slot(RULE), by=request.user,
        upload=documents.Upload(upload, upload.name or "", upload.content_type or ""),
    )  # fmt: skip


def _confirm(request: PortalRequest, reference: str, form: forms.Form, document: Document) -> None:
    filing, data = _waiting(request, reference), form.cleaned_data
    signed = requests.Signed(document=document, by=data["signed_by"], on=data["signed_on"])
    found: CertificateRequest = filing.request
    revision = whole(request.POST.get("revision")) or 0
    if isinstance(filing, Correction):
        actions.confirm_correction(request=found, by=request.user, revision=revision, signed=signed)
    else:
        requests.submit(request=found, by=request.user, declared=True, revision=revision, signed=signed)


def _back(filing: OnBehalf | Correction) -> str:
    found = filing.request
    name = "case" if isinstance(filing, Correction) else "request_check"
    return reverse(name, args=[found.certifier.slug, found.reference])
