"""A slip of the pen found after departure: asked for by the exporter or by staff, with a paper that supports it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nopic.certificates import limits
from nopic.certificates.actions import correcting
from nopic.certificates.models import Certificate, Revision
from nopic.certificates.statuses import RevisionStatus
from nopic.delivery.forms.changing import CorrectionForm
from nopic.delivery.views.changing import frame
from nopic.delivery.views.handover import EVERYBODY, certificate_of
from nopic.documents import actions as documents
from nopic.documents.acceptance import KINDS, NotAccepted, accept_of
from nopic.documents.models import Dossier
from nopic.presentation.forms import posted, problems
from nopic.tenants.access import PortalRequest, certifier_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import STAFF
from nopic.workflow.transitions import Overtaken, Refused


@require_http_methods(["GET", "HEAD", "POST"])
@certifier_door(*EVERYBODY)
def correct(request: PortalRequest, certificate: int) -> HttpResponse:
    """Ask for one digit to be put right; afterwards the page says how far that is and takes papers."""
    found = certificate_of(request, certificate)
    may_send = bool(request.roles & STAFF) or request.may_send
    if request.method == "POST" and not may_send:
        return render(request, "403.html", status=403)
    form = CorrectionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            correcting.ask(certificate=found, slip=form.slip(), by=request.user)
            messages.success(
                request, _("Asked for. Two reviewers look at it; until then the present version stays valid.")
            )
            return redirect("certificate_correct", certifier=request.certifier.slug, certificate=found.pk)
        except Refused as refusal:
            for sentence in refusal.findings:
                form.add_error("to", str(sentence))
        except Overtaken:
            messages.info(request, _("A change of this certificate was asked for a moment ago."))
            return redirect("certificate_correct", certifier=request.certifier.slug, certificate=found.pk)
    return _page(request, found, form)


def _page(request: PortalRequest, found: Certificate, form: CorrectionForm, *, about_paper: str = "") -> HttpResponse:
    """The page as it stands; what is wrong is said at its field, and `about_paper` at the paper's."""
    open_one = _open_one(found)
    context = {
        **frame(request, found),
        "form": form,
        "problems": problems([form]) + ([(about_paper, "paper")] if about_paper else []),
        "has_errors": bool(form.errors),
        "about_paper": about_paper,
        "accept": accept_of(KINDS),
        "open": open_one,
        "papers": limits.papers(found, open_one) if open_one else [],
        "evidence": limits.evidence(found),
        "obstacles": [] if open_one else limits.obstacles_to_correct(found),
        "may_send": bool(request.roles & STAFF) or request.may_send,
    }
    return render(request, "delivery/correct.html", context, status=422 if form.errors or about_paper else 200)


@require_POST
@certifier_door(*EVERYBODY, opens_tenant=False)
def correction_paper(request: PortalRequest, certificate: int) -> HttpResponse:
    """Take a paper that shows that the request came before the departure, or what the number should have been."""
    back = redirect("certificate_correct", certifier=request.certifier.slug, certificate=certificate)
    with tenant(request.certifier, request.user):
        found = certificate_of(request, certificate)
        if not (request.roles & STAFF or request.may_send):
            return render(request, "403.html", status=403)
        open_one = _open_one(found)
    upload = request.FILES.get("paper")
    if open_one is None:
        messages.info(request, _("No correction is open."))
        return back
    if upload is None:
        with tenant(request.certifier, request.user):
            return _page(request, found, CorrectionForm(), about_paper=_("Choose the file"))

    def dossier() -> Dossier:
        return correcting.attach(revision=open_one)

    try:
        documents.receive(
            certifier=request.certifier,
            dossier=dossier,
            slot=limits.slot_of(open_one),
            upload=documents.Upload(upload, upload.name or "", upload.content_type or ""),
            by=request.user,
        )
    except NotAccepted as refusal:
        with tenant(request.certifier, request.user):
            return _page(request, found, CorrectionForm(), about_paper=refusal.sentence(_("The paper")))
    except Overtaken:
        messages.info(request, _("A colleague checked it a moment ago; nothing can be added any more."))
    else:
        messages.success(request, _("The paper is here."))
    return back


def _open_one(found: Certificate) -> Revision | None:
    """The correction that is not decided yet."""
    mine = found.revisions.filter(certifier_id=found.certifier_id, status=RevisionStatus.REQUESTED)
    revision = mine.exclude(corrects="").first()
    if revision is not None:
        revision.certificate = found
    return revision
