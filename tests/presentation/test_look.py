"""Every part of the look, once, in a real browser: accessible, without overflow and within the policy, at both widths."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from tests.browser import PageAt, assert_accessible, assert_no_overflow, show
from tests.presentation.style import rendered

STATIC = Path(settings.BASE_DIR) / "static"


@pytest.mark.parametrize("name", ["exporter", "queue", "case", "public"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_part_is_accessible_and_fits(page_at: PageAt, name: str, width: int) -> None:
    page = page_at(width)
    show(page, rendered(name))
    assert_no_overflow(page)
    assert_accessible(page)
    page.emulate_media(color_scheme="dark")
    assert_accessible(page, only=("color-contrast",))


def test_the_helpers_notice_what_they_are_there_for(page_at: PageAt) -> None:
    page = page_at(390)
    wide = '<p class="muted">wide</p><table class="over"><tr><td>' + "x" * 200 + "</td></tr></table>"
    show(page, f'<!doctype html><html><body><p style="color:#eee">pale</p><input>{wide}</body></html>')
    with pytest.raises(AssertionError, match="label: <input>"):
        assert_accessible(page)
    with pytest.raises(AssertionError, match="px wide on 390"):
        assert_no_overflow(page)
    assert [trouble for trouble in page.troubles if "Content Security Policy" in trouble]
    page.troubles.clear()


def test_five_words_of_the_main_navigation_fit_a_phone(page_at: PageAt) -> None:
    page = page_at(390)
    show(page, rendered("exporter"))
    assert page.locator(".top nav").evaluate("nav => nav.scrollWidth <= nav.clientWidth")


def test_a_page_with_errors_says_so_in_its_title_and_moves_the_focus_there(page_at: PageAt) -> None:
    page = page_at(1280)
    show(page, rendered("exporter"))
    assert page.title() == "Error: Parts of the exporter's pages - Tierra Firme Certification"
    assert page.evaluate("document.activeElement.id") == "errors"
    page.get_by_role("link", name="is missing").first.click()
    assert page.evaluate("document.activeElement.name") == "weight"


def test_the_stylesheet_and_scripts_stay_within_their_budget() -> None:
    def packed(*paths: Path) -> int:
        return len(gzip.compress(b"".join(path.read_bytes() for path in paths), 9))

    own = [path for path in sorted((STATIC / "js").glob("*.js")) if path.name != "htmx.min.js"]
    assert packed(STATIC / "css" / "app.css") <= 12 * 1024
    plain, sent = (
        sum(path.stat().st_size for path in own),
        sum(packed(path) for path in own),
    )  # each by itself, as it is sent
    assert sent <= 6 * 1024
    said = f"{plain / 1000:.0f} KB of own scripts ({sent / 1000:.0f} KB compressed)"
    assert said in (Path(settings.BASE_DIR) / "README.md").read_text(), (plain, sent)
    assert packed(STATIC / "js" / "htmx.min.js") <= 17 * 1024


def test_what_htmx_puts_into_a_page_stands_at_once() -> None:
    """Text typed within htmx's 20 ms of settling was lost: it put the attributes of the field back."""
    (said,) = re.findall(r"name=\"htmx-config\" content='([^']+)'", rendered("queue"))
    assert json.loads(said)["defaultSettleDelay"] == 0


def test_htmx_is_the_file_of_the_installed_package() -> None:
    import django_htmx

    theirs = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert (STATIC / "js" / "htmx.min.js").read_bytes() == theirs.read_bytes()


def test_no_template_carries_an_inline_style_or_script() -> None:
    ours = [
        p
        for p in (Path(settings.BASE_DIR) / "templates").rglob("*.html")
        if "certificates" not in p.parts and "emails" not in p.parts
    ]
    inline = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*(?:\ssrc=|application/json))|javascript:")
    assert [str(p) for p in ours if inline.search(p.read_text())] == []


NORDHOF = {
    "light": {"brand": "#4b5a14", "brand_tint": "#eef1df", "on_brand": "#ffffff"},
    "dark": {"brand": "#c5d47e", "brand_tint": "#2a3110", "on_brand": "#1c2206"},
}


def test_a_certifier_brings_three_colours_and_nothing_else(page_at: PageAt) -> None:
    css = render_to_string("parts/theme.css", {"brand": NORDHOF})
    assert set(re.findall(r"--[\w-]+", css)) == {"--brand", "--brand-tint", "--on-brand"}
    assert render_to_string("parts/theme.css", {"brand": {}}).strip() == ""
    page = page_at(1280)
    show(page, rendered("exporter"), theme=css)
    button = page.get_by_role("button", name="Save and continue")
    assert button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(75, 90, 20)"
    assert_accessible(page, only=("color-contrast",))
    page.emulate_media(color_scheme="dark")
    assert button.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(197, 212, 126)"
    assert_accessible(page, only=("color-contrast",))


def test_in_forced_colours_the_segments_of_a_bar_still_differ(page_at: PageAt) -> None:
    page = page_at(1280, forced_colors="active")
    show(page, rendered("exporter"))
    fills = page.evaluate("['.used', '.this'].map((c) => getComputedStyle(document.querySelector('.bar ' + c)).fill)")
    assert len(set(fills)) == 2


def test_an_old_browser_gets_the_light_colours() -> None:
    css = (STATIC / "css" / "app.css").read_text()
    plain, modern = css[: css.index("@supports (color: light-dark")], css[css.index("@supports (color: light-dark") :]
    tokens = set(re.findall(r"(--[\w-]+): light-dark\(", modern))
    assert tokens <= set(re.findall(r"(--[\w-]+): #", plain))
    for token, light in re.findall(r"(--[\w-]+): light-dark\((#\w+)", modern):
        short = re.sub(r"^#(\w)\1(\w)\2(\w)\3$", r"#\1\2\3", light)
        assert f"{token}: {light};" in plain or f"{token}: {short};" in plain, token
