"""By which words a request is found: reference, names, products, lots, containers, seals, certificate numbers.

A word is plain letters and figures. A code is kept whole and from each of its parts on, so that `VV-26-104` is found by
`vv26`, `26-104` and `104`, and a certificate by the last six digits of its number.
"""

import re

from nopic.certificates.models import Certificate
from nopic.requests.models import CertificateRequest, Lot, RequestLine
from nopic.review.models import SearchWord
from nopic.review.words import index_words


def index(request: CertificateRequest) -> None:
    """Bring the request's words in line with what it says now; a draft has none. In the caller's transaction."""
    wanted = set() if request.turn == 0 else words_of(request)
    mine = SearchWord.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    there = set(mine.values_list("word", flat=True))
    if gone := there - wanted:
        mine.filter(word__in=gone).delete()
    SearchWord.objects.bulk_create(
        [SearchWord(certifier_id=request.certifier_id, request=request, word=word) for word in sorted(wanted - there)],
        ignore_conflicts=True,
    )


def words_of(request: CertificateRequest) -> set[str]:
    """Every word of the request as it stands."""
    lines = RequestLine.objects.filter(
        certifier_id=request.certifier_id, request_id=request.pk, removed=False
    ).select_related("item", "version")
    lots = Lot.objects.filter(
        certifier_id=request.certifier_id, line__request_id=request.pk, line__removed=False
    ).values_list("code", flat=True)
    numbers = Certificate.objects.filter(
        certifier_id=request.certifier_id, request_id=request.pk, number__isnull=False
    ).values_list("number", flat=True)
    found = [request.reference, request.exporter.name, request.exporter.short_name, request.exporter.nop_id]
    if request.importer is not None:
        found += [request.importer.name, request.importer.nop_id]
    if request.contact is not None:
        found.append(request.contact.name)
    for line in lines:
        found += [line.version.wording, line.version.brand, line.version.hts] if line.version else []
        found += [line.item.code] if line.item else []
    codes = [*numbers, request.transport_document, *lots]
    for container in request.containers:
        codes += [container.get("number", ""), container.get("seal", "")]
    return set(index_words(found)) | set(index_words(re.sub(r"\s+", "-", str(code).strip()) for code in codes))
