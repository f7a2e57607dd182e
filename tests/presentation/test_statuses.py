"""One word per state, a sentence per reader, and no state without a row."""

import pytest

from nopic.certificates.statuses import CertificateStatus
from nopic.documents.statuses import DocumentStatus
from nopic.presentation import statuses
from nopic.requests.statuses import LineStatus, RequestStatus

READERS = ("exporter", "staff", "importer")
SHAPES = {"wait", "act", "ok", "bad", "off", "done"}


@pytest.mark.parametrize("kind", statuses.STATUSES)
def test_every_row_has_a_word_and_a_known_shape(kind: str) -> None:
    for state, shown in statuses.STATUSES[kind].items():
        assert shown.word, state
        assert shown.shape in SHAPES, state
        assert set(shown.readers) <= set(READERS), state


@pytest.mark.parametrize(
    "kind, stored",
    [
        ("request", RequestStatus),
        ("line", LineStatus),
        ("certificate", CertificateStatus),
        ("document", DocumentStatus),
    ],
)
def test_every_stored_status_has_its_row(kind: str, stored: type[RequestStatus]) -> None:
    assert set(stored.values) - set(statuses.STATUSES[kind]) == set()


def test_every_document_state_has_its_mark() -> None:
    assert set(statuses.DOCUMENT_MARKS) == set(statuses.DOCUMENT)


def test_the_fullest_sentence_whose_facts_are_known_is_said() -> None:
    assert (
        statuses.sentence("request", "in_review", "staff", by="I. Carrasco", done=11, checks=14)
        == "By I. Carrasco, 11 of 14 checks"
    )
    assert statuses.sentence("request", "in_review", "staff", by="I. Carrasco") == "By I. Carrasco"
    assert statuses.sentence("request", "in_review", "staff") == "Being checked"
    assert statuses.sentence("request", "draft", "importer") == ""
    assert statuses.sentence("request", "draft", "exporter", done=0, steps=6) == "Not sent, 0 of 6 steps done"


def test_a_certificate_that_needs_attention_is_staff_s_work_alone() -> None:
    assert str(statuses.present("certificate", "needs_attention", "staff").word) == "Needs attention"
    assert str(statuses.present("certificate", "needs_attention", "importer").word) == "Being published"
    assert "longer than usual" in statuses.sentence("certificate", "needs_attention", "exporter")
    assert "within the hour" in statuses.sentence("certificate", "issuing", "exporter")


@pytest.mark.parametrize(
    "state", [state for state in statuses.CERTIFICATE if state not in ("issued", "shipped", "used_up", "ended")]
)
def test_only_an_issued_certificate_is_valid(state: str) -> None:
    assert statuses.headline(state) == "Not valid for import"


def test_a_shipment_that_has_left_is_named_by_its_date() -> None:
    assert statuses.headline("issued") == "Valid"
    assert statuses.headline("shipped", date="Sat 14 Nov 2026") == "Shipped on Sat 14 Nov 2026, for that shipment only"
    assert statuses.headline("shipped") == "Not valid for import"


def test_a_tag_is_shape_and_word() -> None:
    assert statuses.tag("request", "in_review") == '<span class="st wait">In review</span>'
