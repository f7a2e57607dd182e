"""A file comes in whole or not at all, and nothing that was there is lost by it."""

import io
import threading

import pytest
from django.db import connection, connections

from nopic.documents import acceptance, actions, files, inspection, queries
from nopic.documents.acceptance import NotAccepted
from nopic.documents.actions import Slot
from nopic.documents.models import Document, Dossier, SlotAnswer
from nopic.documents.statuses import DocumentStatus
from nopic.tenants.context import tenant
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken
from tests.documents.conftest import INVOICE, Desk, owed
from tests.documents.corpus import papers, pictures
from tests.documents.test_files import kept


def verbs(desk: Desk) -> list[tuple[str, str, str]]:
    """What the log says of this certifier's files: verb, from, to."""
    with tenant(desk.side.certifier):
        events = AuditEvent.objects.filter(subject_type__startswith="documents.").order_by("pk")
        return list(events.values_list("verb", "old", "new"))


def test_a_file_is_kept_described_logged_and_its_pages_are_owed(desk):
    data = papers.form()
    document = desk.now(desk.send(data, name="C:\\scans\\Factura 7.PDF"))
    assert document.status == DocumentStatus.RECEIVED
    assert (document.name, document.media_type, document.size) == ("Factura 7.PDF", "application/pdf", len(data))
    assert (document.page_count, document.flags, document.uploaded_by) == (1, ["form"], str(desk.side.sender))
    assert document.rule == "commercial_invoice"
    with files.open_verified(desk.side.certifier.pk, document.sha256) as original:
        assert original.read() == data
    assert verbs(desk) == [("received", "", "received")]
    assert owed(document).done_at is None


def test_a_refused_file_leaves_no_row_no_bytes_and_no_debt(desk):
    with pytest.raises(NotAccepted, match="active"):
        desk.send(papers.script_in_object_stream())
    with tenant(desk.side.certifier):
        assert not Document.objects.exists()
    assert kept() == []
    assert not Dispatch.objects.filter(topic="pages").exists()


def test_a_type_that_the_row_does_not_take_is_refused_before_it_is_looked_at(desk):
    with pytest.raises(NotAccepted, match="type_of_row"):
        desk.send(papers.form(), accepts={"jpeg", "png"})
    assert kept() == []
    assert desk.send(papers.form(), accepts={"pdf"}).pk


class Closed(Exception):
    """What a view's own check raises."""


def test_who_may_not_add_a_file_is_told_before_a_byte_is_read(desk, monkeypatch):
    monkeypatch.setattr(files, "quarantine", lambda *_, **__: pytest.fail("read a file that nobody may add"))

    def closed() -> Dossier:
        raise Closed

    with pytest.raises(Closed):
        desk.send(dossier=closed)


def test_a_request_that_was_closed_meanwhile_takes_no_file(desk):
    asked = iter([desk.find])

    def open_once() -> Dossier:
        for first in asked:
            return first()
        raise Closed

    with pytest.raises(Closed):
        desk.send(dossier=open_once)
    with tenant(desk.side.certifier):
        assert not Document.objects.exists()


def test_a_dossier_of_another_certifier_is_not_found(desk, world):
    stranger = Desk(world.there)
    with pytest.raises(Dossier.DoesNotExist):
        desk.send(dossier=lambda: Dossier.objects.get(pk=stranger.dossier.pk))


def test_the_same_file_sent_twice_into_a_slot_is_one_document(desk):
    assert desk.send().pk == desk.send(name="the same under another name.pdf").pk
    assert [verb for verb, *_ in verbs(desk)] == ["received"]


def test_a_file_that_is_on_its_way_while_its_kind_is_chosen_is_one_document(desk):
    unsaid, draft = Slot("transport_document"), Slot("transport_document", kind="draft")
    first = desk.send(slot=unsaid)
    assert {desk.send(slot=draft).pk, desk.send(slot=unsaid).pk} == {first.pk}
    assert desk.now(first).kind == "draft"
    assert desk.send(slot=Slot("transport_document", kind="final")).pk != first.pk


def test_the_same_file_in_two_slots_is_two_documents_with_one_set_of_bytes(desk):
    first, second = desk.send(), desk.send(slot=Slot("packing_list"))
    assert first.pk != second.pk
    assert len(kept()) == 1


def test_two_certifiers_with_the_same_file_share_nothing(desk, world):
    desk.send()
    Desk(world.there).send()
    assert len(kept()) == 2


def test_a_slot_holds_several_files_in_the_order_in_which_they_came(desk):
    sent = [desk.send(papers.text_pdf(b"page %d" % number)) for number in range(3)]
    sent += [desk.send(slot=Slot("transaction_certificate", "supplier-12"))]
    with tenant(desk.side.certifier):
        slots, _earlier = queries.by_slot(desk.dossier)
    assert {key: [one.pk for one in found] for key, found in slots.items()} == {
        ("commercial_invoice", ""): [one.pk for one in sent[:3]],
        ("transaction_certificate", "supplier-12"): [sent[3].pk],
    }


def test_a_replaced_file_leaves_the_slot_and_stays_readable(desk):
    old = desk.send(papers.text_pdf(b"draft"))
    new = desk.send(papers.text_pdf(b"final"), replaces=old.pk)
    with tenant(desk.side.certifier):
        assert queries.by_slot(desk.dossier)[0] == {("commercial_invoice", ""): [new]}
    old = desk.now(old)
    assert (old.removed_by, old.removed_at is None) == (str(desk.side.sender), False)
    files.open_verified(desk.side.certifier.pk, old.sha256).close()
    assert [verb for verb, *_ in verbs(desk)] == ["received", "received", "removed"]


def test_a_file_that_was_replaced_already_is_not_replaced_silently_again(desk):
    old = desk.send(papers.text_pdf(b"draft"))
    desk.send(papers.text_pdf(b"final"), replaces=old.pk)
    with pytest.raises(Overtaken):
        desk.send(papers.text_pdf(b"final, second tab"), replaces=old.pk)
    with tenant(desk.side.certifier):
        assert len(queries.by_slot(desk.dossier)[0]["commercial_invoice", ""]) == 1


def test_a_file_of_another_slot_cannot_be_replaced(desk):
    other = desk.send(slot=Slot("packing_list"))
    with pytest.raises(Document.DoesNotExist):
        desk.send(papers.form(), replaces=other.pk)


def test_replacing_a_file_by_itself_keeps_it(desk):
    old = desk.send()
    assert desk.send(replaces=old.pk).pk == old.pk
    assert desk.now(old).removed_at is None


def test_a_file_is_removed_once(desk):
    document = desk.send()
    with tenant(desk.side.certifier):
        actions.remove(document=document, by=desk.side.sender)
        with pytest.raises(Overtaken):
            actions.remove(document=document, by=desk.side.sender)
    assert verbs(desk)[-1] == ("removed", "received", "")
    assert desk.send().pk != document.pk, "what was removed may be added again"


def test_a_dossier_takes_so_many_files_and_no_more(desk, monkeypatch):
    monkeypatch.setattr(acceptance, "MOST_FILES", 2)
    first = desk.send(papers.text_pdf(b"1"))
    desk.send(papers.text_pdf(b"2"))
    with pytest.raises(NotAccepted, match="too_many_files"):
        desk.send(papers.text_pdf(b"3"))
    with tenant(desk.side.certifier):
        actions.remove(document=first, by=desk.side.sender)
    desk.send(papers.text_pdf(b"3"))


def test_papers_of_the_list_and_papers_beside_it_take_no_room_of_each_other(desk, monkeypatch):
    monkeypatch.setattr(acceptance, "MOST_FILES", 1)
    desk.send(papers.text_pdf(b"1"))
    desk.send(papers.text_pdf(b"2"), slot=Slot("registry_pdf", "operation-1"))
    for slot in (Slot("correction", "revision-1"), Slot("packing_list", "")):
        with pytest.raises(NotAccepted, match="too_many_files"):
            desk.send(papers.text_pdf(b"3"), slot=slot)


def test_a_dossier_takes_so_many_bytes_and_no_more(desk, monkeypatch):
    monkeypatch.setattr(acceptance, "MOST_BYTES_TOGETHER", len(papers.text_pdf(b"1")) + 10)
    desk.send(papers.text_pdf(b"1"))
    with pytest.raises(NotAccepted, match="too_many_files"):
        desk.send(papers.text_pdf(b"2"))


def test_a_file_takes_the_place_of_an_answer_and_the_log_keeps_the_answer(desk):
    with tenant(desk.side.certifier):
        for reason in ("bulk cargo", "bulk cargo", "one container"):
            actions.answer(
                dossier=desk.dossier, rule="packing_list", answer="does_not_apply", reason=reason, by=desk.side.sender
            )
        assert queries.answers_by_slot(desk.dossier)["packing_list", ""].reason == "one container"
    desk.send(slot=Slot("packing_list"))
    with tenant(desk.side.certifier):
        assert not SlotAnswer.objects.exists()
    assert verbs(desk) == [
        ("slot answered", "", "does_not_apply"),
        ("slot answered", "does_not_apply", "does_not_apply"),
        ("received", "", "received"),
        ("answer superseded", "does_not_apply", ""),
    ]


def test_an_answer_is_taken_back_once(desk):
    with tenant(desk.side.certifier):
        actions.answer(dossier=desk.dossier, rule="phytosanitary_certificate", answer="later", by=desk.side.sender)
        for _ in range(2):
            actions.take_back(dossier=desk.dossier, rule="phytosanitary_certificate", by=desk.side.sender)
    assert [verb for verb, *_ in verbs(desk)] == ["slot answered", "slot answer taken back"]


def test_no_transaction_is_open_while_bytes_arrive_and_are_inspected(committed_desk, monkeypatch):
    open_ones = []

    class Arriving(io.BytesIO):
        def read(self, size=-1):
            open_ones.append(connection.in_atomic_block)
            return super().read(size)

    real = inspection.inspect

    def watched(*given, **how):
        open_ones.append(connection.in_atomic_block)
        return real(*given, **how)

    monkeypatch.setattr(inspection, "inspect", watched)
    actions.receive(
        certifier=committed_desk.side.certifier,
        dossier=committed_desk.find,
        slot=INVOICE,
        upload=actions.Upload(Arriving(pictures.photo()), "photo.jpg", "image/jpeg"),
        by=committed_desk.side.sender,
    )
    assert open_ones == [False] * len(open_ones)
    assert len(open_ones) >= 3


def test_one_file_sent_from_two_tabs_at_the_same_moment_is_one_document(committed_desk):
    sent: list[int] = []

    def send() -> None:
        try:
            sent.append(committed_desk.send().pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 3
    assert len(set(sent)) == 1
