"""Every pair of statuses of everything that has a life, derived from the tables; and the tables themselves, pinned once.

A pair that the table allows moves and leaves an audit event; any other pair crashes and changes nothing.
"""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import TextChoices

from nopic.certificates.models import Certificate, RegistryOperation
from nopic.certificates.statuses import CERTIFICATE_NEXT, OPERATION_NEXT, CertificateStatus, OperationStatus
from nopic.documents.models import Document
from nopic.documents.statuses import NEXT as DOCUMENT_NEXT
from nopic.documents.statuses import DocumentStatus
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LINE_NEXT, REQUEST_NEXT, LineStatus, RequestStatus
from nopic.workflow import transitions
from nopic.workflow.transitions import IllegalTransition, Overtaken, advance

LIVES: list[tuple[type, type[TextChoices], dict[str, frozenset[str]]]] = [
    (CertificateRequest, RequestStatus, REQUEST_NEXT),
    (RequestLine, LineStatus, LINE_NEXT),
    (Certificate, CertificateStatus, CERTIFICATE_NEXT),
    (RegistryOperation, OperationStatus, OPERATION_NEXT),
    (Document, DocumentStatus, DOCUMENT_NEXT),
]


def pairs() -> Iterator[Any]:
    for model, statuses, table in LIVES:
        for was in statuses.values:
            for to in statuses.values:
                yield pytest.param(model, table, was, to, id=f"{model.__name__}: {was} -> {to}")


class Rows:
    """Stands for the table: an update holds only where the old status still stands."""

    def __init__(self, stored: str) -> None:
        self.stored = stored

    def filter(self, *, pk: int, status: str) -> "Rows":
        self.hit = status == self.stored
        return self

    def update(self, **fields: Any) -> int:
        if self.hit:
            self.stored = fields["status"]
        return int(self.hit)


def thing(table: dict[str, frozenset[str]], status: str, rows: Rows) -> Any:
    """Something with the life of the table, whose rows are `rows`."""
    kind = type("Thing", (), {"NEXT": table, "_base_manager": rows, "status": status, "pk": 7})
    return kind()


@pytest.mark.parametrize("model, statuses, table", LIVES, ids=lambda value: getattr(value, "__name__", ""))
def test_every_status_has_a_row_and_leads_to_statuses_only(model: type, statuses: type, table: dict) -> None:
    assert set(table) == set(statuses.values)
    assert set().union(*table.values()) <= set(statuses.values)
    assert model.NEXT is table


@pytest.mark.parametrize("model, table, was, to", list(pairs()))
def test_a_pair_moves_as_the_table_says(model: type, table: dict, was: str, to: str) -> None:
    rows = Rows(was)
    moved, events = thing(model.NEXT, was, rows), []
    with patch.object(transitions, "record", lambda *args, **facts: events.append(facts)):
        if to in table[was]:
            advance(moved, to, by="a test")
            assert (moved.status, rows.stored) == (to, to)
            assert [(event["old"], event["new"]) for event in events] == [(was, to)]
        else:
            with pytest.raises(IllegalTransition):
                advance(moved, to, by="a test")
            assert (moved.status, rows.stored, events) == (was, was, [])


@pytest.mark.parametrize("model, statuses, table", LIVES, ids=lambda value: getattr(value, "__name__", ""))
def test_whoever_comes_second_is_told_so(model: type, statuses: type, table: dict) -> None:
    was, to = next((was, sorted(after)[0]) for was, after in table.items() if after)
    elsewhere = next(status for status in statuses.values if status != was)
    rows = Rows(elsewhere)
    second = thing(model.NEXT, was, rows)
    with pytest.raises(Overtaken):
        advance(second, to, by="a test")
    assert (second.status, rows.stored) == (was, elsewhere)


def test_the_tables_say_what_was_agreed() -> None:
    written = {
        model.__name__: {was: " ".join(sorted(after)) for was, after in table.items()} for model, _s, table in LIVES
    }
    assert written == {
        "CertificateRequest": {
            "draft": "submitted withdrawn",
            "submitted": "draft in_review withdrawn",
            "in_review": "decided draft questions_open submitted withdrawn",
            "questions_open": "in_review withdrawn",
            "decided": "in_review",
            "withdrawn": "",
        },
        "RequestLine": {
            "open": "approved refused second_check withdrawn",
            "second_check": "approved open",
            "approved": "",
            "refused": "open",
            "withdrawn": "",
        },
        "Certificate": {
            "pending": "abandoned issuing",
            "issuing": "abandoned issued needs_attention",
            "needs_attention": "abandoned issuing",
            "issued": "cancelled superseded",
            "cancelled": "",
            "superseded": "",
            "abandoned": "",
        },
        "RegistryOperation": {
            "pending": "refused sent superseded",
            "sent": "done in_doubt pending refused",
            "in_doubt": "done refused sent superseded",
            "done": "",
            "refused": "in_doubt pending superseded",
            "superseded": "",
        },
        "Document": {
            "received": "inspecting refused",
            "inspecting": "clean refused unreadable unscanned",
            "clean": "",
            "unscanned": "",
            "unreadable": "",
            "refused": "",
        },
    }
