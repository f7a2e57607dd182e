"""Requests by the words that somebody typed, for pages that list other things of them, such as certificates."""

from typing import Final

from nopic.review.models import SearchWord
from nopic.review.words import plain, squeezed

MOST: Final = 200  # a word that fits more requests than this says nothing; the newest are kept


def requests_found(certifier_id: int, text: str, *, exporter_id: int | None = None) -> list[int]:
    """Keys of the newest requests of which every typed word is the beginning of one of theirs; one statement a word.

    With `exporter_id` only that exporter's, so that the requests of others do not crowd them out.
    """
    found: set[int] | None = None
    for term in [term for token in plain(text).split() if (term := squeezed(token))][:6]:
        words = SearchWord.objects.filter(certifier_id=certifier_id, word__gte=term, word__lt=term + "~")
        if exporter_id is not None:
            words = words.filter(request__exporter_id=exporter_id)
        if found is not None:
            words = words.filter(request_id__in=found)
        found = set(words.order_by("-request_id").values_list("request_id", flat=True).distinct()[:MOST])
        if not found:
            break
    return sorted(found or (), reverse=True)
