"""Transaction certificates: drawn down by requests, never overdrawn, the same paper however its number is typed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.db.models import Sum

from nopic.ledger import inputs
from nopic.ledger.models import InputCertificate, InputEntry
from nopic.products import actions as products
from nopic.requests import actions
from nopic.requests.models import CertificateRequest
from nopic.review import actions as actions_review
from nopic.review import queries as review
from nopic.review.queries.values import values
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter
from nopic.workflow.clock import today
from nopic.workflow.transitions import Refused
from tests import factories
from tests.factories import Side, World, line_answers
from tests.ledger.test_accounts import lines, together


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def bought(here: Side, kg: str, number: str = "tc-2026 118") -> dict[str, object]:
    """A line of one lot bought from Cabana under a transaction certificate."""
    seller = factories.supplier(here)
    lot = {"code": "CB-1", "kg": kg, "supplier": str(seller.pk), "proof": number}
    return line_answers(here, net=kg, gross="30,000", packages="", lots=[lot])


def balance(certificate: InputCertificate) -> tuple[Decimal, Decimal, Decimal]:
    certificate.refresh_from_db()
    assert (certificate.kg, certificate.held, certificate.used) == tuple(
        InputEntry.objects.filter(certificate=certificate)
        .aggregate(kg=Sum("kg_delta"), held=Sum("held_delta"), used=Sum("used_delta"))
        .values()
    )
    return certificate.held, certificate.used, certificate.left


def send(here: Side, kg: str, **changes: object) -> CertificateRequest:
    return factories.submitted(
        here, lines=[{**bought(here, kg), "packages": "100", "package_kind": "sacks"}], **changes
    )


def test_it_is_held_when_sent_and_released_on_every_way_back(here: Side) -> None:
    certificate = factories.transaction_certificate(here)
    request = send(here, "12,000")
    with tenant(here.certifier):
        assert balance(certificate) == (12_000, 0, 8_000)
        actions.return_to_exporter(request=request, by=here.reviewer, points=[{"box": "10", "text": "Which?"}])
        assert balance(certificate) == (0, 0, 20_000)
        actions.submit(request=request, by=here.sender, declared=True, revision=request.revision)
        assert balance(certificate) == (12_000, 0, 8_000)
        actions.withdraw(request=request, by=here.sender, reason="No vessel")
        assert balance(certificate) == (0, 0, 20_000)
    request = send(here, "12,000")
    with tenant(here.certifier):
        line = request.lines.get()
        inputs.use(line.pk, turn=request.turn, by="a test")
        inputs.use(line.pk, turn=request.turn, by="a test")
        assert balance(certificate) == (0, 12_000, 8_000)
        inputs.give_back(line.pk, turn=request.turn, by="a test", reason="cancelled")
        assert balance(certificate) == (0, 0, 20_000)


def test_spent_twice_is_refused_with_what_is_left_and_where_the_rest_went(here: Side) -> None:
    factories.transaction_certificate(here)
    first = send(here, "12,000")
    with pytest.raises(Refused) as caught:
        send(here, "9,000")
    assert [str(one) for one in caught.value.findings] == [
        "Organic green coffee CANARY-tierra needs 9,000 kg, but 8,000 kg of 20,000 kg are left on transaction certificate "
        f"TC 2026/118. The rest went to {first.reference} (12,000 kg)"
    ]


def test_the_yield_of_the_product_decides_how_much_input_it_takes(here: Side) -> None:
    certificate = factories.transaction_certificate(here)
    with tenant(here.certifier):
        facts = {
            name: getattr(here.version, name)
            for name in (
                "wording",
                "hts",
                "label_category",
                "origin_country",
                "last_processing_country",
                "package_kind",
            )
        }
        facts |= {"valid_from": today("UTC"), "input_factor": Decimal("0.84")}
        products.add_version(item=here.item, facts=facts, by="a test")
    request = send(here, "8,400")
    with pytest.raises(Refused) as caught:  # both figures are of what was bought: what can still be sold is said too
        send(here, "9,000")
    assert [str(one) for one in caught.value.findings] == [
        "Organic green coffee CANARY-tierra needs 10,714.286 kg, but 10,000 kg of 20,000 kg are left on transaction "
        "certificate TC 2026/118. At a yield of 0.84 that makes 8,400 kg of this product. "
        f"The rest went to {request.reference} (10,000 kg)"
    ]
    verified = factories.signed_in(here.sender).get(f"/{here.certifier.slug}/verified-list/").content.decode()
    assert "1 kg bought makes 0.84 kg" in verified
    with tenant(here.certifier):
        assert balance(certificate) == (10_000, 0, 10_000)
        case = review.load(CertificateRequest.objects.get(pk=request.pk))
        said = {row.id: values(row, case.facts, case.lines[0]) for row in case.rules.checks}
        assert said["inputs_cover"].office == "TC 2026/118: 10,000 kg of 20,000 kg, at a yield of 0.84, 10,000 kg left"
        assert said["supplier_guarantee"].declared == (
            "Cabana, certified by Control Union: CB-1 (8,400 kg, transaction certificate tc-2026 118)"
        )
    assert inputs.input_of(Decimal(1), Decimal("0.3")) == Decimal("3.334")


@pytest.mark.parametrize(
    ("number", "kg", "sentence"),
    [
        ("", "5,000", None),
        ("TC 9", "5,000", "transaction certificate TC 9 of Cabana is not in the register"),
    ],
)
def test_a_lot_from_another_certifier_names_a_certificate_of_the_register(here, number, kg, sentence) -> None:
    factories.transaction_certificate(here)
    line = {**bought(here, kg, number), "packages": "100", "package_kind": "sacks"}
    if sentence is None:
        request = factories.submitted(here, lines=[line])
        with tenant(here.certifier):
            case = review.load(CertificateRequest.objects.get(pk=request.pk))
            assert [f.severity for f in case.findings if f.rule == "purchases_are_covered"] == ["question"]
    else:
        with pytest.raises(Refused, match=sentence):
            factories.submitted(here, lines=[line])


@pytest.mark.parametrize("typed", ["TC 2026/118", "tc-2026-118", " T.C.2026 118 "])
def test_the_same_number_typed_differently_is_the_same_paper(world: World, typed: str) -> None:
    here = world.here
    factories.transaction_certificate(here)
    with pytest.raises(Refused, match="is in the register already: 20,000 kg of 20,000 kg are left on it"):
        factories.transaction_certificate(here, typed)
    assert factories.transaction_certificate(world.there, typed).left == 20_000


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Control Union", "control-union", True),
        ("Control Union", "Control Union Certifications B.V.", True),
        ("Control Union", "Controll Union", True),
        ("Certificación Orgánica del Sur S.A.C.", "certificacion organica del sur", True),
        ("Control Union", "CU", False),
        ("Kiwa BCS", "Ecocert", False),
        ("Co", "AB", False),
    ],
)
def test_names_of_one_issuer_are_recognised_and_others_are_not(one: str, other: str, same: bool) -> None:
    assert (inputs.same_issuer(one, other), inputs.same_issuer(other, one)) == (same, same)


def paper_of(here: Side, exporter: Exporter, issuer: str, **changes: object) -> InputCertificate:
    """TC 2026/118 as one exporter enters it, from a supplier that `issuer` certifies."""
    with tenant(here.certifier, here.sender):
        seller = actions.add_supplier(
            exporter=exporter, name=f"Cabana of {issuer}", nop_id="", certifier_name=issuer, same_certifier=False,
            by=here.sender,
        )  # fmt: skip
        facts = {"number": "tc 2026-118", "product": "Green coffee", "kg": Decimal(9_000), "valid_to": None}
        facts |= {"valid_from": today("UTC"), **changes}
        return actions.register_certificate(supplier=seller, by=here.sender, **facts)


def test_one_paper_is_entered_once_by_all_exporters_of_a_certifier_and_what_looks_like_it_is_asked(here: Side) -> None:
    factories.transaction_certificate(here)
    with tenant(here.certifier):
        other = Exporter.objects.create(
            certifier=here.certifier, name="Neighbour SAC", address="Lima", country="Peru", nop_id="9010009999",
            email="n@example.com", certified_from=today("UTC"),
        )  # fmt: skip
    with pytest.raises(Refused, match="Another operation has entered tc 2026-118 already"):
        paper_of(here, other, "Control Unoin BV")
    paper_of(here, other, "CU")
    request = send(here, "12,000")
    with tenant(here.certifier):
        actions_review.take(request=request, by=here.reviewer)
        case = review.load(CertificateRequest.objects.get(pk=request.pk))
        [found] = [one for one in case.findings if one.rule == "transaction_certificate_is_no_second_entry"]
        assert found.staff_sentence == (
            "Transaction certificate tc-2026 118 of Control Union is also in the register as issued by CU "
            "(Neighbour SAC, 9,000 kg). Is it the same paper?"
        )
        assert (found.severity, "Neighbour" in found.sentence) == ("question", False)
        line = request.lines.get()
        assert found in next(each for each in case.checks(line) if each.id == "supplier_guarantee").findings
        actions_review.waive(request=request, line=line, rule=found.rule, reason="Two numbers", by=here.reviewer)
        [passed] = [one for one in review.load(request).findings if one.rule == found.rule]
        assert (passed.severity, passed.waived_by) == ("note", str(here.reviewer))


def test_a_paper_is_not_issued_on_a_day_that_has_begun_nowhere(here: Side) -> None:
    factories.transaction_certificate(here)
    with pytest.raises(Refused, match="The date of issue must not lie in the future"):
        paper_of(here, here.exporter, "Ecocert", valid_from=today("UTC") + timedelta(days=2))
    assert paper_of(here, here.exporter, "Ecocert", valid_from=today("Pacific/Kiritimati")).left == 9_000


def test_staff_correct_what_stands_on_it_never_below_what_is_used(here: Side) -> None:
    certificate = factories.transaction_certificate(here)
    send(here, "12,000")
    staff = factories.signed_in(here.reviewer)
    page = f"/tierra/transaction-certificates/{certificate.pk}/"
    refused = staff.post(page, {"kg": "11,000", "reason": "The copy says so"})
    assert refused.status_code == 422
    assert "12,000 kg are held or used already; it cannot say less" in refused.content.decode()
    assert staff.post(page, {"kg": "15,000", "reason": "The copy says so"}).status_code == 302
    with tenant(here.certifier):
        assert balance(certificate) == (12_000, 0, 3_000)
        with pytest.raises(ProgrammingError), transaction.atomic():
            InputEntry.objects.update(reason="x")
    found = staff.get("/tierra/transaction-certificates/", {"q": "tc2026-11"}).content.decode()
    assert "TC 2026/118" in found
    mine = factories.signed_in(here.sender).get("/tierra/suppliers/").content.decode()
    assert "3,000 kg" in mine
    assert "needed, because the supplier is certified by another certifier" in mine


def test_thirty_two_requests_at_once_never_overdraw_it(committed_world: World) -> None:
    here = committed_world.here
    certificate = factories.transaction_certificate(here, kg=1_000)
    tried = lines(here, 32)

    def work(n: int) -> str:
        with tenant(here.certifier):
            inputs.rehold({(tried[n], certificate.pk): Decimal(100)}, line_ids=[tried[n]], before=0, turn=1, by="x")
        return "held"

    results = together(32, work)
    assert results.count("held") == 10
    assert sum(isinstance(one, inputs.Spent) for one in results) == 22
    with tenant(here.certifier):
        assert balance(certificate) == (1_000, 0, 0)


def test_one_nop_id_is_one_supplier_so_that_its_certificates_are_entered_once(here: Side) -> None:
    facts = {"exporter": here.exporter, "nop_id": "9030001187", "same_certifier": False, "by": here.sender}
    with tenant(here.certifier, here.sender):
        first = actions.add_supplier(name="Cooperativa Cabana", certifier_name="Andes Bio Certifica", **facts)
        assert actions.add_supplier(name="Cooperativa Cabana", certifier_name="Andes Bio Certifica", **facts) == first
        with pytest.raises(Refused, match="NOP ID 9030001187 is Cooperativa Cabana already"):
            actions.add_supplier(name="Andes Coop", certifier_name="Andes Bio", **facts)
        with pytest.raises(Refused, match="on your list already"):  # the NOP ID by which it is watched would be gone
            actions.add_supplier(name="Cooperativa Cabana", certifier_name="Andes Bio", **{**facts, "nop_id": ""})
        changed = actions.add_supplier(name="Cooperativa Cabana", certifier_name="Andes Bio", changes=first, **facts)
        assert (changed.pk, changed.certifier_name) == (first.pk, "Andes Bio")
