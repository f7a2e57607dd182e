"""What happens to a certificate afterwards, in the browser: replaced while it is being issued, cancelled under the importer's eyes."""

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from nopic.certificates.models import Certificate
from nopic.certificates.statuses import CertificateStatus
from nopic.requests import actions as filing
from nopic.requests import queries
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.review import actions as review
from nopic.tenants.context import tenant
from nopic.workflow import dispatch
from nopic.workflow.clock import now
from tests import factories
from tests.browser import assert_accessible, assert_no_overflow, sign_in
from tests.factories import World
from tests.faults import lab
from tests.mock_oid import MockOid
from tests.review import cases
from tests.story.test_story import TOPICS


def test_a_certificate_is_replaced_while_it_is_being_issued(
    registry: MockOid, committed_world: World, server: str, page_at: Any
) -> None:
    here = committed_world.here
    [old] = lab.begun(here)
    registry.fail("register", "503_after_commit")  # INTEGRITY has it and does not say so yet
    dispatch.run(lab.owed("registry")[0])
    slug, page = here.certifier.slug, page_at(390)
    sign_in(page, server, here.sender)
    page.goto(f"{server}/{slug}/my-certificates/{old.pk}/")
    page.get_by_role("link", name=re.compile("^Change this certificate")).click()
    page.get_by_role("link", name=re.compile("^Replace this certificate")).click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("It is published first; then the other one takes its place.")
    assert_no_overflow(page)
    assert_accessible(page)
    page.get_by_role("button", name="Start the replacement").click()
    page.wait_for_url(re.compile(r"/requests/[\d-]+/$"))
    _papers(committed_world, _begun(committed_world, old))
    page.goto(f"{page.url}check/")
    page.get_by_role("checkbox").check()
    page.locator("main").get_by_role("button", name="Send request").click()
    page.wait_for_url(re.compile("/sent/"))
    request = _begun(committed_world, old)
    with tenant(here.certifier, here.reviewer):
        review.take(request=request, by=here.reviewer)
        line = RequestLine.objects.select_related("request").get(request=request)
        cases.say_organic(request, here.reviewer)
        review.judge(
            request=request, line=line, check_id=lab.ONE_CHECK.id, verdict="match", note="", by=here.reviewer
        )  # fmt: skip
        line.request.refresh_from_db()
        new = lab.approve(here, line)
    page.goto(f"{server}/{slug}/my-certificates/{old.pk}/")
    expect(page.locator("main")).to_contain_text("Its replacement is approved and being published")
    lab.drain(*TOPICS)
    gone, there = lab.fresh(old), lab.fresh(new)
    assert (gone.status, there.status) == (CertificateStatus.SUPERSEDED, CertificateStatus.ISSUED)
    page.reload()
    shown = page.locator("main").inner_text()
    assert "Not valid for import" in shown
    assert f"Replaced by {there.number}" in shown
    assert_no_overflow(page)
    assert_accessible(page)


def test_the_importer_sees_a_cancellation_within_a_minute(
    registry: MockOid, committed_world: World, server: str, page_at: Any
) -> None:
    here = committed_world.here
    [certificate] = lab.begun(here)
    lab.drain(*TOPICS)
    number = lab.fresh(certificate).number
    theirs, ours = page_at(390), page_at(1280)
    sign_in(theirs, server, committed_world.importer_user)
    theirs.goto(f"{server}/in/{number}/")
    expect(theirs.locator("h1")).to_have_text("Valid")
    sign_in(ours, server, here.reviewer)
    ours.goto(f"{server}/{here.certifier.slug}/certificates/{certificate.pk}/cancel/")
    ours.locator("main input[type=radio]").first.check()
    began = now()
    ours.locator("main").get_by_role("button", name=re.compile("Cancel")).last.click()
    ours.wait_for_load_state()
    theirs.reload()
    expect(theirs.locator("h1")).to_have_text("Not valid for import")
    expect(theirs.locator("main")).to_contain_text("Do not use")
    assert_accessible(theirs)
    lab.drain(*TOPICS)
    assert lab.fresh(certificate).status == CertificateStatus.CANCELLED
    assert now() - began < timedelta(minutes=1)


def _begun(world: World, old: Certificate) -> CertificateRequest:
    with tenant(world.here.certifier):
        return CertificateRequest.objects.select_related("exporter", "dossier", "certifier").get(replaces_id=old.pk)


def _papers(world: World, request: CertificateRequest) -> None:
    sender = world.here.sender
    with tenant(world.here.certifier, sender):
        for slot in queries.documents(request):
            if slot.must_before_sending:
                factories.paper(request, slot.rule, slot.subject, kind="draft" if slot.kinds else "")
        filing.revise(request=request, step="documents", raw={}, revision=request.revision, by=sender)
