"""Sending a request: complete, once, with everything pinned that it will be judged by."""

from decimal import Decimal

import pytest

from nopic.certificates.pdf.document import CertificateDocument
from nopic.ledger.models import Account
from nopic.oid.payloads import issue_payload
from nopic.requests import actions, checks, queries, snapshot
from nopic.requests.models import CertificateRequest, RequestVersion
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.factories import Side


def send(side: Side, request: CertificateRequest, **changes: object) -> CertificateRequest:
    arguments: dict = {"by": side.sender, "declared": True, "revision": request.revision, **changes}
    return actions.submit(request=request, **arguments)


def test_a_complete_draft_has_no_stop(here: Side) -> None:
    request = factories.complete_draft(here)
    found = checks.findings(request, moment="submit")
    assert [str(finding) for finding in found if finding.is_stop] == []


def test_sending_pins_holds_promises_and_keeps_what_was_sent(here: Side) -> None:
    request = send(here, factories.complete_draft(here))
    line = request.lines.get()
    assert (request.status, request.turn, request.late) == ("submitted", 1, False)
    assert request.policy == here.policy
    assert request.decide_by == queries.promise(here.policy, request.submitted_at)
    assert (line.version, line.account) == (here.version, here.account)
    assert Account.objects.get(pk=here.account.pk).held == Decimal(19_200)
    version = RequestVersion.objects.get(request=request)
    assert version.number == 1
    assert version.snapshot["lines"][0]["net_typed"] == "19,200"
    assert Dispatch.objects.filter(topic="request_sent", subject_id=request.pk).count() == 1
    assert {"status", "sent"} <= set(AuditEvent.objects.filter(subject_id=request.pk).values_list("verb", flat=True))


def test_the_frozen_data_is_what_paper_and_registry_read(here: Side) -> None:
    request = send(here, factories.complete_draft(here))
    data = snapshot.certificate_data(request.lines.get(), decided_by=here.reviewer)
    assert CertificateDocument.from_json(data).net_weight_kg == "19200"
    assert issue_payload(data)["importer"]["state"] == "California"
    assert "supplier" not in str(data).lower()


def test_a_request_without_the_declaration_is_refused_and_stays_a_draft(here: Side) -> None:
    request = factories.complete_draft(here)
    with pytest.raises(Refused) as refused:
        send(here, request, declared=False)
    assert [str(f) for f in refused.value.findings] == ["Tick the box to confirm the declaration"]
    request.refresh_from_db()
    assert request.status == "draft"


def test_sending_what_is_sent_returns_it(here: Side) -> None:
    request = send(here, factories.complete_draft(here))
    again = send(here, CertificateRequest.objects.get(pk=request.pk), revision=1)
    assert (again.pk, again.turn) == (request.pk, 1)
    assert Account.objects.get(pk=here.account.pk).held == Decimal(19_200)


def test_what_changed_since_the_summary_was_shown_is_not_sent(here: Side) -> None:
    request = factories.complete_draft(here)
    with pytest.raises(Overtaken):
        send(here, request, revision=request.revision - 1)
