"""The mock's public page: look a number up and see what it is worth. And whether the process lives."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nopic.oid.numbers import WrongFormat, read_certificate_number

from .models import Certificate

_STYLE = (Path(__file__).parent / "page.css").read_bytes()


@require_safe
def look_up(request: HttpRequest) -> HttpResponse:
    """The page with a field for the number and, when one was typed, what the registry holds under it."""
    typed = request.GET.get("number", "").strip()
    certificate, sentence = None, None
    if typed:
        try:
            number = read_certificate_number(typed)
        except WrongFormat as wrong:
            sentence = wrong.sentence
        else:
            found = Certificate.objects.select_related("certifier", "exporter", "importer", "replaces", "replaced_by")
            certificate = found.filter(number=number).first()
            sentence = None if certificate else f"No certificate has the number {number}."
    context = {"typed": typed, "certificate": certificate, "sentence": sentence}
    return render(request, "mock_oid/look_up.html", context, status=422 if typed and not certificate else 200)


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The page's style sheet."""
    return HttpResponse(_STYLE, "text/css", headers={"Cache-Control": "public, max-age=3600"})


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", "text/plain")
