"""The small scripts, which nothing needs: copying, comparing, keys, photos, drafts, and htmx under the policy."""

import hashlib
from pathlib import Path

from tests.browser import PageAt, show, wait_until
from tests.presentation.style import rendered


def test_the_copy_button_copies_and_is_hidden_without_javascript(page_at: PageAt) -> None:
    page = page_at(1280)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin="http://localhost")
    show(page, rendered("public"))
    page.get_by_role("button", name="Copy certificate number").click()
    assert page.evaluate("navigator.clipboard.readText()") == "417-8150004127-000318"
    plain = page_at(1280, javascript=False)
    show(plain, rendered("public"))
    assert plain.get_by_role("button", name="Copy").count() == 0


def test_a_chosen_pdf_is_compared_on_the_device(page_at: PageAt, tmp_path: Path) -> None:
    paper = tmp_path / "certificate.pdf"
    paper.write_bytes(b"%PDF-1.7 the one that was issued")
    page = page_at(390)
    show(page, rendered("public", sha256=hashlib.sha256(paper.read_bytes()).hexdigest()))
    page.get_by_label("Choose your PDF").set_input_files(paper)
    page.get_by_text("This is the PDF we issued, byte for byte.").wait_for()
    other = tmp_path / "other.pdf"
    other.write_bytes(b"%PDF-1.7 another one")
    page.get_by_label("Choose your PDF").set_input_files(other)
    page.get_by_text("This is not the PDF we issued.").wait_for()


def test_keys_walk_open_tick_and_search_and_can_be_switched_off(page_at: PageAt) -> None:
    page = page_at(1280)
    show(page, rendered("queue"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.here").get_attribute("id") == "row-2026-0424"
    page.keyboard.press("x")
    assert page.get_by_label("Select 2026-0424").is_checked()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**#case-2026-0433")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("jj")
    assert page.locator("tr.here").get_attribute("id") == "row-2026-0433"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_label("Single keys are on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    assert page.locator("tr.here").get_attribute("id") == "row-2026-0433"


def test_the_key_that_takes_a_case_needs_no_row_to_stand_on(page_at: PageAt) -> None:
    page = page_at(1280)
    show(page, rendered("queue"))
    page.evaluate(
        "() => { document.querySelector('[data-key=a]').onclick = (e) => { e.preventDefault(); document.title = 'taken'; }; }"
    )
    page.keyboard.press("a")
    assert page.title() == "taken"


def test_keys_give_verdicts_in_the_case(page_at: PageAt) -> None:
    page = page_at(1280)
    show(page, rendered("case"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("2")
    assert page.locator("#c11 [value=differs]").is_checked()
    page.keyboard.press("3")
    assert page.locator("#c11 [value=na]").is_checked()


def test_a_large_photo_is_made_smaller_before_it_is_sent(page_at: PageAt, tmp_path: Path) -> None:
    from PIL import Image

    photo = tmp_path / "packing list.jpg"
    Image.effect_noise((3000, 2400), 40).convert("RGB").save(photo, quality=95)
    page = page_at(390)
    show(page, rendered("exporter").replace("</head>", '<script src="/static/js/upload.js" defer></script></head>'))
    page.get_by_label("Add the signed declaration").set_input_files(photo)
    page.get_by_text("made smaller on your device from").wait_for()
    size = page.evaluate(
        """async () => { const f = document.getElementById("u3").files[0]; const b = await createImageBitmap(f);
           return [f.name, f.type, b.width, b.height, f.size]; }"""
    )
    assert size[:4] == ["packing list.jpg", "image/jpeg", 2000, 1600]
    assert size[4] < photo.stat().st_size


def test_a_large_picture_keeps_its_kind_where_the_field_takes_no_jpeg(page_at: PageAt, tmp_path: Path) -> None:
    from PIL import Image

    picture = tmp_path / "packing list.png"
    Image.effect_noise((3000, 2400), 40).save(picture)
    page = page_at(390)
    html = rendered("exporter").replace(
        'accept="application/pdf,image/*" aria-describedby="u3-h"', 'accept=".png,image/png"'
    )
    show(page, html.replace("</head>", '<script src="/static/js/upload.js" defer></script></head>'))
    page.get_by_label("Add the signed declaration").set_input_files(picture)
    page.get_by_text("made smaller on your device from").wait_for()
    sent = page.evaluate(
        """async () => { const f = document.getElementById("u3").files[0]; const b = await createImageBitmap(f);
           return [f.name, f.type, b.width, b.height]; }"""
    )
    assert sent == ["packing list.png", "image/png", 2000, 1600]


def test_what_was_typed_comes_back_until_the_server_has_it(page_at: PageAt) -> None:
    page = page_at(390)
    html = rendered("exporter")
    show(page, html)
    page.get_by_label("Lot numbers").fill("VV-26-118")
    wait_until(page, "() => localStorage.length > 0")
    show(page, html)
    page.get_by_role("button", name="Put it back").click()
    assert page.get_by_label("Lot numbers").input_value() == "VV-26-118"
    show(page, html.replace('data-version="7"', 'data-version="8"'))
    assert page.evaluate("localStorage.length") == 0


def test_htmx_swaps_good_answers_and_forms_with_errors_under_the_policy(page_at: PageAt) -> None:
    page = page_at(1280)
    form = '<form id="f" hx-post="/saved/" hx-swap="outerHTML"><button>Save</button></form><p id="o" hx-get="/left/" hx-trigger="click">Left</p>'
    html = rendered("public").replace("<main", f"{form}<main", 1)
    wrong = '<form id="f"><p class="err">Net weight: enter the net weight in kilograms</p></form>'
    copy = '<span class="copy"><output>19200</output><button type="button" data-copy hidden data-done="Copied"><span>Copy</span></button></span>'
    show(page, html, fragments={"/saved/": (422, wrong), "/left/": (200, copy)})
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Net weight: enter the net weight in kilograms").wait_for()
    page.locator("#o").click()
    page.locator("#o").get_by_role("button", name="Copy").wait_for()
