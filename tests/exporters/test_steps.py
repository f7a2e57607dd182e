"""The six steps over HTTP: every POST saves, what is wrong is said beside the field, and nothing is lost."""

import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exporters.forms.typed import flat
from nopic.documents.models import Document
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.workflow.clock import now
from tests.factories import World, complete_draft, draft, line_answers, signed_in
from tests.frames.stories import permitted


@pytest.fixture
def rosa(world: World) -> Client:
    return signed_in(world.here.sender)


def at(request: CertificateRequest, step: str) -> str:
    return f"/{request.certifier.slug}/requests/{request.reference}/{step}/"


def fresh(request: CertificateRequest) -> CertificateRequest:
    with tenant(request.certifier_id):
        return CertificateRequest.objects.get(pk=request.pk)


def product(world: World, **changes: str) -> dict[str, str]:
    return {
        "lines-0-item": str(world.here.item.pk), "lines-0-net": "19.200", "lines-0-unit": "kg",
        "lines-0-packages": "320", "lines-0-package_kind": "bags", "lines-0-gross": "19 520",
        "lines-0-lots-0-code": "VV-26-118, VV-26-121", **changes,
    }  # fmt: skip


def test_every_step_opens_empty_without_complaining(world: World, rosa: Client) -> None:
    request = draft(world.here)
    for step in ("departure", "importer", "products", "transport", "documents", "check"):
        answer = rosa.get(at(request, step))
        assert answer.status_code == 200, step
        assert "There is a problem" not in answer.content.decode()


def test_a_good_answer_is_saved_and_leads_to_the_next_step(world: World, rosa: Client) -> None:
    request = draft(world.here)
    leaves = (now() + timedelta(days=20)).date().isoformat()
    answer = rosa.post(at(request, "departure"), {"departure_on": leaves, "revision": "1"})
    assert (answer.status_code, answer.url) == (302, at(request, "importer"))
    assert fresh(request).departure_on.isoformat() == leaves


def test_a_wrong_answer_is_kept_and_said_at_the_field_and_in_the_summary(world: World, rosa: Client) -> None:
    request = draft(world.here)
    answer = rosa.post(at(request, "products"), product(world, **{"lines-0-net": "a lot"}) | {"revision": "1"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="a lot"' in text
    assert 'href="#lines-0-net"' in text
    assert 'id="lines-0-net-error"' in text
    assert fresh(request).raw["products"]["lines"][0]["net"] == "a lot"
    again = rosa.get(at(request, "products")).content.decode()  # a closed browser comes back
    assert 'value="a lot"' in again


def test_kilograms_are_read_in_the_notation_of_the_packing_house(world: World, rosa: Client) -> None:
    request = draft(world.here)
    assert rosa.post(at(request, "products"), product(world) | {"revision": "1"}).status_code == 302
    with tenant(world.here.certifier):
        line = fresh(request).lines.get()
        assert (str(line.net_kg), line.net_typed, [lot.code for lot in line.lots.all()]) == (
            "19200.000", "19.200", ["VV-26-118", "VV-26-121"],
        )  # fmt: skip


def test_products_and_lots_are_added_and_removed_without_script(world: World, rosa: Client) -> None:
    request = draft(world.here)
    rosa.post(at(request, "products"), product(world) | {"revision": "1", "go": "add-line"})
    assert len(fresh(request).raw["products"]["lines"]) == 2
    page = rosa.get(at(request, "products")).content.decode()
    assert "lines-1-item" in page
    answers = product(world, **{"lines-1-item": str(world.here.second_item.pk), "lines-1-net": "5"})
    with tenant(world.here.certifier):
        line = fresh(request).lines.get()
    answers["lines-0-id"] = str(line.pk)
    rosa.post(at(request, "products"), answers | {"revision": str(fresh(request).revision), "go": "remove-line:0"})
    with tenant(world.here.certifier):
        assert [one.item_id for one in fresh(request).lines.filter(removed=False)] == [world.here.second_item.pk]


def test_the_row_of_a_bought_lot_is_removed_whoever_sold_it(world: World, rosa: Client) -> None:
    request = draft(world.here)
    bought = {"lines-0-lots-1-code": "B-7", "lines-0-lots-1-kg": "100", "lines-0-lots-1-supplier": "7"}
    rosa.post(at(request, "products"), product(world) | bought | {"revision": "1", "go": "later"})
    assert 'value="remove-lot:0:1"' in rosa.get(at(request, "products")).content.decode()
    revision = str(fresh(request).revision)
    rosa.post(at(request, "products"), product(world) | bought | {"revision": revision, "go": "remove-lot:0:1"})
    page = rosa.get(at(request, "products")).content.decode()
    assert [row["code"] for row in fresh(request).raw["products"]["lines"][0]["lots"]] == ["VV-26-118, VV-26-121"]
    assert "remove-lot" not in page  # the last row stays


def test_a_removed_product_is_said_and_comes_back_as_it_was_typed(world: World, rosa: Client) -> None:
    request = draft(world.here)
    second = {"lines-1-item": str(world.here.second_item.pk), "lines-1-net": "4.000", "lines-1-gross": "who knows"}
    rosa.post(at(request, "products"), product(world) | second | {"revision": "1", "go": "remove-line:1"})
    page = rosa.get(at(request, "products")).content.decode()
    assert "Organic white quinoa CANARY-tierra, 4.000 kg" in page
    assert 'value="put-back:0"' in page
    revision = str(fresh(request).revision)
    rosa.post(at(request, "products"), product(world) | {"revision": revision, "go": "put-back:0"})
    raw = fresh(request).raw["products"]
    assert (raw["lines"][1]["gross"], raw["removed"]) == ("who knows", [])
    assert 'value="who knows"' in rosa.get(at(request, "products")).content.decode()


def test_choosing_a_product_brings_its_name_code_and_packages_at_once(world: World, rosa: Client) -> None:
    request = draft(world.here)
    url = at(request, "products") + "0/left/"
    text = rosa.post(url, {"lines-0-item": str(world.here.item.pk), "lines-0-package_kind": ""}).content.decode()
    assert "1. Organic green coffee CANARY-tierra" in text
    assert "0901.11.0015" in text
    assert 'id="receive" hx-swap-oob="true"' in text
    assert 'id="lines-0-package_kind" value="bags"' in text
    typed = rosa.post(url, product(world, **{"lines-0-package_kind": "drums of 60 kg"})).content.decode()
    assert 'id="lines-0-package_kind"' not in typed  # what somebody typed is left alone
    assert '<span id="lines-0-packages-of" hx-swap-oob="true">drums</span>' in typed
    assert rosa.post(at(request, "products") + "7/left/", product(world)).status_code == 404


def test_the_ruler_follows_the_date_that_is_typed(world: World, rosa: Client) -> None:
    request = draft(world.here)
    leaves = (now() + timedelta(days=20)).date().isoformat()
    url = at(request, "departure") + "when/"
    assert "Send the request by" in rosa.post(url, {"departure_on": leaves}).content.decode()
    assert "Send the request by" not in rosa.post(url, {"departure_on": "9999-12-31"}).content.decode()
    assert fresh(request).departure_on is None


def test_a_step_counts_as_done_only_while_nothing_stands_against_it(world: World, rosa: Client) -> None:
    request = complete_draft(world.here)
    done = '<li class="done"><a href="' + at(request, "departure")
    assert done in rosa.get(at(request, "transport")).content.decode()
    with tenant(world.here.certifier):
        raw = fresh(request).raw | {"departure": {"departure_on": "2020-01-01"}}
        CertificateRequest.objects.filter(pk=request.pk).update(raw=raw)  # as a date that passed since
    assert done not in rosa.get(at(request, "transport")).content.decode()


def test_what_is_left_is_shown_while_typing(world: World, rosa: Client) -> None:
    request = draft(world.here)
    url = at(request, "products") + "0/left/"
    assert "80,800 kg left after this request" in rosa.post(url, product(world)).content.decode()
    much = rosa.post(url, product(world, **{"lines-0-net": "120000", "lines-0-gross": "130000"})).content.decode()
    assert "20,000 kg too much" in much
    assert 'value="use:0:100,000"' in much


def test_a_second_tab_is_shown_both_and_loses_neither(world: World, rosa: Client) -> None:
    request = draft(world.here)
    first, second = product(world), product(world, **{"lines-0-net": "18000"})
    rosa.post(at(request, "products"), first | {"revision": "1"})
    answer = rosa.post(at(request, "products"), second | {"revision": "1"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "19.200" in text
    assert "18000" in text
    assert "Organic green coffee CANARY-tierra: Net weight" in text
    assert "lines-0-net</th>" not in text
    kept = rosa.post(at(request, "products"), second | {"revision": str(fresh(request).revision)})
    assert kept.status_code == 302
    with tenant(world.here.certifier):
        assert str(fresh(request).lines.get().net_kg) == "18000.000"


def test_a_supplier_is_added_and_can_be_chosen(world: World, rosa: Client) -> None:
    request = draft(world.here)
    url = f"/{request.certifier.slug}/requests/{request.reference}/supplier/"
    assert rosa.post(url, {"supplier-name": "", "supplier-same": "yes"}).status_code == 422
    assert rosa.post(url, {"supplier-name": "El Huabo", "supplier-same": "yes"}).status_code == 302
    assert "Bought from El Huabo" in rosa.get(at(request, "products")).content.decode()


def test_the_check_page_lists_what_is_missing_with_links(world: World, rosa: Client) -> None:
    request = draft(world.here)
    text = rosa.get(at(request, "check")).content.decode()
    assert f'href="{at(request, "departure")}#departure_on"' in text
    answer = rosa.post(at(request, "check"), {"declared": "yes", "revision": "1"})
    assert answer.status_code == 422
    assert fresh(request).status == "draft"


def test_the_check_page_says_whose_clock_once_and_that_one_or_several_shipments_is_not_chosen(
    world: World, rosa: Client
) -> None:
    request = complete_draft(world.here)
    assert "Single shipment" in rosa.get(at(request, "check")).content.decode()
    assert re.search(r"you have the decision by <b>\w+ \d+ \w+, \d\d:\d\d UTC</b>", rosa.get(at(request, "check")).content.decode())  # fmt: skip
    permitted(world.here)
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=request.pk).update(
            raw=request.raw | {"departure": {**request.raw["departure"], "coverage": ""}}
        )
    boxes = [box for _title, cells in rosa.get(at(request, "check")).context["groups"] for box, _url in cells]
    assert [(box.values, box.anchor) for box in boxes if box.number == 2] == [((), "departure#coverage")]


def test_the_check_page_shows_who_is_written_to_and_the_harvest(world: World, rosa: Client) -> None:
    text = rosa.get(at(complete_draft(world.here), "check")).content.decode()
    for shown in ("Harbor Line", "desk@harborline.example", f"Harvest {now().year}"):
        assert shown in text


def test_two_tabs_show_labels_choices_and_dates_as_people_read_them(world: World, rosa: Client) -> None:
    request = complete_draft(world.here)
    raw = {"mode": "air", "arrival_on": "2027-03-01", "revision": "1"}
    text = rosa.post(at(request, "transport"), raw).content.decode()
    for shown in ("Estimated arrival in the United States", "Mon 1 Mar 2027", "How do the goods travel?"):
        assert shown in text
    assert "<td>air</td>" not in text


def test_sending_needs_the_declaration_and_sending_twice_is_one_request(world: World, rosa: Client) -> None:
    request = complete_draft(world.here)
    revision = str(fresh(request).revision)
    undeclared = rosa.post(at(request, "check"), {"revision": revision})
    assert undeclared.status_code == 422
    assert "Tick the box to confirm the declaration" in undeclared.content.decode()
    for _press in range(2):
        sent = rosa.post(at(request, "check"), {"revision": revision, "declared": "yes"})
        assert (sent.status_code, sent.url) == (302, at(request, "sent"))
    with tenant(world.here.certifier):
        assert (fresh(request).status, fresh(request).turn, fresh(request).versions.count()) == ("submitted", 1, 1)


def test_a_member_prepares_but_does_not_send(world: World) -> None:
    request = complete_draft(world.here)
    luis = signed_in(world.here.member)
    assert "Send request</button>" not in luis.get(at(request, "check")).content.decode()
    assert (
        luis.post(at(request, "check"), {"revision": str(fresh(request).revision), "declared": "yes"}).status_code
        == 403
    )
    assert fresh(request).status == "draft"


def test_a_sent_request_leads_back_to_its_page(world: World, rosa: Client) -> None:
    request = complete_draft(world.here)
    rosa.post(at(request, "check"), {"revision": str(fresh(request).revision), "declared": "yes"})
    answer = rosa.post(at(request, "departure"), {"departure_on": "2026-12-24", "revision": "99"})
    assert (answer.status_code, answer.url) == (302, f"/{request.certifier.slug}/requests/{request.reference}/")


def pdf() -> bytes:
    import pikepdf

    made = pikepdf.new()
    made.add_blank_page()
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_files_and_answers_are_kept_row_by_row(committed_world: World) -> None:
    world = committed_world
    rosa = signed_in(world.here.sender)
    request = draft(world.here)
    answer = rosa.post(
        at(request, "documents"),
        {
            "file-commercial_invoice": SimpleUploadedFile("FV-0098.pdf", pdf(), "application/pdf"),
            "file-traceability_declaration": SimpleUploadedFile("trace.pdf", b"not a pdf", "application/pdf"),
            "answer-packing_list": "does_not_apply",
            "reason-packing_list": "One lot in one bag, the invoice says it all",
            "go": "continue",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("Traceability declaration: the file") >= 2
    with tenant(world.here.certifier):
        kept = list(Document.objects.filter(dossier_id=request.dossier_id).values_list("rule", "name"))
        assert kept == [("commercial_invoice", "FV-0098.pdf")]
    assert "One lot in one bag" in text
    with tenant(world.here.certifier):
        document = Document.objects.get(dossier_id=request.dossier_id)
    original = rosa.get(at(request, "documents") + f"{document.pk}/original/")
    assert original["Content-Disposition"].startswith("attachment")
    assert original["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
    assert b"".join(original.streaming_content).startswith(b"%PDF")
    assert rosa.post(at(request, "documents"), {"go": f"remove:{document.pk}"}).status_code == 302
    with tenant(world.here.certifier):
        assert Document.objects.get(pk=document.pk).removed_at is not None


def test_a_transport_document_without_its_kind_is_kept_and_asked_about(committed_world: World) -> None:
    rosa, request = signed_in(committed_world.here.sender), draft(committed_world.here)
    row = "transport_document"
    sent = {f"file-{row}": SimpleUploadedFile("BL.pdf", pdf(), "application/pdf"), f"kind-{row}": "", "go": "stay"}
    asked = rosa.post(at(request, "documents"), sent, headers={"HX-Request": "true"})
    text = asked.content.decode()
    assert asked.status_code == 422
    assert text.count("say which one it is. The file is kept") >= 2  # in the summary that htmx swaps in, and at the row
    assert re.search(r'id="said">\s*<div class="errors"', text)
    assert rosa.post(at(request, "documents"), {f"kind-{row}": "draft", "go": "stay"}).status_code == 302
    with tenant(committed_world.here.certifier):
        kept = Document.objects.get(dossier_id=request.dossier_id)
        assert (kept.name, kept.kind, kept.removed_at) == ("BL.pdf", "draft", None)


def test_a_missing_answer_is_saved_and_the_form_goes_on(world: World, rosa: Client) -> None:
    request = draft(world.here)
    empty = {  # as a browser posts them: nothing for radios, "" for the rest
        "departure": ("importer", ["departure_on"]),
        "importer": ("products", ["nop_id", "name", "address", "importer_email", "broker_name", "broker_email"]),
        "transport": ("documents", ["place_of_loading", "country_of_loading", "port_of_entry", "arrival_on"]),
    }
    for step, (after, names) in empty.items():
        answer = rosa.post(at(request, step), {"revision": str(fresh(request).revision), **dict.fromkeys(names, "")})
        assert (answer.status_code, answer.url) == (302, at(request, after)), step
    assert "Enter the date the goods leave" in rosa.get(at(request, "departure")).content.decode()
    assert "Choose how the goods travel" in rosa.get(at(request, "check")).content.decode()


def test_every_link_to_what_is_missing_leads_to_its_place(world: World, rosa: Client) -> None:
    request = draft(world.here)
    for step in ("departure", "importer", "products", "transport", "documents"):
        rosa.post(at(request, step), {"revision": str(fresh(request).revision), "go": "later"})
    for page in ("", "check/"):
        url = f"/{request.certifier.slug}/requests/{request.reference}/{page}"
        links = set(re.findall(r'href="([^"]+/)#([^"]+)"', rosa.get(url).content.decode()))
        assert len(links) > 10
        shown = {address: rosa.get(address).content.decode() for address, _name in links}
        assert [f"{address}#{name}" for address, name in links if f'id="{name}"' not in shown[address]] == []


def test_a_late_date_asks_why_before_it_goes_on(world: World, rosa: Client) -> None:
    request = draft(world.here)
    today = now().date().isoformat()
    answer = rosa.post(at(request, "departure"), {"departure_on": today, "revision": "1"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="late_reason"' in text
    assert text.count("Tell us why the request is late") >= 2
    why = {"departure_on": today, "late_reason": "The vessel was moved forward by a week.", "revision": "2"}
    assert rosa.post(at(request, "departure"), why).status_code == 302


def test_the_gross_weight_keeps_its_unit_when_the_net_weight_was_written_in_another(world: World, rosa: Client) -> None:
    request = draft(world.here)
    tonnes = product(world, **{"lines-0-net": "19.2 t", "lines-0-unit": "kg", "lines-0-gross": "19,500"})
    assert rosa.post(at(request, "products"), tonnes | {"revision": "1"}).status_code == 302
    shown = rosa.get(at(request, "products")).content.decode()
    assert 'value="19,500 kg"' in shown  # beside the unit t of the net weight now
    again = tonnes | {"lines-0-unit": "t", "lines-0-gross": "19,500 kg", "revision": "2"}
    assert rosa.post(at(request, "products"), again).status_code == 302
    with tenant(world.here.certifier):
        line = fresh(request).lines.get()
    assert (line.net_kg, line.gross_kg) == (Decimal(19_200), Decimal(19_500))


def test_more_than_is_left_is_said_at_the_weight_and_can_be_cut_with_one_press(world: World, rosa: Client) -> None:
    request = draft(world.here)
    much = product(world, **{"lines-0-net": "120,000", "lines-0-gross": "125,000"})
    answer = rosa.post(at(request, "products"), much | {"revision": "1"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("net weight must be 100,000 kg or less") >= 2
    assert "120\N{NO-BREAK SPACE}000 kg, 120 t" in text  # what was understood
    assert 'value="use:0:100,000"' in text
    with tenant(world.here.certifier):
        line = fresh(request).lines.get()
    press = much | {"lines-0-id": str(line.pk), "revision": str(fresh(request).revision), "go": "use:0:100,000"}
    assert rosa.post(at(request, "products"), press).status_code == 302
    with tenant(world.here.certifier):
        assert str(fresh(request).lines.get().net_kg) == "100000.000"


@pytest.mark.parametrize("step", ["departure", "importer", "products", "transport", "documents", "check"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_nothing_that_is_posted_breaks_a_step(world: World, rosa: Client, step: str, day: str) -> None:
    request = draft(world.here)
    nines = "9" * 4990  # more digits than Python turns into a number
    wild = {
        "revision": nines, "go": f"use:{nines}:x", "departure_on": day, "arrival_on": day,
        "contact": nines, "lines-0-item": nines, "lines-0-id": nines, "lines-0-net": nines, "lines-0": "x", "lines-0-lots-x": "y",
        "lines-x-net": "1", "containers-0": "x", "containers-0-number": "\x00", "mode": "🚢", "declared": "yes",
    }  # fmt: skip
    assert rosa.post(at(request, step), wild).status_code in (302, 409, 422)
    assert rosa.get(at(request, step)).status_code == 200


@pytest.mark.parametrize("step", ["products", "check"])
def test_the_same_product_twice_is_merged_by_a_button(world: World, rosa: Client, step: str) -> None:
    light = {"net": "60", "gross": "61", "packages": "1"}
    lines = [line_answers(world.here, **light, lots=code) for code in ("A", "B")]
    request = complete_draft(world.here, lines=lines)
    page = rosa.get(at(request, step)).content.decode()
    [button] = re.findall(r'name="go" value="(merge:\d+)"', page)
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    if step == "products":
        with tenant(world.here.certifier):
            request.refresh_from_db()
            form |= dict(flat(request.raw["products"]))
    assert rosa.post(at(request, step), form | {"go": button}).status_code == 302
    page = rosa.get(at(request, step)).content.decode()
    assert "The two are one product now" in page
    assert "merge:" not in page
    with tenant(world.here.certifier):
        [line] = request.lines.all()
        assert (line.net_kg, [lot.code for lot in line.lots.all()]) == (120, ["A", "B"])
