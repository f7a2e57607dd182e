"""The demo data: made once by the real actions on the test's database, against the real mock registry, and looked at."""

import hashlib
import itertools
from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from nopic.certificates.models import Certificate, CertificateFile, PublicRecord, Revision
from nopic.demo import papers as drawn_papers
from nopic.demo.people import PASSWORD, PEOPLE
from nopic.demo.seed import waiting
from nopic.demo.seed.parties import OPERATIONS
from nopic.demo.seed.products import PRODUCTS
from nopic.demo.seed.stories import STORIES
from nopic.demo.seed.telling import Seed
from nopic.documents import files, inspection
from nopic.documents.inspection import Inspected
from nopic.documents.models import Document
from nopic.fees.models import Charge
from nopic.frames.models import Allowance
from nopic.ledger.models import Account
from nopic.oid.wire import close_clients
from nopic.products.models import ProductItem
from nopic.requests.models import CertificateRequest, RequestVersion, Supplier
from nopic.requests.statuses import RequestStatus
from nopic.review.models import RequestRisk
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, Exporter, User
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent
from tests.documents.corpus.papers import text_pdf
from tests.mock_oid import MockOid


def load_into(oid: MockOid) -> Any:
    """Hand documents to the test's registry instead of the demo's."""

    def load(document: dict[str, Any]) -> None:
        keys = {one["code"]: one["key"] for one in document.get("certifiers", [])}
        oid.load(operations=document["operations"], keys=keys)

    return load


def counted() -> dict[str, int]:
    """Rows that a second run could add to."""
    counts: Counter[str] = Counter(people=User.objects.count())
    for certifier in Certifier.objects.all():
        with tenant(certifier):
            for model in (CertificateRequest, Document, Certificate, AuditEvent, ProductItem, Exporter):
                counts[model.__name__] += model.objects.count()
    return dict(counts)


def everything(model: Any) -> list[Any]:
    """Of every certifier, in the order in which it was written."""
    rows: list[Any] = []
    for certifier in Certifier.objects.order_by("pk"):
        with tenant(certifier):
            rows += model.objects.order_by("pk")
    return rows


@pytest.fixture
def seeded(committed: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The demo as `seed_demo --here --wait` leaves it; drawing papers, and looking at them in a child process, are tested
    on their own (test_seed_papers.py) and would take half of the time here."""
    monkeypatch.setattr(inspection, "inspect", lambda file, kind: Inspected(pages=1, flags=()))
    numbers = itertools.count()
    monkeypatch.setattr(
        drawn_papers, "draw", lambda pages, ink: {key: text_pdf(b"%d" % next(numbers)) for key in pages}
    )
    with MockOid() as oid, override_settings(OID_URL=oid.url):
        seed = Seed(say=lambda _text: None, load=load_into(oid), here=True)
        assert seed.run()
        seed.go_on(seconds=300)
        assert seed.wait(seconds=300), [(one.status, one.attention) for one in seed.certificates()]
        yield seed
        close_clients()


@pytest.mark.long
def test_the_demo_shows_every_status_and_a_second_run_changes_nothing(seeded: Seed) -> None:
    requests = everything(CertificateRequest)
    assert len(requests) == len(STORIES) >= 40
    statuses = Counter(request.status for request in requests)
    assert statuses == {
        RequestStatus.DRAFT: 7,
        RequestStatus.SUBMITTED: 10,
        RequestStatus.IN_REVIEW: 7,
        RequestStatus.QUESTIONS_OPEN: 1,
        RequestStatus.WITHDRAWN: 2,
        RequestStatus.DECIDED: 19,
    }
    assert sum(request.late for request in requests) == 3
    assert sum(request.status == RequestStatus.DRAFT and request.turn > 0 for request in requests) == 1  # returned
    assert any(request.status == RequestStatus.SUBMITTED and request.turn == 2 for request in requests)
    lines = Counter(line.status for request in requests for line in _lines(request))
    assert lines["refused"] == 4
    assert lines["approved"] == 18
    assert lines["second_check"] == 1

    certificates = everything(Certificate)
    assert Counter(one.status for one in certificates) == {"issued": 15, "cancelled": 2, "needs_attention": 1}
    papers = {file.certificate_id: file for file in everything(CertificateFile)}
    for one in certificates:
        if one.status == "needs_attention":
            assert "Pacific Crest" in one.attention
            continue
        with files.open_verified(one.certifier_id, papers[one.pk].sha256, area="certificates") as pdf:
            content = pdf.read()
        assert content.startswith(b"%PDF-")
        assert hashlib.sha256(content).hexdigest() == papers[one.pk].sha256
        assert one.handed_over_at is not None

    # the history tells the days on which the stories say that things happened
    sent = {
        (one.certifier_id, one.subject_id): one.happened_at
        for one in reversed(everything(AuditEvent))
        if (one.verb, one.old, one.new) == ("status", "draft", "submitted")
    }
    firsts = [one for one in everything(RequestVersion) if one.number == 1]
    assert [sent[one.certifier_id, one.request_id] for one in firsts] == [one.sent_at for one in firsts]
    dossiers = {one.dossier_id: one.submitted_at for one in requests if one.submitted_at and one.turn == 1}
    assert all(one.uploaded_at < dossiers[one.dossier_id] for one in everything(Document) if one.dossier_id in dossiers)

    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "3 chains intact" in said.getvalue()

    [framed] = [one for one in everything(Allowance) if one.time_frame]
    assert (framed.cap_kg, framed.shipped_kg, framed.planned_kg) == (60_000, 19_160, 19_200)
    [revision] = everything(Revision)
    assert (revision.version, revision.net_kg) == (2, 19_080)
    assert everything(Charge)  # what was sent has its price
    kept = [one for one in everything(Supplier) if one.dossier_id]  # the organic certificates of those who sold lots
    assert kept
    assert all(one.certificate_to and not one.same_certifier for one in kept)

    assert any(one.is_low for one in everything(RequestRisk))  # the view of low risks has something in it

    products = everything(ProductItem)
    assert len(products) == len(PRODUCTS) == 25
    exporters = {one.country for one in everything(Exporter)}
    assert (len(OPERATIONS), len(exporters)) == (8, 6)
    assert any(account.allocated is None for account in everything(Account))
    assert {user.email for user in User.objects.all()} >= {person.email for person in PEOPLE}
    assert User.objects.get(email="rosa@valleverde.example").check_password(PASSWORD)

    here, there = Certifier.objects.order_by("slug")
    for certifier, other in ((here, there), (there, here)):
        with tenant(certifier):
            assert not CertificateRequest.objects.filter(certifier=other).exists()
            assert CertificateRequest.objects.exists()
            assert {one.certifier_id for one in PublicRecord.objects.all()} == {certifier.pk}

    with tenant(framed.certifier_id):  # somebody uses the demo
        Certificate.objects.filter(pk=framed.certificate_id).update(on_hold_since=now(), on_hold_why="Suspended.")
    before = counted()
    assert Seed(say=lambda _text: None, load=_nothing_is_loaded, here=True).run() is False
    assert counted() == before
    assert waiting.finish("registry", "render", "hand_over", seconds=300)  # the two cancellations are told too


def _lines(request: CertificateRequest) -> list[Any]:
    with tenant(request.certifier_id):
        return list(request.lines.filter(removed=False))


def _nothing_is_loaded(_document: dict[str, Any]) -> None:
    raise AssertionError("a second run tells the registry nothing")
