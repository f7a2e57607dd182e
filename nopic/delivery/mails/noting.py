"""What the exporter hears of what staff wrote while they look at a request: a note, and papers that were not accepted.

One e-mail for each note. Papers are decided one by one, so their e-mail waits until nobody has refused one for a while,
and then names all of them; one that was accepted after all or replaced meanwhile is not in it.
"""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.delivery.mails.letters import WRITERS, Case, Letter, NotNeeded, first_that_fits, shorten
from nopic.delivery.mails.owing import exporter_address, owe_mail
from nopic.documents.models import Ruling
from nopic.documents.statuses import RulingKind
from nopic.presentation.words import within
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest
from nopic.review.models import CaseNote
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, handles

MOST_PAPERS: Final = 5
QUIET_SECONDS: Final = 300.0  # without another refused paper, before its e-mail is written


@handles("note_left", queue="mail")
def tell_note(claim: Claim) -> Later | None:
    """That a note for the exporter was left."""
    with tenant(claim.certifier_id):
        note = CaseNote.objects.get(certifier_id=claim.certifier_id, pk=claim.subject_id)
        _owe(_request(claim, note.request_id), f"note_left:{note.pk}", "note_left", note=note.pk)
        claim.finish()
    return None


@handles("papers_not_accepted", queue="mail")
def tell_papers(claim: Claim) -> Later | None:
    """Which papers were not accepted, once the reviewer is through with them."""
    with tenant(claim.certifier_id):
        request = _request(claim, claim.subject_id)
        refused = Ruling.objects.filter(
            certifier_id=claim.certifier_id, dossier_id=request.dossier_id, ruling=RulingKind.NOT_ACCEPTED
        )
        last = refused.order_by("pk").last()
        if last is not None:
            left = QUIET_SECONDS * settings.TIME_SCALE - (now() - last.at).total_seconds()
            if left > 0:
                return Later(left, "the reviewer may refuse another one")
            _owe(request, f"papers_not_accepted:{last.pk}", "papers_not_accepted")
        claim.finish()
    return None


def _request(claim: Claim, request_id: int) -> CertificateRequest:
    rows = CertificateRequest.objects.select_related("exporter", "submitted_by", "created_by")
    return rows.get(certifier_id=claim.certifier_id, pk=request_id)


def _owe(request: CertificateRequest, key: str, letter: str, **context: int) -> None:
    to = exporter_address(request)
    owe_mail(key=key, template=letter, to=to, kind="exporter", request=request, context=context)


def note_left(case: Case) -> Letter:
    """A note that the exporter may read; its text may say what to do, the portal asks for nothing."""
    note = CaseNote.objects.get(certifier_id=case.mail.certifier_id, pk=case.mail.context["note"])
    return Letter(
        first_that_fits(_("%(ref)s: a note from your certifier") % {"ref": case.request.reference}),
        _("Your certifier left you a note on this request."),
        lines=[shorten(note.text, 400), _("Questions: %(office)s") % {"office": case.office}],
        link=(_("Open the request"), case.page),
    )


def papers_not_accepted(case: Case) -> Letter:
    """Every paper that is not accepted as it stands now, with the reason."""
    refused = [slot for slot in load(case.request).slots if slot.state == "refused" and slot.reason]
    if not refused:
        raise NotNeeded("another file came, or it was accepted after all")
    lines = [f"{slot.name}: {shorten(slot.reason)}" for slot in refused[:MOST_PAPERS]]
    if (more := len(refused) - MOST_PAPERS) > 0:
        lines.append(ngettext("%(n)s more on the page.", "%(n)s more on the page.", more) % {"n": more})
    lines.append(_("Questions: %(office)s") % {"office": case.office})
    count = len(refused)
    return Letter(
        first_that_fits(
            ngettext("%(ref)s: send another %(paper)s", "%(ref)s: send %(n)s documents again", count)
            % {"ref": case.request.reference, "n": count, "paper": within(refused[0].name)},
            _("%(ref)s: send a document again") % {"ref": case.request.reference},
        ),
        ngettext(
            "A document was not accepted. Send another file in its place.",
            "%(n)s documents were not accepted. Send other files in their place.",
            count,
        )
        % {"n": count},
        lines=lines,
        link=(_("Send it now"), f"{case.page}documents/"),
    )


WRITERS.update({writer.__name__: writer for writer in (note_left, papers_not_accepted)})
