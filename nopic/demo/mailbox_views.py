"""The mailbox page of the demo: open to everybody on the machine, because these e-mails go nowhere else."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nopic.demo import mailbox
from nopic.documents.files import download_headers


@login_not_required
@require_safe
def letters(request: HttpRequest, file: str = "", at: int = 0) -> HttpResponse:
    """The list, and beside it the letter that was chosen, or the newest."""
    found = mailbox.newest_first()
    chosen = mailbox.find(file, at) if file else next(iter(found), None)
    if file and chosen is None:
        raise Http404("no such letter")
    return render(request, "demo/mailbox.html", {"letters": found, "chosen": chosen})


@login_not_required
@require_safe
def attachment(request: HttpRequest, file: str, at: int, part: int) -> HttpResponse:
    """One attachment, to be saved."""
    letter = mailbox.find(file, at)
    for attached in letter.attachments if letter else []:
        if attached.at == part:
            headers = download_headers(attached.name, attached.media_type, len(attached.content))
            return HttpResponse(attached.content, headers=headers)
    raise Http404("no such attachment")
