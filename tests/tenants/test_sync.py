"""What the registry says about parties, over real HTTP: read, remembered with the time, and forgotten by nobody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from nopic.tenants import actions as parties
from nopic.tenants import sync, tasks
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter, Importer, RegistryCredential
from nopic.workflow import dispatch
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent, Dispatch
from tests.factories import World
from tests.mock_oid import MockOid


def operation(nop_id: str, **facts: object) -> dict[str, object]:
    return {
        "nop_id": nop_id,
        "name": "Ridge Foods LLC",
        "kind": "importer",
        "status": "certified",
        "certified_on": "2020-01-01",
        "status_since": "2020-01-01",
        "scopes": ["handling"],
        "address_lines": ["1 Main Street", "Reno, NV 89501"],
        "state": "Nevada",
        "country": "US",
        **facts,
    }


@pytest.fixture(scope="module")
def oid() -> Iterator[MockOid]:
    with MockOid() as mock:
        mock.load(keys={"901": "key-of-tierra-0001", "902": "key-of-nordhof-0002"})
        yield mock


@pytest.fixture(autouse=True)
def registry(oid: MockOid, committed_world: World) -> Iterator[None]:
    from nopic.tenants import crypto

    for side, key in ((committed_world.here, "key-of-tierra-0001"), (committed_world.there, "key-of-nordhof-0002")):
        with tenant(side.certifier):
            RegistryCredential.objects.update(secret=crypto.encrypt(key))
    oid.calm()
    with override_settings(OID_URL=oid.url):
        yield


def ask(nop_id: str) -> Importer:
    """Name an importer, and do the work that is owed."""
    importer = sync.know_importer(nop_id)
    sync.ask_soon(importer)
    work("party", importer.pk)
    importer.refresh_from_db()
    return importer


def work(topic: str, subject_id: int) -> Dispatch:
    owed = Dispatch.objects.get(topic=topic, subject_id=subject_id, done_at=None)
    dispatch.run(owed.pk)
    owed.refresh_from_db()
    return owed


def test_a_new_importer_gets_its_identity_from_the_registry(oid: MockOid) -> None:
    oid.load(operations=[operation("8150019863")])
    importer = ask("8150019863")
    assert (importer.name, importer.state, importer.status) == ("Ridge Foods LLC", "Nevada", "certified")
    assert importer.address == "1 Main Street\nReno, NV 89501"
    assert now() - importer.read_at < timedelta(minutes=1)
    event = AuditEvent.objects.get(verb="status read", subject_id=importer.pk)
    assert (event.certifier_id, event.old, event.new) == (0, "unknown", "certified")


@pytest.mark.parametrize("status", ["suspended", "surrendered", "revoked"])
def test_known_not_certified_is_remembered(oid: MockOid, status: str) -> None:
    oid.load(operations=[operation("8150019864", status=status, ends_on="2026-10-12")])
    importer = ask("8150019864")
    assert (importer.status, str(importer.certified_to)) == (status, "2026-10-12")


def test_a_number_that_the_registry_does_not_list_is_not_found(oid: MockOid) -> None:
    assert ask("8150010000").status == "not_found"


def test_without_an_answer_what_was_known_stays_and_the_question_stays_owed(
    oid: MockOid, committed_world: World
) -> None:
    oid.stop()
    try:
        importer = committed_world.importer
        sync.ask_soon(importer)
        owed = work("party", importer.pk)
        read_at = importer.read_at
        importer.refresh_from_db()
        assert (importer.status, importer.read_at, owed.done_at) == ("certified", read_at, None)
        assert owed.due_at > now()
    finally:
        oid.start()


def test_a_key_that_is_not_accepted_is_set_aside_and_the_next_one_asked(oid: MockOid, committed_world: World) -> None:
    from nopic.tenants import crypto

    oid.load(operations=[operation("8150019863")])
    with tenant(committed_world.here.certifier):
        RegistryCredential.objects.update(secret=crypto.encrypt("not-the-key-of-anyone"))
    assert ask("8150019863").status == "certified"
    with tenant(committed_world.here.certifier):
        assert RegistryCredential.objects.get().rejected_at is not None


def test_every_night_all_parties_are_owed(committed_world: World) -> None:
    tasks.ask_all()
    tasks.ask_all()
    owed = Dispatch.objects.filter(done_at=None).values_list("topic", "certifier_id")
    here, there = committed_world.here.certifier.pk, committed_world.there.certifier.pk
    assert sorted(owed) == sorted([("party", 0), ("party", 0), ("exporter_status", here), ("exporter_status", there)])


def test_what_the_registry_says_of_an_exporter_is_remembered(oid: MockOid, committed_world: World) -> None:
    here = committed_world.here
    oid.load(operations=[operation(here.exporter.nop_id, kind="exporter", status="suspended")])
    tasks.ask_all()
    work("exporter_status", here.exporter.pk)
    with tenant(here.certifier):
        exporter = Exporter.objects.get(pk=here.exporter.pk)
        assert (exporter.status, exporter.registry_status) == ("certified", "suspended")
        assert now() - exporter.registry_read_at < timedelta(minutes=1)
        event = AuditEvent.objects.get(verb="status read", subject_type="tenants.exporter")
        assert (event.certifier_id, event.actor) == (here.certifier.pk, "registry")
    with tenant(committed_world.there.certifier):
        assert Exporter.objects.get().registry_status == "unknown"


def test_a_suspension_by_the_office_survives_the_night(oid: MockOid, committed_world: World) -> None:
    here = committed_world.here
    oid.load(operations=[operation(here.exporter.nop_id, kind="exporter")])
    with tenant(here.certifier):
        facts = {"status": "suspended"}
        parties.change_exporter(exporter=here.exporter, facts=facts, by=here.reviewer, reason="inspection")
    work("exporter_status", here.exporter.pk)  # owed by the change itself
    with tenant(here.certifier):
        exporter = Exporter.objects.get(pk=here.exporter.pk)
    assert (exporter.status, exporter.registry_status, exporter.registry_differs) == ("suspended", "certified", True)
