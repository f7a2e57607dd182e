"""The operations pages, as staff use them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from nopic.ledger.models import Account, Entry
from nopic.products import actions as products
from nopic.products.models import ProductItem, ProductVersion
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter, Importer, ImporterContact, Invitation
from nopic.workflow.clock import now
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Overtaken
from tests.factories import World, signed_in
from tests.review import cases

PRODUCT = {
    "code": "PV-09", "wording": "Organic cacao beans", "label_category": "organic", "hts": "1801000010",
    "origin_country": "Peru", "last_processing_country": "Peru", "package_kind": "bags", "package_kg": "62,5",
    "valid_from": "2026-01-01", "note": "new harvest plan",
}  # fmt: skip


@pytest.fixture
def staff(world: World) -> Client:
    return signed_in(world.here.reviewer)


def at(name: str, world: World, **kwargs: str | int) -> str:
    return reverse(
        name, kwargs={"certifier": world.here.certifier.slug, "nop_id": world.here.exporter.nop_id, **kwargs}
    )


def test_a_product_is_added_with_its_code_in_the_printed_form(world: World, staff: Client) -> None:
    answer = staff.post(at("new_product", world), PRODUCT)
    assert answer.status_code == 302
    with tenant(world.here.certifier):
        version = ProductVersion.objects.get(item__code="PV-09")
        assert (version.hts, version.package_kg, version.number) == ("1801.00.0010", Decimal("62.5"), 1)
        assert AuditEvent.objects.filter(verb="version added", actor=str(world.here.reviewer)).exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("hts", "0901", "The tariff code must have 10 digits"),
        ("code", "PV-03", "PV-03 is on the list already"),
        ("valid_to", "2025-01-01", "The last day must not be before the first day"),
        ("package_kg", "a bag", "kg"),
        ("note", "", "Why is missing"),
        ("wording", "x" * 201, "Wording on the certificate may have at most 200 characters; this has 201"),
        ("wording", "a\x00b", "Wording on the certificate contains a character that cannot be kept"),
        ("label_category", "zap", "Label category: choose one from the list"),
        ("valid_from", "soon", "Valid from: enter a date such as 2026-12-11"),
    ],
)
def test_bad_input_is_said_at_the_field_and_in_the_summary(
    world: World, staff: Client, field: str, typed: str, sentence: str
) -> None:
    answer = staff.post(at("new_product", world), {**PRODUCT, field: typed})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count(sentence) >= 2
    if field != "wording":
        assert "Organic cacao beans" in text
    with tenant(world.here.certifier):
        assert not ProductItem.objects.filter(code="PV-09").exists()


def test_any_list_number_leaves_the_page_in_order(world: World, staff: Client) -> None:
    assert staff.post(at("new_product", world), {**PRODUCT, "code": "../PV 03"}).status_code == 302
    page = staff.get(at("operation", world)).content.decode()
    assert "../PV 03" in page
    assert staff.get(re.findall(r'href="([^"]+/version/)"', page)[-1]).status_code == 200


def test_a_new_version_ends_the_one_before_it(world: World, staff: Client) -> None:
    changed = {
        **PRODUCT,
        "wording": "Organic green coffee, washed, grade 1",
        "hts": "0901.11.0015",
        "valid_from": "2026-06-01",
    }
    changed.pop("code")
    assert staff.post(at("new_version", world, item_id=world.here.item.pk), changed).status_code == 302
    with tenant(world.here.certifier):
        first, second = ProductVersion.objects.filter(item=world.here.item).order_by("number")
    assert (first.valid_to.isoformat(), second.number, second.valid_to) == ("2026-05-31", 2, None)
    late = {**changed, "wording": "Organic coffee", "seen": "1"}
    assert staff.post(at("new_version", world, item_id=world.here.item.pk), {**changed, "seen": "1"}).status_code == 302
    answer = staff.post(at("new_version", world, item_id=world.here.item.pk), late)
    assert (answer.status_code, "added version 2 meanwhile" in answer.content.decode()) == (422, True)
    assert (answer.context["forms"][0]["wording"].value(), answer.context["forms"][1]["seen"].value()) == (
        "Organic coffee", "2",
    )  # fmt: skip
    with tenant(world.here.certifier):
        assert ProductVersion.objects.filter(item=world.here.item).count() == 2
    slip = {**changed, "valid_from": "0001-01-01"}
    answer = staff.post(at("new_version", world, item_id=world.here.item.pk), slip)
    assert (answer.status_code, "enter a date such as" in answer.content.decode()) == (422, True)


def test_a_new_version_keeps_the_weight_of_a_package_that_nobody_touched(world: World, staff: Client) -> None:
    """60.000 in the box would be read as sixty thousand."""
    url = at("new_version", world, item_id=world.here.item.pk)
    first = {name: text for name, text in PRODUCT.items() if name != "code"}
    assert staff.post(url, {**first, "package_kg": "60", "input_factor": "0.84"}).status_code == 302
    form = staff.get(url).context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert (shown["package_kg"], shown["input_factor"]) == ("60", Decimal("0.84"))
    assert staff.post(url, {**shown, "note": "Another ruling of customs"}).status_code == 302
    with tenant(world.here.certifier):
        newest = ProductVersion.objects.filter(item=world.here.item).latest("number")
    assert (newest.number, newest.package_kg, newest.input_factor) == (3, Decimal(60), Decimal("0.84"))


def test_the_verified_quantity_is_raised_with_a_reason(world: World, staff: Client) -> None:
    url = at("product_quantity", world, item_id=world.here.item.pk)
    data = {"what": "allocate", "crop_year": world.here.account.crop_year, "kg": "5,000", "reason": "second inspection"}
    assert staff.post(url, data).status_code == 302
    assert (
        staff.post(url, {**data, "what": "open", "kg": "1.250,5", "reason": "sold at another certifier"}).status_code
        == 302
    )
    with tenant(world.here.certifier):
        account = Account.objects.get(pk=world.here.account.pk)
        assert (account.allocated, account.issued) == (Decimal(105_000), Decimal("1250.5"))
        assert Entry.objects.filter(account=account).order_by("-pk").first().reason == "sold at another certifier"


def test_a_quantity_is_added_once_however_often_it_is_clicked_and_not_over_a_colleagues(
    world: World, staff: Client
) -> None:
    url = at("product_quantity", world, item_id=world.here.item.pk)
    seen = staff.get(url).context["forms"][0]["seen"].value()
    year = world.here.account.crop_year
    said = {"what": "allocate", "crop_year": year, "kg": "5,000", "reason": "second inspection", "seen": seen}
    assert [staff.post(url, said).status_code for _click in range(2)] == [302, 302]
    late = signed_in(world.here.colleague).post(url, {**said, "what": "open", "kg": "900", "reason": "sold before"})
    assert (late.status_code, late.context["forms"][0]["kg"].value()) == (422, "900")
    assert "entered meanwhile: Verified quantity set or raised, 5,000 kg (second inspection)" in late.content.decode()
    again = {**said, "what": "open", "kg": "900", "reason": "sold before"}
    again["seen"] = late.context["forms"][0]["seen"].value()
    assert [staff.post(url, again).status_code for _click in range(2)] == [302, 302]
    with tenant(world.here.certifier):
        account = Account.objects.get(pk=world.here.account.pk)
    assert (account.allocated, account.issued) == (Decimal(105_000), Decimal(900))


def test_the_quantity_cannot_fall_below_what_is_certified(world: World, staff: Client) -> None:
    url = at("product_quantity", world, item_id=world.here.item.pk)
    year = world.here.account.crop_year
    staff.post(url, {"what": "open", "crop_year": year, "kg": "90000", "reason": "opening balance"})
    answer = staff.post(url, {"what": "allocate", "crop_year": year, "kg": "-20000", "reason": "smaller harvest"})
    assert answer.status_code == 422
    assert "90,000 kg are certified or held already" in answer.content.decode()
    with tenant(world.here.certifier):
        assert Account.objects.get(pk=world.here.account.pk).allocated == Decimal(100_000)


def test_a_suspended_product_says_so(world: World, staff: Client) -> None:
    staff.post(
        at("product_status", world, item_id=world.here.item.pk), {"status": "suspended", "reason": "residue found"}
    )
    assert "Suspended" in staff.get(at("operation", world)).content.decode()


def test_an_operation_is_added_and_changed_with_a_reason(world: World, staff: Client) -> None:
    facts = {
        "name": "Asociación El Huabo", "nop_id": "9010000042", "address": "Jaén", "country": "Peru",
        "email": "el@huabo.example", "status": "certified", "certified_from": "2024-02-01", "soe_compliant": "on",
        "standard": "NOP", "language": "es",
    }  # fmt: skip
    slug = world.here.certifier.slug
    backwards = staff.post(reverse("new_exporter", args=[slug]), {**facts, "certified_to": "2019-02-01"})
    assert backwards.content.decode().count("The anniversary must not be before the day of") == 2
    assert staff.post(reverse("new_exporter", args=[slug]), facts).status_code == 302
    taken = staff.post(reverse("new_exporter", args=[slug]), facts)
    assert taken.status_code == 422
    change = {**facts, "status": "suspended", "reason": "inspection refused"}
    assert staff.post(reverse("edit_exporter", args=[slug, "9010000042"]), change).status_code == 302
    with tenant(world.here.certifier):
        assert Exporter.objects.get(nop_id="9010000042").status == "suspended"
        event = AuditEvent.objects.get(verb="changed status")
    assert (event.old, event.new, event.note) == ("certified", "suspended", "inspection refused")


def test_a_page_opened_before_a_colleague_changed_the_operation_undoes_nothing(world: World, staff: Client) -> None:
    url = at("edit_exporter", world)
    form = staff.get(url).context["forms"][0]
    page = {name: form[name].value() or "" for name in form.fields} | {"soe_compliant": "on", "reason": "moved house"}
    page["address"] = page["address"].replace("\n", "\r\n")
    with tenant(world.here.certifier):
        facts = {"status": "suspended", "region": "Amazonas", "address": "Jaén\nKm 4"}
        Exporter.objects.filter(pk=world.here.exporter.pk).update(**facts)
    assert staff.post(url, {**page, "email": "new@valleverde.example"}).status_code == 302
    both = staff.post(url, {**page, "region": "Piura", "short_name": "CVV"})
    assert (both.status_code, "changed this meanwhile to “Amazonas”" in both.content.decode()) == (422, True)
    form = both.context["forms"][0]
    again = {name: form[name].value() or "" for name in form.fields}
    assert (again["region"], again["status"], again["address"]) == ("Piura", "suspended", "Jaén\nKm 4")
    assert staff.post(url, {**again, "reason": "moved house"}).status_code == 302
    with tenant(world.here.certifier):
        fresh = Exporter.objects.get(pk=world.here.exporter.pk)
    assert (fresh.status, fresh.region, fresh.address) == ("suspended", "Piura", "Jaén\nKm 4")
    assert (fresh.email, fresh.short_name, fresh.soe_compliant) == ("new@valleverde.example", "CVV", True)
    assert staff.post(url, {**page, "shown": "[" * 100_000}).status_code == 302


def test_the_first_person_of_an_exporter_is_invited_by_staff(world: World, staff: Client) -> None:
    data = {"email": "first@valleverde.example", "role": "exporter_sender"}
    assert [staff.post(at("operation", world), data).status_code for _click in range(2)] == [302, 302]
    with tenant(world.here.certifier):
        invitation = Invitation.objects.get()
        assert (invitation.exporter_id, invitation.token_hash) == (world.here.exporter.pk, None)
    assert Dispatch.objects.filter(topic="invitation", subject_id=invitation.pk).exists()


def test_an_importer_that_the_registry_does_not_know_is_not_confirmed(world: World, staff: Client) -> None:
    with tenant(world.here.certifier):
        ImporterContact.objects.filter(pk=world.here.contact.pk).update(confirmed_at=None)
    Importer.objects.filter(pk=world.importer.pk).update(status="not_found")
    said = "INTEGRITY does not know"
    assert said in staff.get(reverse("operations", args=[world.here.certifier.slug])).content.decode()
    url = reverse("confirm_importer", args=[world.here.certifier.slug, world.here.contact.pk])
    assert said in staff.post(url, follow=True).content.decode()
    with tenant(world.here.certifier):
        assert ImporterContact.objects.get(pk=world.here.contact.pk).confirmed_at is None


def test_a_provisional_importer_is_confirmed_once(world: World, staff: Client) -> None:
    with tenant(world.here.certifier):
        ImporterContact.objects.filter(pk=world.here.contact.pk).update(confirmed_at=None)
    url = reverse("confirm_importer", args=[world.here.certifier.slug, world.here.contact.pk])
    assert "is confirmed" in staff.post(url, follow=True).content.decode()
    assert "A colleague confirmed" in staff.post(url, follow=True).content.decode()


def test_the_list_is_searched_by_name_and_nop_id(world: World, staff: Client) -> None:
    url = reverse("operations", args=[world.here.certifier.slug])
    assert world.here.exporter.name in staff.get(url, {"q": world.here.exporter.nop_id}).content.decode()
    assert "No operation matches" in staff.get(url, {"q": "nobody"}).content.decode()


def test_both_words_are_shown_when_office_and_registry_differ(world: World, staff: Client) -> None:
    with tenant(world.here.certifier):
        Exporter.objects.filter(pk=world.here.exporter.pk).update(registry_status="suspended", registry_read_at=now())
    assert "INTEGRITY: Suspended" in staff.get(reverse("operations", args=[world.here.certifier.slug])).content.decode()
    page = staff.get(at("operation", world)).content.decode()
    assert "Your office and INTEGRITY do not say the same" in page


def test_what_cannot_be_counted_is_refused_at_the_field(world: World, staff: Client) -> None:
    data = {"what": "allocate", "crop_year": world.here.account.crop_year, "kg": "99999999999.999", "reason": "a typo"}
    answer = staff.post(at("product_quantity", world, item_id=world.here.item.pk), data)
    assert answer.status_code == 422
    assert answer.content.decode().count("more than the portal can count") == 2
    with tenant(world.here.certifier):
        assert Account.objects.get(pk=world.here.account.pk).allocated == Decimal(100_000)


def test_a_cap_is_removed_and_comes_back(world: World, staff: Client) -> None:
    url = at("product_quantity", world, item_id=world.here.item.pk)
    data = {"crop_year": world.here.account.crop_year, "reason": "buys from certified farms"}
    assert staff.post(url, {**data, "what": "no_cap"}).status_code == 302
    assert staff.post(url, {**data, "what": "allocate", "kg": "7,000"}).status_code == 302
    with tenant(world.here.certifier):
        account = Account.objects.get(pk=world.here.account.pk)
        deltas = [entry.allocated_delta for entry in Entry.objects.filter(account=account).order_by("pk")]
    assert account.allocated == sum(deltas) == Decimal(7_000)
    assert deltas[-2:] == [Decimal(-100_000), Decimal(7_000)]


def test_a_status_that_a_colleague_changed_first_is_told(
    world: World, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(**_: object) -> None:
        raise Overtaken(world.here.version)

    monkeypatch.setattr(products, "set_status", too_late)
    data = {"status": "suspended", "reason": "residue found"}
    answer = staff.post(at("product_status", world, item_id=world.here.item.pk), data, follow=True)
    assert "A colleague changed the status of PV-03" in answer.content.decode()


def test_operations_of_one_name_are_all_listed(world: World, staff: Client) -> None:
    facts = {"name": "Same name", "address": "x", "country": "Peru", "email": "o@x.example"}
    with tenant(world.here.certifier):
        for number in range(60):
            Exporter.objects.create(
                certifier=world.here.certifier, nop_id=f"90100{number:05}", certified_from=date(2020, 1, 1), **facts
            )
    url = reverse("operations", args=[world.here.certifier.slug])
    seen: list[str] = []
    while url:
        page = staff.get(url)
        seen += [exporter.nop_id for exporter in page.context["exporters"]]
        url = f"?after={page.context['next']}" if page.context["next"] else ""
        url = url and reverse("operations", args=[world.here.certifier.slug]) + url
    assert len(seen) == len(set(seen)) == 61


@pytest.mark.parametrize(
    ("who", "path", "data"),
    [
        ("admin", "people/", {"end": "9" * 5000}),
        ("admin", "people/", {"withdraw": "9" * 30}),
        ("sender", "api-keys/", {"revoke": "9" * 5000}),
        ("reviewer", "cases/{reference}/take/", {"over": "9" * 5000}),
        ("reviewer", "cases/{reference}/verdicts/", {"line": "9" * 5000}),
        ("reviewer", "cases/{reference}/lines/1/approve/", {"revision": "9" * 5000}),
        ("reviewer", "queue/", {"chosen": "\x00", "take": "1"}),
    ],
)
def test_numbers_that_no_page_has_sent_break_nothing(world: World, who: str, path: str, data: dict[str, str]) -> None:
    request = cases.taken(world.here)
    answer = signed_in(getattr(world.here, who)).post(f"/tierra/{path.format(reference=request.reference)}", data)
    assert answer.status_code in {302, 404, 422}
