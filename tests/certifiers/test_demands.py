"""A document demanded of one operation or product is a row of new requests, and of a sent one as it was sent."""

from nopic.products.models import Demand
from nopic.requests import queries
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.workflow.models import AuditEvent
from tests import factories
from tests.factories import Side, World


def asked(side: Side, request: CertificateRequest) -> list[tuple[str, str, bool]]:
    with tenant(side.certifier):
        fresh = CertificateRequest.objects.get(pk=request.pk)
        rows = [slot for slot in queries.documents(fresh) if slot.rule == "demanded"]
    return [(row.name, row.why, row.must_before_sending) for row in rows]


def test_it_is_asked_of_new_requests_of_that_product_and_pinned_when_sent(world: World) -> None:
    here = world.here
    staff = factories.signed_in(here.reviewer)
    page = f"/tierra/operations/{here.exporter.nop_id}/demands/"
    form = {"name": "Residue analysis", "why": "Findings last year", "from_on": "2026-01-01", "item": here.item.pk}
    assert [staff.post(page, form).status_code for _click in range(2)] == [302, 302]
    backwards = staff.post(page, {**form, "to_on": "2025-01-01"})
    assert backwards.status_code == 422
    assert "Residue analysis" in backwards.content.decode()
    quinoa = factories.line_answers(here, item=str(here.second_item.pk), net="600", gross="700", packages="10")
    assert asked(here, factories.complete_draft(here, lines=[{**quinoa, "lots": "QW-1"}])) == []
    sent, later = factories.submitted(here), factories.complete_draft(here)
    row = ("Residue analysis", "Findings last year", True)
    assert asked(here, sent) == asked(here, later) == [row]
    with tenant(here.certifier):
        demand = Demand.objects.get()
    assert staff.post(page, {"end": demand.pk}).status_code == 302
    with tenant(here.certifier):
        Demand.objects.update(to_on="2026-02-01")
        assert AuditEvent.objects.filter(verb__contains="demanded").count() == 2
    assert asked(here, sent) == [row]
    assert asked(here, later) == []
