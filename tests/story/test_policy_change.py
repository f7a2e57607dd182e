"""A certifier changes its rules in the browser; a request that was sent keeps those it was sent under."""

import re
from typing import Any

from playwright.sync_api import expect

from nopic.requests.facts import rules_of
from nopic.requests.models import CertificateRequest
from nopic.tenants.context import tenant
from nopic.tenants.queries import policy_of
from tests.browser import assert_accessible, assert_no_overflow, sign_in
from tests.factories import World, submitted


def test_a_policy_change_leaves_sent_requests_alone(committed_world: World, server: str, page_at: Any) -> None:
    here = committed_world.here
    with tenant(here.certifier):
        reference = submitted(here).reference
    page = page_at(390)
    sign_in(page, server, here.admin)
    page.goto(f"{server}/{here.certifier.slug}/policies/time/")
    page.locator("#f-lead_days").fill("9")
    page.locator("#f-why").fill("The season begins")
    page.get_by_role("button", name="Show what users will read").last.click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("Lead days: 3 → 9")
    assert_no_overflow(page)
    assert_accessible(page)
    page.get_by_role("button", name="Save change").click()
    page.wait_for_load_state()
    expect(page.locator("body")).to_contain_text("requests already sent keep what they were sent under")
    expect(page.locator("main")).to_contain_text(re.compile(r"Lead days: 3 → 9"))
    with tenant(here.certifier):
        request = CertificateRequest.objects.get(certifier=here.certifier, reference=reference)
        assert (policy_of(here.certifier.pk).rules.lead_days, rules_of(request).lead_days) == (9, 3)
