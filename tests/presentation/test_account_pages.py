"""django-allauth's pages in our dress: they open, they are accessible on a phone, and signing in works under the policy."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.browser import PageAt, assert_accessible, assert_no_overflow, show
from tests.factories import PASSWORD, World

OPEN = ["account_login", "account_reset_password", "account_signup", "account_inactive"]
INSIDE = [
    "account_logout",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
]


def signed_in(email: str) -> Client:
    """By the form, because allauth remembers how and when somebody signed in."""
    client = Client()
    answer = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def looks_right(page_at: PageAt, html: str) -> None:
    page = page_at(390)
    show(page, html)
    assert_no_overflow(page)
    assert_accessible(page)


def test_the_pages_before_signing_in_are_accessible_on_a_phone(db: None, page_at: PageAt) -> None:
    page = page_at(390)
    for name in OPEN:
        answer = Client().get(reverse(name))
        assert answer.status_code == 200, name
        show(page, answer.content.decode(), f"/{name}/")
        assert_no_overflow(page)
        assert_accessible(page)


def test_the_pages_of_password_and_security_are_accessible_on_a_phone(world: World, page_at: PageAt) -> None:
    client = signed_in(world.here.sender.email)
    page = page_at(390)
    for name in INSIDE:
        answer = client.get(reverse(name))
        assert answer.status_code == 200, name
        show(page, answer.content.decode(), f"/{name}/")
        assert_no_overflow(page)
        assert_accessible(page)


def test_an_empty_sign_in_names_its_fields_in_the_portals_words(db: None) -> None:
    text = Client().post(reverse("account_login"), {"login": "", "password": "\x00"}).content.decode()
    for sentence in ("Email is missing", "Password contains a character that cannot be kept"):
        assert text.count(sentence) == 2  # in the summary and at the field


def test_a_wrong_password_is_told_in_the_summary_and_the_title(db: None) -> None:
    html = (
        Client().post(reverse("account_login"), {"login": "nobody@example.com", "password": "wrong"}).content.decode()
    )
    assert "<title>Error: Sign in" in html
    assert 'id="errors"' in html


def test_a_forgotten_password_is_renewed_by_a_code_from_the_mailbox(world: World, page_at: PageAt) -> None:
    client = Client()
    page = client.post(reverse("account_reset_password"), {"email": world.here.sender.email}, follow=True)
    looks_right(page_at, page.content.decode())
    [letter] = mail.outbox
    code = next(
        line.strip()
        for line in str(letter.body).splitlines()
        if len(line.strip()) in range(6, 12) and " " not in line.strip()
    )
    page = client.post(reverse("account_confirm_password_reset_code"), {"code": code}, follow=True)
    looks_right(page_at, page.content.decode())
    new = "another long sentence 2026"
    page = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new}, follow=True)
    assert (
        Client().post(reverse("account_login"), {"login": world.here.sender.email, "password": new}).status_code == 302
    )


def test_the_authenticator_app_is_turned_on_and_asked_for(world: World, page_at: PageAt) -> None:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client = signed_in(world.here.sender.email)
    form = client.get(reverse("mfa_activate_totp")).context["form"]

    _, now, _ = yield_hotp_counters_from_time()  # one step of tolerance: the page may take a code that just ended
    code = format_hotp_value(hotp_value(form.secret, now))
    codes = client.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    looks_right(page_at, codes.content.decode())
    assert codes.content.decode().count("<li>") >= 10
    looks_right(page_at, client.get(reverse("mfa_index")).content.decode())
    looks_right(page_at, client.get(reverse("mfa_deactivate_totp")).content.decode())
    looks_right(page_at, client.get(reverse("mfa_generate_recovery_codes")).content.decode())
    second = Client().post(
        reverse("account_login"), {"login": world.here.sender.email, "password": PASSWORD}, follow=True
    )
    assert second.request["PATH_INFO"] == reverse("mfa_authenticate")
    looks_right(page_at, second.content.decode())


def test_a_passkey_signs_in_under_the_policy(committed_world: World, server: str, page_at: PageAt) -> None:
    page = page_at(1280)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}},
    )  # fmt: skip
    page.goto(server + reverse("account_login"))
    page.get_by_label("E-mail").fill(committed_world.here.sender.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(server + reverse("mfa_add_webauthn"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("Phone of the packing house")
    page.get_by_label("Sign in with it alone, without a password").check()
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    page.goto(server + reverse("mfa_index"))
    page.get_by_text("1 passkey or security key.").wait_for()
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto(server + reverse("account_login"))
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.goto(server + reverse("mfa_list_webauthn"))
    page.get_by_text("Phone of the packing house").first.wait_for()


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_an_error_page_says_what_to_do_and_is_accessible(name: str, page_at: PageAt) -> None:
    from django.template.loader import render_to_string

    looks_right(page_at, render_to_string(name))
