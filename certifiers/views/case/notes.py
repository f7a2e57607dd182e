"""The notes on a case, and the form for another one; at any time, also while the request is with its exporter."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from certifiers.forms.decisions import NoteForm
from certifiers.views.case.form_page import form_page
from certifiers.views.case.opening import request_of
from nopic.presentation.forms import posted, problems
from nopic.requests.facts import rules_of
from nopic.review import actions
from nopic.review.models import CaseNote
from nopic.tenants.access import PortalRequest, staff_door


@form_page
@staff_door
def notes(request: PortalRequest, reference: str) -> HttpResponse:
    """Read the notes and write one, for the office or for the exporter as well."""
    found = request_of(request, reference)
    form = NoteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        visible = form.cleaned_data["visible"]
        actions.note(request=found, by=request.user, text=form.cleaned_data["text"], visible=visible)
        messages.success(request, _("The exporter can read your note.") if visible else _("Your note is kept."))
        return redirect("case_notes", request.certifier.slug, reference)
    told = problems([form])
    written = CaseNote.objects.filter(certifier_id=found.certifier_id, request_id=found.pk).select_related("by")
    context = {
        "request_shown": found,
        "form": form,
        "notes": list(written[:200]),
        "zone": rules_of(found).time_zone,
        "problems": told,
        "has_errors": bool(told),
        "back": reverse("case", args=[request.certifier.slug, reference]),
    }
    return render(request, "certifiers/case/notes.html", context, status=422 if told else 200)
