"""The public check: `/v/`. A number opens nothing without the key that is printed beside it.

Unknown number, wrong key and no key are one answer: the same bytes after the same single look-up of a digest, so that
nobody can find out by counting through numbers which certificates exist.
"""

import hashlib
import json
import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nopic.certificates.models import PublicRecord
from nopic.certificates.projection import verification_secret
from nopic.delivery.presenters import MOCK, as_json, boxes, show
from nopic.delivery.views.frame import open_to_everybody, quiet
from nopic.oid.numbers import WrongFormat, read_certificate_number
from nopic.tenants import secrets
from nopic.tenants.context import bearer
from nopic.workflow.clock import now

A_MINUTE = 20  # tries from one network
LONGEST_KEY = 60  # letters that are read of a typed key


def read_key(typed: str) -> str:
    """A typed key in its stored form: groups, small letters, O for 0, I and L for 1 are all forgiven."""
    bare = re.sub(r"[\s\-\u2010-\u2015_.]", "", typed[:LONGEST_KEY]).upper()
    return bare.translate(str.maketrans("OIL", "011"))


def find(number: str, key: str) -> PublicRecord | None:
    """The record that number and key open together."""
    try:
        plain = read_certificate_number(number)
    except WrongFormat:
        plain = ""
    target = secrets.resolve("verify", verification_secret(plain, read_key(key)))
    if target is None:
        return None
    with bearer(certificate_id=target.subject_id):
        return PublicRecord.objects.select_related("certifier").filter(certificate_id=target.subject_id).first()


@login_not_required
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """Where a number and a key are typed. Says at once what is no certificate number; looks nothing up."""
    typed, key, problem = request.GET.get("number", ""), read_key(request.GET.get("key", "")), ""
    if "number" in request.GET:
        try:
            number = read_certificate_number(typed)
        except WrongFormat as error:
            problem = str(error.sentence)
        else:
            address = reverse("verify", kwargs={"number": number})
            return redirect(f"{address}?{urlencode({'k': key})}" if key else address)
    context = {
        "problem": problem,
        "problems": [(problem, "number")] if problem else [],
        "typed": typed[:80],
        "typed_key": key[:32],
        "has_errors": bool(problem),
        "home_url": "/v/",
    }
    response = render(request, "delivery/ask.html", context, status=422 if problem else 200)
    quiet(response)
    return response


@require_safe
@open_to_everybody("verify", most=A_MINUTE)
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """The state first, then the boxes; or the page that asks for the key, which tells nothing of the number."""
    record = find(number, request.GET.get("k", ""))
    if record is None:
        return render(request, "delivery/ask_key.html", {"home_url": "/v/"})
    context = {
        "certifier": record.certifier,
        "home_url": "/v/",
        "shown": show(record),
        "boxes": boxes(record),
        "mock": MOCK if settings.OID_IS_MOCK else "",
        "checked_at": now(),
    }
    return render(request, "delivery/verify.html", context)


@require_safe
@open_to_everybody("verify", most=A_MINUTE)
def verify_json(request: HttpRequest, number: str) -> HttpResponse:
    """The same for machines. The ETag lets them ask often; a copy is good for nothing without asking again."""
    record = find(number, request.GET.get("k", ""))
    if record is None:
        problem = {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": _("Number and key do not belong to a certificate of this portal."),
        }
        return JsonResponse(problem, status=404, content_type="application/problem+json")
    body = json.dumps(as_json(record, "public"), ensure_ascii=False, sort_keys=True)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)
