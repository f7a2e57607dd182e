"""A dossier of the first certifier, and the ways in which files reach it."""

import io
from collections.abc import Callable, Collection

import pytest

import nopic.documents.tasks  # noqa: F401  registers the handler, as a worker does at its start
from nopic.documents import acceptance, actions
from nopic.documents.actions import Slot, Upload
from nopic.documents.models import Document, Dossier
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from nopic.workflow.models import Dispatch
from tests.documents.corpus import papers
from tests.factories import Side

INVOICE = Slot("commercial_invoice")


class Desk:
    """One exporter at work on one dossier of one certifier."""

    def __init__(self, side: Side) -> None:
        self.side = side
        with tenant(side.certifier):
            self.dossier = Dossier.objects.create(certifier=side.certifier)

    def find(self) -> Dossier:
        """What a view passes: finds the dossier inside the door."""
        return Dossier.objects.get(certifier=self.side.certifier, pk=self.dossier.pk)

    def send(
        self,
        data: bytes | None = None,
        *,
        slot: Slot = INVOICE,
        name: str = "invoice.pdf",
        declared: str = "",
        dossier: Callable[[], Dossier] | None = None,
        replaces: int | None = None,
        accepts: Collection[str] = frozenset(acceptance.KINDS),
    ) -> Document:
        data = papers.text_pdf() if data is None else data
        return actions.receive(
            certifier=self.side.certifier,
            dossier=dossier or self.find,
            slot=slot,
            accepts=accepts,
            upload=Upload(io.BytesIO(data), name, declared),
            by=self.side.sender,
            replaces=replaces,
        )

    def now(self, document: Document) -> Document:
        """The document as the database has it."""
        with tenant(self.side.certifier):
            return Document.objects.get(pk=document.pk)

    def pages(self, document: Document) -> list[tuple[int, str]]:
        with tenant(self.side.certifier):
            return list(document.pages.order_by("number").values_list("number", "text"))


@pytest.fixture
def desk(world) -> Desk:
    return Desk(world.here)


@pytest.fixture
def committed_desk(committed_world) -> Desk:
    return Desk(committed_world.here)


def owed(document: Document) -> Dispatch:
    return Dispatch.objects.get(topic="pages", subject_id=document.pk)


def work(document: Document) -> Dispatch:
    """Do what is owed for a document now, whenever it is due, and return the debt."""
    Dispatch.objects.filter(pk=owed(document).pk).update(due_at="2020-01-01T00:00Z")
    dispatch.run(owed(document).pk)
    return owed(document)
