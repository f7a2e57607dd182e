"""What was sent, each time it was sent: read while the request is with its exporter, and compared with the one before."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from certifiers.views.case.correcting import panel
from certifiers.views.case.opening import is_away, request_of
from nopic.presentation import words
from nopic.requests.changes import Change, changes
from nopic.requests.models import CertificateRequest, RequestVersion
from nopic.requests.queries import of_version
from nopic.requests.statuses import RequestStatus
from nopic.review import policies, queries
from nopic.tenants.access import PortalRequest, staff_door


@require_safe
@staff_door
def version(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """What was sent one of the times it was sent, what changed in it, and what was said when it came back."""
    found = request_of(request, reference)
    return read(request, found, get_object_or_404(found.versions, certifier=request.certifier, number=number))


def read(request: PortalRequest, found: CertificateRequest, version: RequestVersion | None) -> HttpResponse:
    """The page of one version; of a request that is away its newest one, with the questions that wait for answers."""
    zone = found.policy.rules.time_zone if found.policy else "UTC"
    returned_at = version.returned_at if version is not None else None
    due = found.questions_due_at
    context = {
        "request_shown": found,
        "is_away": is_away(found),
        "version": version,
        "sent": words.moment(version.sent_at, zone) if version else "",
        "boxes": of_version(version.snapshot) if version else [],
        "files": _files(found, version),
        "changes": _changes(found, version),
        "points": version.return_points if version else [],
        "returned": words.moment(returned_at, zone) if returned_at else "",
        "rounds": queries.rounds_of(found),
        "due": words.moment(due, zone, words.city_of(zone)) if due else "",
        "back_url": reverse("take_questions_back", args=[request.certifier.slug, found.reference])
        if not policies.obstacles_to_take_back(found, request.user)
        else "",
        "history": queries.history(found, zone),
        "corrections": queries.corrections_of(found),
        "filing": queries.filing_of(found),
        "zone": zone,
        "over": found.reviewer
        if found.status == RequestStatus.QUESTIONS_OPEN and found.reviewer_id != request.user.pk
        else None,
        **(correcting := panel(found, request.user, zone)),
        "state": _state(found, correcting=bool(correcting)),
    }
    return render(request, "certifiers/case/away.html", context)


def _state(found: CertificateRequest, *, correcting: bool) -> str:
    if correcting:
        return "correction"
    if found.status == RequestStatus.DRAFT:
        return "recalled" if found.recalled_at else "returned"
    return str(found.status)


def _files(found: CertificateRequest, version: RequestVersion | None) -> list[tuple[str, str]]:
    """Every file that was sent with a version, by its row, and the address of its original."""
    return [
        (
            f"{slot['name']}: {file['name']}",
            reverse("original", args=[found.certifier.slug, found.reference, file["id"]]),
        )
        for slot in (version.snapshot["documents"] if version else [])
        for file in slot["files"]
    ]


def _changes(found: CertificateRequest, version: RequestVersion | None) -> list[Change]:
    """What this version says differently from the one before it, box by box."""
    if version is None or version.number < 2:
        return []
    before = found.versions.filter(certifier_id=found.certifier_id, number=version.number - 1).first()
    return changes(before.snapshot, version.snapshot) if before is not None else []
