"""Corrections by staff for the tests: begun, typed on the exporter's pages, shown to the exporter."""

from nopic.requests import actions as requests
from nopic.requests.actions import Asked
from nopic.requests.models import CertificateRequest
from nopic.review import actions, queries
from nopic.tenants.context import tenant
from nopic.workflow import clock
from tests import factories
from tests.factories import Side
from tests.review import cases

LESS = {"net": "18,000", "packages": "300", "gross": "18,300",
        "lots": [{"code": "VV-26-118", "kg": "9,000", "supplier": "own"}, {"code": "VV-26-121", "kg": "9,000", "supplier": "own"}]}  # fmt: skip


def said_by_rosa() -> Asked:
    """Rosa of the exporter telephoned today."""
    return Asked(by="Rosa Quispe", means="phone", on=clock.today("UTC"), reason="The truck took less")


def fresh(request: CertificateRequest) -> CertificateRequest:
    """The request as it stands; inside the door."""
    return CertificateRequest.objects.select_related(
        "certifier", "exporter", "policy", "dossier", "importer", "contact"
    ).get(pk=request.pk)


def begun(side: Side, request: CertificateRequest | None = None) -> CertificateRequest:
    """A request in review that its reviewer has begun to correct."""
    with tenant(side.certifier, side.reviewer):
        taken = actions.take(request=request or cases.sent(side), by=side.reviewer)
        actions.begin_correction(request=taken, by=side.reviewer, asked=said_by_rosa(), revision=taken.revision)
        return fresh(taken)


def typed(side: Side, request: CertificateRequest, **line: object) -> CertificateRequest:
    """The reviewer types the first product anew: 18,000 kg unless `line` says otherwise."""
    with tenant(side.certifier, side.reviewer):
        raw = {"lines": [factories.line_answers(side, id=str(cases.line(request).pk), **(line or LESS))]}
        requests.revise(request=request, step="products", raw=raw, revision=request.revision, by=side.reviewer)
        return fresh(request)


def shown(side: Side, request: CertificateRequest) -> CertificateRequest:
    """The exporter is asked to confirm what was typed, each box with the same reason."""
    with tenant(side.certifier, side.reviewer):
        correction = request.corrections.get(closed_at=None)
        correction.request = request
        whys = ["The truck took less" for _change in queries.corrected(correction)]
        actions.ask_for_confirmation(request=request, by=side.reviewer, whys=whys, revision=request.revision)
        return fresh(request)


def corrected(side: Side, request: CertificateRequest | None = None, *, asked: bool = True) -> CertificateRequest:
    """A correction of the first product's weight: typed, and shown to the exporter if `asked`."""
    made = typed(side, begun(side, request))
    return shown(side, made) if asked else made
