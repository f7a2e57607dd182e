"""Part of the goods leaves later: one act, nothing twice, every kilogram on one certificate only."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from nopic.certificates import actions as certificates
from nopic.certificates import limits
from nopic.certificates.actions import revising
from nopic.certificates.issuance import endings
from nopic.certificates.models import Certificate, Revision
from nopic.certificates.queries import compared
from nopic.delivery import actions as delivery
from nopic.delivery.models import Mail
from nopic.ledger import accounts
from nopic.ledger.models import Account
from nopic.requests import actions as filing
from nopic.requests import queries
from nopic.requests.actions import Part
from nopic.requests.models import CertificateRequest, OnBehalf, RequestLine
from nopic.requests.quantities import as_typed, read_number
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.watch import actions
from nopic.watch.models import RoutingChange
from nopic.workflow.clock import now, today
from nopic.workflow.models import AuditEvent
from nopic.workflow.transitions import Refused
from tests import factories
from tests.certificates.test_purchases_follow import fresh, issued, of
from tests.certificates.test_revisions import written
from tests.factories import Side, World, line_answers
from tests.faults import replacing

BOXES = [{"number": "APLU 417512 5", "seal": "PE881960"}, {"number": "CSQU 305438 3", "seal": "PE881961"}]
LATER = "CSQU 305438 3"


@pytest.fixture
def here(world: World) -> Side:
    return world.here


@pytest.fixture
def first(here: Side) -> Certificate:
    """Two lots of 9,600 kg in two containers: 320 bags, 19,520 kg gross."""
    return issued(here, factories.submitted(here, containers=BOXES))


def typed(**changes: object) -> dict[str, object]:
    """The second lot rolls over with its container."""
    day = today("UTC") + timedelta(days=34)
    return {
        "lot_0": "", "lot_1": "9,600", "gross": "9,760", "packages": "160", "containers": [LATER],
        "departure_on": day.isoformat(), "why": "The vessel was full.", "key": str(uuid4()), **changes,
    }  # fmt: skip


def post(here: Side, certificate: Certificate, person: Any = None, **changes: object) -> Any:
    client: Client = factories.signed_in(person or here.sender)
    return client.post(f"/tierra/certificates/{certificate.pk}/split/", typed(**changes))


def split_off(here: Side, first: Certificate, **changes: Any) -> CertificateRequest:
    """The draft of 9,600 kg, complete with its papers and its day of arrival."""
    part = Part([("VV-26-121", Decimal(9600))], Decimal(9760), 160, BOXES[1:], today("UTC") + timedelta(days=34))
    with tenant(here.certifier, here.sender):
        facts = {
            "certificate": fresh(first),
            "part": part,
            "why": "Full.",
            "by": here.sender,
            "key": uuid4(),
            **changes,
        }
        request = actions.split(**facts)
        complete(request, here)
    return request


def complete(request: CertificateRequest, here: Side) -> None:
    arrival = {"arrival_on": (today("UTC") + timedelta(days=60)).isoformat(), "vessel": "Andes Courier, voyage 0650N"}
    raw = {**request.raw["transport"], **arrival}
    filing.revise(request=request, step="transport", raw=raw, revision=request.revision, by=here.sender)
    for slot in queries.documents(request):
        if slot.must_before_sending:
            factories.paper(request, slot.rule, slot.subject, kind="draft" if slot.kinds else "")
    filing.revise(request=request, step="documents", raw={}, revision=request.revision, by=here.sender)


def send(request: CertificateRequest, here: Side) -> CertificateRequest:
    with tenant(here.certifier, here.sender):
        request = CertificateRequest.objects.select_related("exporter", "dossier", "certifier").get(pk=request.pk)
        return filing.submit(request=request, by=here.sender, declared=True, revision=request.revision)


def published(here: Side, first: Certificate) -> None:
    """A reviewer approves the version without the part, the registry takes it, everybody is told."""
    with tenant(here.certifier, here.reviewer):
        revising.approve(revision=Revision.objects.get(certificate=first), by=here.reviewer)
        endings.revised(fresh(first), 2, at=now(), by="a test")
        fresh(first).files.create(certifier=here.certifier, version=3, sha256="3" * 64, size=3)
    handed_over(here, first)


def handed_over(here: Side, first: Certificate) -> None:
    """Everybody is told what there is to tell, now that there is a PDF."""
    with tenant(here.certifier):
        Certificate.objects.filter(pk=first.pk).update(rendered_at=now())
        delivery.hand_over(certificate=fresh(first))


def letter(here: Side, first: Certificate, template: str, kind: str = "exporter") -> str:
    with tenant(here.certifier):
        mail = Mail.objects.get(certificate_id=first.pk, template=f"v1/{template}", recipient_kind=kind)
        return "\n".join(written(mail).lines)


def test_one_form_asks_for_less_and_begins_a_request_for_what_leaves_later(here: Side, first: Certificate) -> None:
    exporter = factories.signed_in(here.sender)
    change = exporter.get(f"/tierra/certificates/{first.pk}/change/").content.decode()
    assert f"/tierra/certificates/{first.pk}/split/" in change
    form = exporter.get(f"/tierra/certificates/{first.pk}/split/").content.decode()
    for words in ("Lot VV-26-121: leaves later, of 9,600 kg", LATER, "Of 19,520 kg", "Of 320"):
        assert words in form
    answers = typed()
    sent = [exporter.post(f"/tierra/certificates/{first.pk}/split/", answers) for _time in range(2)]
    with tenant(here.certifier):
        revision = Revision.objects.get(certificate=first)  # one, however often it is posted
        begun = CertificateRequest.objects.get(split_line=first.line_id)
        line, certificate = begun.lines.get(), fresh(first)
        assert {each["Location"] for each in sent} == {f"/tierra/requests/{begun.reference}/"}
        assert (revision.net_kg, revision.gross_kg, revision.packages) == (9600, 9760, 160)
        assert revision.lots == [{"code": "VV-26-118", "kg": "9600"}]
        assert (line.net_kg, line.gross_kg, line.packages, line.item_id) == (9600, 9760, 160, here.item.pk)
        assert [(lot.code, lot.kg) for lot in line.lots.all()] == [("VV-26-121", 9600)]
        assert begun.containers == BOXES[1:]
        assert certificate.containers == BOXES[:1]
        assert (begun.vessel, begun.arrival_on, begun.transport_document) == ("", None, "")
        assert begun.departure_on == date.fromisoformat(str(answers["departure_on"]))
        assert (begun.importer_id, begun.port_of_entry) == (first.importer_id, first.request.port_of_entry)
        assert LATER in RoutingChange.objects.get(certificate=first).note
        [event] = AuditEvent.objects.filter(verb="split", subject_id=first.pk)
        assert event.new == begun.reference
        assert ("Containers", f"{BOXES[0]['number']}, {LATER}", BOXES[0]["number"]) in [
            (row.label, row.now, row.new) for row in compared(certificate, revision)
        ]
    for page in (f"/tierra/my-certificates/{first.pk}/", f"/tierra/requests/{first.request.reference}/"):
        assert f"/tierra/requests/{begun.reference}/" in exporter.get(page).content.decode()
    hub = exporter.get(f"/tierra/requests/{begun.reference}/").content.decode()
    assert f"/tierra/my-certificates/{first.pk}/" in hub
    assert "until its smaller version is published" in hub
    staff = factories.signed_in(here.reviewer)
    decide = staff.get(f"/tierra/certificates/{first.pk}/revisions/{revision.pk}/").content.decode()
    assert f"request {begun.reference}" in decide


def test_what_leaves_later_goes_to_the_importer_on_the_certificate(
    world: World, here: Side, first: Certificate
) -> None:
    """A correction may have put another importer in the place of the one that was asked for."""
    with tenant(here.certifier):
        Certificate.objects.filter(pk=first.pk).update(importer=world.other_importer)
    answer = post(here, first)
    with tenant(here.certifier):
        begun = CertificateRequest.objects.get(split_line=first.line)
        assert answer["Location"] == f"/tierra/requests/{begun.reference}/"
        assert (begun.importer, begun.importer_email) == (world.other_importer, first.request.importer_email)
        again = filing.start_replacement(
            line=fresh(first).line, certificate_id=first.pk, importer=world.other_importer, by=here.sender,
            present=limits.present(first),
        )  # fmt: skip
        assert again.importer == world.other_importer
        assert again.contact == begun.contact  # known by now, and chosen


@pytest.mark.parametrize(("kg", "free"), [(19_200, False), (9_600, True)])
def test_goods_that_went_over_to_a_replacement_are_not_free_for_a_part(
    here: Side, first: Certificate, kg: int, free: bool
) -> None:
    begun = split_off(here, first)
    with tenant(here.certifier, here.reviewer):
        revising.refuse(revision=Revision.objects.get(certificate=first), by=here.reviewer, note="Replace it instead.")
    draft = replacing.started(here, first, Decimal(kg))
    with tenant(here.certifier, here.sender):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
    second = issued(here, draft)
    if free:
        send(begun, here)
        return
    with pytest.raises(Refused, match=f"still on the certificate of request {draft.reference}"):
        send(begun, here)
    with tenant(here.certifier):
        certificates.cancel(certificate=fresh(second), by=here.reviewer, reason="goods_not_shipped", note="Not shipped")
        endings.cancelled(fresh(second), at=now(), by="a test")
    send(begun, here)


def test_a_part_that_is_free_stays_free_when_what_stayed_is_replaced(here: Side, first: Certificate) -> None:
    begun = split_off(here, first)
    published(here, first)
    draft = replacing.started(here, first, Decimal(9_700))
    with tenant(here.certifier, here.sender):
        filing.submit(request=draft, by=here.sender, declared=True, revision=draft.revision)
    issued(here, draft)
    send(begun, here)


def test_what_leaves_later_is_sent_once_the_smaller_version_is_published(here: Side, first: Certificate) -> None:
    begun = split_off(here, first)
    with pytest.raises(Refused, match=f"still on the certificate of request {first.request.reference}"):
        send(begun, here)
    published(here, first)
    told = letter(here, first, "revised")
    assert f"Request {begun.reference}, for what leaves later, can be sent now" in told
    assert begun.reference not in letter(here, first, "revised", "importer")
    revise = f"/tierra/certificates/{first.pk}/revise/"
    exporter = factories.signed_in(here.sender)
    said = {"net": "9,600", "gross": "9,760", "packages": "160", "lots": "VV-26-118; 9,600", "remarks": "R", "why": "W"}
    assert exporter.post(revise, said).status_code == 302
    page = exporter.get(revise).content.decode()
    assert "Take it back" in page
    assert begun.reference not in page, "its goods have left this certificate"
    sent = send(begun, here)
    with tenant(here.certifier):
        account = RequestLine.objects.get(request=begun).account
        assert account is not None
        assert (account.held, account.issued) == (9600, 9600)
        certificate = fresh(first)
        assert certificate.data["transport"]["containers"] == BOXES[:1]
    case = factories.signed_in(here.reviewer).get(f"/tierra/cases/{sent.reference}/").content.decode()
    assert "Split from certificate" in case
    assert "These goods are no longer on it." in case
    second = issued(here, sent)
    with tenant(here.certifier):
        assert second.kilograms + fresh(first).kilograms == 19_200
        account = accounts.account_of(here.item, here.account.crop_year)
        assert (account.held, account.issued) == (0, 19_200)


def test_what_leaves_later_is_told_once_that_it_is_not_free(here: Side, first: Certificate) -> None:
    """Its kilograms come back with the smaller version; only what goes beyond them is too much."""
    with tenant(here.certifier):
        account = Account.objects.get(pk=here.account.pk)
        accounts.allocate(account, -account.left, by=here.reviewer, reason="All is certified")
    begun = split_off(here, first)

    def hub() -> str:
        return str(factories.signed_in(here.sender).get(f"/tierra/requests/{begun.reference}/").content.decode())

    assert "These goods are still on the certificate of request" in hub()
    assert "what is left on your verified list" not in hub()
    with tenant(here.certifier, here.sender):
        request = CertificateRequest.objects.get(pk=begun.pk)
        raw = deepcopy(request.raw["products"])
        raw["lines"][0] |= {"net": "9,601", "gross": "9,761"}
        filing.revise(request=request, step="products", raw=raw, revision=request.revision, by=here.sender)
    assert "what is left on your verified list" in hub()


def test_a_split_and_a_wish_to_cancel_name_each_other(here: Side, first: Certificate) -> None:
    begun = split_off(here, first)
    exporter, staff = factories.signed_in(here.sender), factories.signed_in(here.reviewer)
    cancel = f"/tierra/my-certificates/{first.pk}/cancel/"
    named = ("Version 2 with 9,600 kg is asked for", f"request {begun.reference}")
    page = exporter.get(cancel).content.decode()
    assert not [words for words in named if words not in page]
    exporter.post(cancel, {"goods": "stay", "why": "The buyer stepped back"})
    page = staff.get(f"/tierra/certificates/{first.pk}/cancel/").content.decode()
    assert not [words for words in named if words not in page]
    with tenant(here.certifier):
        revision = Revision.objects.get(certificate=first)
    page = staff.get(f"/tierra/certificates/{first.pk}/revisions/{revision.pk}/").content.decode()
    assert "The buyer stepped back" in page
    page = exporter.get(f"/tierra/certificates/{first.pk}/change/").content.decode()
    assert "asked for it" in page
    assert cancel not in page  # it is not asked for twice


def test_a_refused_version_leaves_the_goods_where_they_are_and_says_so(here: Side, first: Certificate) -> None:
    begun = split_off(here, first)
    with tenant(here.certifier, here.reviewer):
        revising.refuse(revision=Revision.objects.get(certificate=first), by=here.reviewer, note="Which vessel?")
    handed_over(here, first)
    assert f"The goods of request {begun.reference} stay on this certificate" in letter(here, first, "revision_refused")
    hub = factories.signed_in(here.sender).get(f"/tierra/requests/{begun.reference}/").content.decode()
    assert "These goods are still on it: no smaller version is under way." in hub
    assert "These goods are still on the certificate of request" in hub
    with pytest.raises(Refused, match="still on the certificate"):
        send(begun, here)


def test_a_purchase_follows_what_was_bought_with_it(here: Side) -> None:
    bought = factories.transaction_certificate(here)
    seller = factories.supplier(here)
    lots = [
        {"code": "CB-1", "kg": "4,800", "supplier": str(seller.pk), "proof": "tc-2026 118"},
        {"code": "VV-26-121", "kg": "14,400", "supplier": "own"},
    ]
    first = issued(here, factories.submitted(here, lines=[line_answers(here, lots=lots)]))
    part = Part([("CB-1", Decimal(4800))], Decimal(4880), 80, departure_on=today("UTC") + timedelta(days=34))
    begun = split_off(here, first, part=part)
    with tenant(here.certifier):
        [lot] = begun.lines.get().lots.all()
        assert (lot.supplier_id, lot.proof) == (seller.pk, "tc-2026 118")
    assert of(here, bought) == (0, 4_800, 15_200)
    published(here, first)
    assert of(here, bought) == (0, 0, 20_000)
    send(begun, here)
    assert of(here, bought) == (4_800, 0, 15_200)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lot_1": "9,601"}, "Lot VV-26-121 has 9,600 kg: that many at most can leave later."),
        ({"lot_1": "0"}, "Enter the kilograms of at least one lot that leave later."),
        ({"lot_0": "9,600"}, "Nothing would stay on this certificate."),
        ({"lot_1": "plenty"}, "the kilograms of lot VV-26-121 as a number"),
        ({"lot_1": "9" * 40}, "as a smaller number"),
        ({"lot_1": "9\x0000"}, "contains a character that cannot be kept"),
        ({"gross": "9,599"}, "must be 9,600 kg or more, and 9,920 kg or less"),
        ({"gross": "9,921"}, "must be 9,600 kg or more, and 9,920 kg or less"),
        ({"packages": "320"}, "says 320 packages: enter fewer"),
        ({"packages": "1.5"}, "Enter a whole number of packages"),
        ({"containers": [each["number"] for each in BOXES]}, "at least one container stays"),
        ({"containers": ["MSCU 000000 0"]}, "Containers that roll over: choose one from the list"),
        ({"departure_on": "soon"}, "New day of departure: enter a date"),
        ({"departure_on": "2020-02-03"}, "That day has passed. Enter the day they leave, today or later"),
        ({"why": " "}, "Say what happened"),
        ({"key": "x"}, "Enter a valid UUID"),
    ],
)
def test_bad_input_is_said_beside_it_and_nothing_is_done(
    here: Side, first: Certificate, changes: dict[str, object], sentence: str
) -> None:
    answer = post(here, first, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert 'value="160"' in page or "packages" in changes
    with tenant(here.certifier):
        assert not Revision.objects.exists()
        assert not CertificateRequest.objects.exclude(split_line=None).exists()
        assert fresh(first).containers == BOXES


def test_staff_split_for_an_exporter_who_called(here: Side, first: Certificate) -> None:
    assert "Enter who asked you" in post(here, first, here.reviewer).content.decode()
    answer = post(here, first, here.reviewer, asked_by="Rosa Quispe", means="phone")
    with tenant(here.certifier):
        begun = CertificateRequest.objects.get(split_line=first.line_id)
        assert OnBehalf.objects.get(request=begun).asked_by == "Rosa Quispe"
    assert answer["Location"] == f"/tierra/requests/{begun.reference}/"
    hub = factories.signed_in(here.reviewer).get(answer["Location"]).content.decode()
    assert f"/tierra/certificates/{first.pk}/" in hub


def test_staff_may_do_it_in_the_evening_when_it_is_tomorrow_in_london(here: Side, first: Certificate) -> None:
    with tenant(here.certifier):
        Policy.objects.create(
            certifier=here.certifier, version=2, data={**here.policy.data, "time_zone": "America/Lima"}, by="a test"
        )
    tonight = (now() + timedelta(days=1)).replace(hour=2, minute=0)
    with time_machine.travel(tonight, tick=False):
        assert post(here, first, here.reviewer, asked_by="Rosa Quispe", means="phone").status_code == 302
    with tenant(here.certifier):
        assert OnBehalf.objects.get(request__split_line=first.line_id).asked_on == tonight.date() - timedelta(days=1)


def test_what_cannot_be_split_says_why(here: Side, first: Certificate) -> None:
    split_off(here, first)
    again = post(here, first)
    assert again.status_code == 422
    assert "A revision of this certificate is under way already." in again.content.decode()
    lots = [{"code": "A", "kg": ""}, {"code": "B", "kg": ""}]
    other = issued(here, factories.submitted(here, lines=[line_answers(here, lots=lots)]))
    page = factories.signed_in(here.sender).get(f"/tierra/certificates/{other.pk}/split/").content.decode()
    assert "does not say how many kilograms each lot has" in page
    revise = f"/tierra/certificates/{other.pk}/revise/"
    assert f'href="{revise}"' in page  # what it waits for is one press away
    assert factories.signed_in(here.sender).get(revise).status_code == 200
    with tenant(here.certifier):
        shown = fresh(other)
        shown.data["coverage"]["kind"] = "time_frame"
        [why] = limits.obstacles_to_split(shown)
        assert "several shipments is not split" in why


def test_a_cargo_in_one_package_is_split_by_weight(here: Side) -> None:
    lots = [{"code": "A", "kg": "", "supplier": "own"}]
    bulk = line_answers(here, packages="1", package_kind="bulk", lots=lots)
    first = issued(here, factories.submitted(here, lines=[bulk]))
    answer = post(here, first, lot_0="4,200.125", lot_1="", gross="4,300", containers=[])
    assert answer.status_code == 302
    with tenant(here.certifier):
        revision = Revision.objects.get(certificate=first)
        assert (revision.net_kg, revision.packages) == (Decimal("14999.875"), None)
        [line] = RequestLine.objects.filter(request__split_line=first.line_id)
        assert (line.net_kg, line.packages) == (Decimal("4200.125"), None)


def test_the_database_keeps_what_stays_with_where_it_stays(here: Side, first: Certificate) -> None:
    with tenant(here.certifier), pytest.raises(IntegrityError, match="split_says_what_stays"), transaction.atomic():
        CertificateRequest.objects.filter(pk=first.request_id).update(split_line=first.line_id)


GRAMS = st.integers(0, 99_999_999).map(lambda grams: Decimal(grams) / 1000)
LOTS = st.lists(st.tuples(GRAMS, GRAMS).filter(any), min_size=1, max_size=6)  # (what stays, what goes) of each


@given(LOTS.filter(lambda lots: all(map(sum, zip(*lots, strict=True)))))
def test_what_stays_and_what_goes_are_what_it_said(lots: list[tuple[Decimal, Decimal]]) -> None:
    total = sum(map(sum, lots), Decimal(0))
    said = {
        "net_weight_kg": str(total), "gross_weight_kg": str(total + 10), "packages": {"count": 100, "kind": "bags"},
        "lots": [{"code": str(at), "kg": str(sum(lot))} for at, lot in enumerate(lots)],
    }  # fmt: skip
    part = Part([(str(at), goes) for at, (_stays, goes) in enumerate(lots) if goes], Decimal(4), 40)
    wish = limits.what_stays(Certificate(data=said), part, "Rolled over.")
    assert wish.lots == [(str(at), stays) for at, (stays, _goes) in enumerate(lots) if stays]
    assert wish.net_kg + part.net_kg == total
    assert wish.net_kg == sum(stays for stays, _goes in lots)
    assert (wish.gross_kg, wish.packages) == (total + 6, 60)


@given(st.decimals(Decimal("0.001"), Decimal("99999999999.999"), places=3))
def test_a_weight_written_into_a_form_is_read_as_itself(weight: Decimal) -> None:
    assert read_number(as_typed(weight)) == weight
