"""A new version of a certificate under its number: asked for, compared, decided, and what everybody then reads."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, ProgrammingError, transaction

from nopic.certificates.actions import cancel, revising
from nopic.certificates.issuance.endings import revised
from nopic.certificates.models import Certificate, PublicRecord, RegistryOperation, Revision
from nopic.certificates.pdf import CertificateDocument, boxes_v1
from nopic.certificates.printed import file_version
from nopic.certificates.statuses import OperationKind
from nopic.delivery import actions as delivery
from nopic.delivery.mails import letters
from nopic.delivery.models import Mail
from nopic.delivery.tasks import _case
from nopic.ledger import accounts
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Overtaken, Refused
from tests import factories
from tests.delivery import consignments
from tests.delivery.consignments import Consignment
from tests.factories import World

ASKED = {
    "net": "19,200", "gross": "19,520", "packages": "320", "lots": "VV-26-088; 9,600\nVV-26-089; 9600",
    "remarks": "Half of it.", "why": "Rolled over.",
}  # fmt: skip


@pytest.fixture
def issued(world: World) -> Consignment:
    """An issued certificate whose kilograms are accounted."""
    made = consignments.make(world.here, world.importer)
    with tenant(world.here.certifier):
        line = made.certificate.line
        line.account = world.here.account
        line.save(update_fields=["account"])
        accounts.hold(line.account, Decimal(38400), line_id=line.pk, turn=1, by="test")
        accounts.issue(line.account, Decimal(38400), line_id=line.pk, turn=1, by="test")
    return made


def published(consignment: Consignment) -> Certificate:
    """What follows once the registry has taken it, with the PDF there."""
    certifier = consignment.side.certifier
    with tenant(certifier):
        certificate = Certificate.objects.select_related("request__policy", "line__account").get(
            pk=consignment.certificate.pk
        )
        revised(certificate, 2, at=now(), by="test")
        certificate.files.create(certifier=certifier, version=3, sha256="3" * 64, size=3)
        delivery.hand_over(certificate=certificate)
    return certificate


def written(row: Mail) -> letters.Letter:
    """The letter of an e-mail's row, as it would be sent now."""
    claim = Claim(1, "mail", row.certifier_id, row.pk, fence=1, asked=1, attempts=1, crashes=0, ends_at=0)
    return letters.write(_case(claim, row))


def ask(consignment: Consignment, why: str = "Rolled over.") -> Revision:
    with tenant(consignment.side.certifier):
        wish = revising.Wish(
            Decimal(19200), [("VV-26-088", Decimal(19200))], "Half of it.", why, gross_kg=Decimal(19520),
            packages=320,
        )  # fmt: skip
        return revising.ask(certificate=consignment.certificate, wish=wish, by=consignment.side.sender)


def test_an_exporter_asks_a_reviewer_compares_and_approves_and_everybody_reads_the_new_version(
    world: World, issued: Consignment
) -> None:
    side, pk = world.here, issued.certificate.pk
    exporter, staff = factories.signed_in(side.sender), factories.signed_in(side.reviewer)
    change = exporter.get(f"/tierra/certificates/{pk}/change/").content.decode()
    assert f"/tierra/certificates/{pk}/revise/" in change
    form = exporter.get(f"/tierra/certificates/{pk}/revise/").content.decode()
    assert "VV-26-088; 9,600" in form
    first, second = (exporter.post(f"/tierra/certificates/{pk}/revise/", ASKED) for _click in range(2))
    assert (first.status_code, second.status_code, second["Location"]) == (302, 302, first["Location"])
    other = ASKED | {"why": "The buyer wants half."}
    assert exporter.post(f"/tierra/certificates/{pk}/revise/", other).status_code == 422  # that is another wish
    consignments.work("version_asked", "mail")
    revision = _only(side.certifier, pk)
    assert "To decide" in exporter.get(f"/tierra/my-certificates/{pk}/").content.decode()
    assert str(pk) in staff.get("/tierra/certificates/?state=revision").content.decode()
    page = staff.get(f"/tierra/certificates/{pk}/revisions/{revision.pk}/").content.decode()
    for words in ("38,400 kg", "19,200 kg", "Rolled over.", "VV-26-089 (9,600 kg)", "640 jute bags", "320 jute bags",
                  "39,040 kg", "19,520 kg"):  # fmt: skip
        assert words in page
    [told] = [one for one in mail.outbox if one.subject == f"Version 2 asked for: {issued.number}"]
    assert told.to == [side.certifier.email]
    at = f"/tierra/certificates/{pk}/revisions/{revision.pk}/"
    for words in ("Rolled over.", "Net weight: 38,400 kg → 19,200 kg", at):
        assert words in told.body
    assert "Needed when it is refused" in page
    assert staff.post(at, {"verdict": "refuse"}).status_code == 422
    assert staff.post(at, {"verdict": "approve"}).status_code == 302
    assert staff.post(at, {"verdict": "approve"}).status_code == 302  # a kind sentence, and nothing twice
    with tenant(side.certifier):
        [owed] = RegistryOperation.objects.filter(certificate_id=pk, kind=OperationKind.REVISE)
        assert (owed.generation, owed.payload["net_weight_kg"], owed.payload["version"]) == (2, "19200", 2)
        assert PublicRecord.objects.get(pk=pk).version == 1
    certificate = published(issued)
    with tenant(side.certifier):
        account = accounts.account_of(side.item, side.account.crop_year)
        assert (account.issued, certificate.kilograms) == (Decimal(19200), Decimal(19200))
        assert (certificate.data["packages"]["count"], certificate.data["gross_weight_kg"]) == (320, "19520")
        assert file_version(certificate) == 3
        mails = Mail.objects.filter(certificate_id=pk, template="v1/revised").order_by("recipient_kind")
        assert [one.recipient_kind for one in mails] == ["broker", "exporter", "importer"]
        again = delivery.resend(certificate=certificate, recipient="importer", by=side.reviewer)
        assert again == mails[2], "the notice of the version waits already"
        mails.update(sent_at=now())
        again = delivery.resend(certificate=certificate, recipient="importer", by=side.reviewer)
        assert (again.template, again.context) == ("v1/revised", {"version": 2})
        letter = written(mails[0])
    assert letter.subject == f"Version 2: {issued.number}"
    assert ("Net weight", "19,200 kg") in letter.facts
    changed = next(line for line in letter.lines if line.startswith("Changed: "))
    for words in ("Net weight: 38,400 kg → 19,200 kg", "Packages: 640 jute bags → 320 jute bags", "Half of it."):
        assert words in changed
    shown = exporter.get(f"/v/{issued.number}?k={issued.key}").content.decode()
    assert "Version 2 of" in shown
    assert "19,200 kg" in shown
    assert "38,400 kg" not in shown
    machine = exporter.get(f"/v/{issued.number}.json?k={issued.key}").json()
    assert (machine["version"], machine["net_weight_kg"]) == (2, "19200")
    assert "Version 2, published" in exporter.get(f"/tierra/my-certificates/{pk}/").content.decode()
    printed = boxes_v1.context(CertificateDocument.from_json(certificate.data), "A4", boxes_v1.Typesetter())
    assert printed["coverage"]["version"].startswith("Version 2 of ")
    assert printed["coverage"]["remarks"] == "Half of it."


@pytest.mark.parametrize("asked_by", ["exporter", "staff"])
def test_whoever_asked_takes_a_version_back_until_it_is_decided(
    world: World, issued: Consignment, asked_by: str
) -> None:
    side, at = world.here, f"/tierra/certificates/{issued.certificate.pk}/revise/"
    exporter, staff = factories.signed_in(side.sender), factories.signed_in(side.reviewer)
    asker, other = (exporter, staff) if asked_by == "exporter" else (staff, exporter)
    slip = ASKED | {"net": "1,5", "gross": "2", "packages": "1", "lots": "VV-26-088"}
    doubted = asker.post(at, slip)
    assert doubted.status_code == 422
    assert "from 38,400 kg to 1.5 kg (0.0015 t). Is it so few?" in doubted.content.decode()
    assert asker.post(at, slip | {"meant": "19.200"}).status_code == 422  # another weight was meant
    assert asker.post(at, slip | {"meant": "1.500"}).status_code == 302
    wish = _only(side.certifier, issued.certificate.pk)
    back = {"do": "back", "asked": str(wish.pk)}
    page = asker.get(at).content.decode()
    for words in ("1.5 kg", "38,400 kg", "1 jute bag<", "Take it back"):
        assert words in page
    assert "See it, or take it back" in asker.get(at.replace("revise", "change")).content.decode()
    if asked_by == "exporter":  # staff refuse it, with a word to the exporter
        assert "Take it back" not in other.get(at).content.decode()
        other.post(at, back)
        assert _only(side.certifier, issued.certificate.pk).status == "requested"
    asker.post(at, back | {"asked": str(wish.pk + 1)})  # a page of another version
    assert _only(side.certifier, issued.certificate.pk).status == "requested"
    assert asker.post(at, back).status_code == 302
    assert _only(side.certifier, issued.certificate.pk).status == "withdrawn"
    assert asker.post(at, back).status_code == 302  # twice
    late = staff.post(f"/tierra/certificates/{issued.certificate.pk}/revisions/{wish.pk}/", {"verdict": "approve"})
    assert late.status_code == 302
    with tenant(side.certifier):
        [_event] = AuditEvent.objects.filter(subject_id=issued.certificate.pk, verb="revision taken back")
        assert not RegistryOperation.objects.filter(kind=OperationKind.REVISE).exists()
    assert asker.post(at, ASKED).status_code == 302  # and is asked for anew


def test_the_day_of_a_version_is_the_one_on_the_paper(world: World, issued: Consignment) -> None:
    """At nine in the evening in Lima it is tomorrow in London."""
    with tenant(world.here.certifier):
        lima = factories.rules(time_zone="America/Lima").to_json()
        policy = Policy.objects.create(certifier=world.here.certifier, version=2, data=lima, by="the test")
        CertificateRequest.objects.filter(pk=issued.request.pk).update(policy=policy)
    revision = ask(issued)
    with time_machine.travel(datetime(2026, 11, 29, 2, tzinfo=UTC), tick=False):
        with tenant(world.here.certifier, world.here.reviewer):
            revising.approve(revision=revision, by=world.here.reviewer)
        certificate = published(issued)
    paper = boxes_v1.context(CertificateDocument.from_json(certificate.data), "A4", boxes_v1.Typesetter())
    assert paper["coverage"]["version"] == "Version 2 of 28 November 2026"
    shown = factories.signed_in(world.importer_user).get(f"/v/{issued.number}?k={issued.key}").content.decode()
    assert "Version 2 of Sat 28 Nov 2026" in shown
    assert "Version 2 of Sun 29" not in shown
    with tenant(world.here.certifier):
        [told] = Mail.objects.filter(template="v1/revised", recipient_kind="importer")
        assert any(line.startswith("Version 2 of Sat 28 Nov") for line in written(told).lines)


def test_where_the_policy_says_so_one_person_checks_a_version_and_another_approves_it(
    world: World, issued: Consignment
) -> None:
    side, pk = world.here, issued.certificate.pk
    asked_for_two(issued)
    revision = ask(issued)
    at = f"/tierra/certificates/{pk}/revisions/{revision.pk}/"
    first, second = map(factories.signed_in, (side.reviewer, side.colleague))
    early = second.post(at, {"verdict": "approve"})
    assert (early.status_code, "A colleague first checks the new version" in early.content.decode()) == (422, True)
    assert "I checked it" in first.get(at).content.decode()
    assert first.post(at, {"do": "check"}).status_code == 302
    assert first.post(at, {"do": "check"}).status_code == 302  # a kind sentence, and nothing twice
    assert f"Checked by {side.reviewer}" in second.get(at).content.decode()
    assert "You checked it yourself" in first.get(at).content.decode()
    assert first.post(at, {"verdict": "approve"}).status_code == 422
    with tenant(side.certifier):
        assert AuditEvent.objects.filter(verb="revision checked", actor=str(side.reviewer)).count() == 1
        assert not RegistryOperation.objects.filter(kind=OperationKind.REVISE).exists()
        for change, refusal in (
            ({"status": "approved", "decided_by": side.reviewer, "decided_at": now(), "data": {}}, IntegrityError),
            ({"two_people": False}, ProgrammingError),
            ({"checked_by": side.colleague}, ProgrammingError),
        ):
            with pytest.raises(refusal, match=r"revision_by_two_people|frozen"), transaction.atomic():
                Revision.objects.filter(pk=revision.pk).update(**change)
    assert second.post(at, {"verdict": "approve"}).status_code == 302
    with tenant(side.certifier):
        kept = Revision.objects.get(pk=revision.pk)
        assert (kept.status, kept.checked_by, kept.decided_by) == ("approved", side.reviewer, side.colleague)
        assert RegistryOperation.objects.filter(kind=OperationKind.REVISE).count() == 1


def test_where_the_policy_asks_for_one_person_nobody_checks_and_a_refusal_never_needs_two(
    world: World, issued: Consignment
) -> None:
    side = world.here
    revision = ask(issued)
    with tenant(side.certifier):
        with pytest.raises(Overtaken):
            revising.check(revision=revision, by=side.colleague)
        revising.refuse(revision=revision, by=side.reviewer, note="Not yet.")
    asked_for_two(issued)
    revision = ask(issued)
    with tenant(side.certifier):
        revising.refuse(revision=revision, by=side.reviewer, note="Nor now.")
        with pytest.raises(Overtaken):
            revising.check(revision=revision, by=side.colleague)


def asked_for_two(consignment: Consignment) -> None:
    """The request was sent under a policy that asks for a second person behind a revision."""
    certifier = consignment.side.certifier
    rules = factories.rules(second_person={"revision": True})
    with tenant(certifier):
        policy = Policy.objects.create(certifier=certifier, version=2, data=rules.to_json(), by="the test")
        CertificateRequest.objects.filter(pk=consignment.request.pk).update(policy=policy)


def _only(certifier: object, pk: int) -> Revision:
    with tenant(certifier):  # type: ignore[arg-type]
        return Revision.objects.get(certificate_id=pk)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"net": "38,401", "lots": "VV-26-088"}, "net", "A revision can only lower the net weight"),
        ({"net": "19,200", "lots": "VV-26-088; 19,000"}, "lots", "The lots add up to 19,000 kg"),
        ({"net": "nothing"}, "net", "Enter the net weight"),
        ({"lots": ""}, "lots", "Name at least one lot."),
        ({"gross": "39,040"}, "gross", "The gross weight, 39,040 kg, is not less than before."),
        ({"gross": "50,000"}, "gross", "The gross weight, 50,000 kg, is not less than before."),
        ({"gross": "19,199"}, "gross", "The gross weight, 19,199 kg, is less than the net weight"),
        ({"gross": "39040 lb;"}, "gross", "Enter the gross weight as a number"),
        ({"packages": "640"}, "packages", "640 packages would hold 30 kg each; until now it is 60 kg."),
        ({"packages": "1.5"}, "packages", "Enter a whole number of packages"),
        ({"packages": "99999999999"}, "packages", "Enter a whole number of packages"),
        ({"lots": "; 9600"}, "lots", "begin with the lot"),
        ({"why": ""}, "why", "Say what happened"),
    ],
)
def test_what_a_revision_cannot_say_is_said_at_its_field_and_nothing_is_lost(
    world: World, issued: Consignment, change: dict[str, str], field: str, words: str
) -> None:
    at = f"/tierra/certificates/{issued.certificate.pk}/revise/"
    reply = factories.signed_in(world.here.sender).post(at, {**ASKED, **change})
    assert reply.status_code == 422
    page = reply.content.decode()
    assert words in page[page.index(f'id="id_{field}_error"') :]
    assert page.count(words) > 1  # also in the summary above
    assert "Half of it." in page
    with tenant(world.here.certifier):
        assert not Revision.objects.exists()


def test_the_decision_page_shows_what_changes_and_the_office_hears_nothing_of_what_was_taken_back(
    world: World, issued: Consignment
) -> None:
    at = f"/tierra/certificates/{issued.certificate.pk}"
    same = {"net": "38,400", "gross": "39,040", "packages": "640", "lots": _lots_as_they_are(issued)}
    exporter = factories.signed_in(world.here.sender)
    wish = {**same, "remarks": "Washed twice.", "why": "Asked by the buyer"}
    assert exporter.post(f"{at}/revise/", wish).status_code == 302
    revision = _only(world.here.certifier, issued.certificate.pk)
    page = factories.signed_in(world.here.reviewer).get(f"{at}/revisions/{revision.pk}/").content.decode()
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert (table.count("<tr>"), "Washed twice." in table) == (1, True)
    exporter.post(f"{at}/revise/", {"do": "back", "asked": str(revision.pk)})
    consignments.work("version_asked", "mail")
    assert not [one for one in mail.outbox if "asked for" in one.subject]


def _lots_as_they_are(consignment: Consignment) -> str:
    return "\n".join(f"{lot['code']}; {lot['kg']}" for lot in consignment.certificate.data["lots"])


def test_one_revision_at_a_time_and_none_of_a_cancelled_certificate(world: World, issued: Consignment) -> None:
    revision = ask(issued)
    with pytest.raises(Refused, match="under way already"):
        ask(issued, why="The buyer wants half.")
    with tenant(world.here.certifier):
        revising.refuse(revision=revision, by=world.here.reviewer, note="Weigh it again.")
        with pytest.raises(Overtaken):
            revising.approve(revision=revision, by=world.here.reviewer)
        delivery.hand_over(certificate=Certificate.objects.get(pk=issued.certificate.pk))
        letter = written(Mail.objects.get(template="v1/revision_refused"))
    assert "Why: Weigh it again." in letter.lines
    with tenant(world.here.certifier):
        RegistryOperation.objects.create(
            certifier=world.here.certifier, certificate=issued.certificate, sequence=1, kind="issue", status="done",
            client_ref="x", payload={}, payload_sha256="", last_sent_at=now(),
        )  # fmt: skip
        again = ask(issued)
        cancel(certificate=issued.certificate, by=world.here.reviewer, reason="issued_in_error")
        again.refresh_from_db()
        assert again.status == "withdrawn"
        with pytest.raises(Refused, match="in force can be revised"):
            ask(issued)


def test_what_was_frozen_changes_only_with_the_next_version(world: World, issued: Consignment) -> None:
    revision = ask(issued)
    with tenant(world.here.certifier):
        revising.approve(revision=revision, by=world.here.reviewer)
        for table, change in ((Certificate, {"data": {}}), (Certificate, {"version": 3}), (Revision, {"net_kg": 1})):
            with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
                table.objects.filter(certifier=world.here.certifier).update(**change)
