"""The case over HTTP: looking, taking, confirming with and without htmx, deciding, and what others may not."""

from datetime import timedelta

import pytest
from django.test import Client

from nopic.certificates.models import Certificate
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest
from nopic.requests.statuses import LineStatus, RequestStatus
from nopic.review import actions
from nopic.review.models import CheckVerdict
from nopic.tenants.context import tenant
from nopic.tenants.models import User
from nopic.workflow import clock
from tests import factories
from tests.certifiers import drawn
from tests.delivery import consignments
from tests.factories import World
from tests.review import cases
from tests.review.test_seconding import strict

pytestmark = pytest.mark.sent

HTMX = {"HX-Request": "true"}


@pytest.fixture
def reviewer(world: World) -> Client:
    return factories.signed_in(world.here.reviewer)


def address(request: CertificateRequest, tail: str = "") -> str:
    return f"/tierra/cases/{request.reference}/{tail}"


def fresh(world: World, request: CertificateRequest) -> CertificateRequest:
    with tenant(world.here.certifier):
        return CertificateRequest.objects.select_related("reviewer").get(pk=request.pk)


def leaving_tomorrow() -> dict[str, str]:
    tomorrow = (clock.today("UTC") + timedelta(days=1)).isoformat()
    return {"departure_on": tomorrow, "late_reason": "The vessel sails earlier"}


def confirm(world: World, request: CertificateRequest, by: User | None = None) -> None:
    with tenant(world.here.certifier):
        cases.confirm(request, by or world.here.reviewer)


@pytest.mark.parametrize(
    "tail", ["verdicts/?check=net_weight", "lines/1/approve/", "lines/1/refuse/", "take/", "return/"]
)
def test_what_is_pressed_after_a_withdrawal_leads_to_a_page_that_says_so(
    world: World, reviewer: Client, tail: str
) -> None:
    request = cases.sent(world.here)
    with tenant(world.here.certifier):
        requests.withdraw(request=request, by=world.here.sender, reason="The vessel was cancelled")
    form = {"v-net_weight": "match", "take": "1"}
    assert reviewer.post(address(request, tail), form)["Location"] == address(request)
    said = reviewer.get(address(request)).content.decode()
    assert f"{request.reference} changed meanwhile: it is withdrawn now" in said
    live = reviewer.post(address(request, tail), form, headers=HTMX)
    assert live.headers.get("HX-Redirect", live.headers.get("Location")) == address(request)


def test_looking_changes_nothing_and_the_first_verdict_takes_the_case(world: World, reviewer: Client) -> None:
    request = cases.sent(world.here)
    page = reviewer.get(address(request)).content.decode()
    assert "Nobody has taken" in page
    assert '<a href="/tierra/queue/" aria-current="page">Queue</a>' in page
    assert fresh(world, request).reviewer is None
    answer = reviewer.post(address(request, "verdicts/?check=net_weight"), {"v-net_weight": "match"}, headers=HTMX)
    assert answer.status_code == 200
    assert fresh(world, request).reviewer == world.here.reviewer


def test_a_verdict_answers_with_its_row_and_everything_that_counts_it(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    answer = reviewer.post(address(request, "verdicts/?check=packages"), {"v-packages": "differs"}, headers=HTMX)
    page = answer.content.decode()
    assert 'id="check-packages"' in page
    assert 'name="note-packages"' in page
    assert "Approve stays locked until a note stands here." in page
    assert page.count('hx-swap-oob="true"') == 5
    assert "1 difference" in page
    with tenant(world.here.certifier):
        standing = CheckVerdict.objects.get(request=request)
        assert (standing.check_id, standing.verdict, standing.by) == ("packages", "differs", world.here.reviewer)


def test_a_difference_that_was_turned_into_a_match_stays_in_sight(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    confirm(world, request)
    for verdict, note in (("differs", "318 bags on the draft"), ("match", "318 bags on the draft")):
        form = {"v-packages": verdict, "note-packages": note}
        page = reviewer.post(address(request, "verdicts/?check=packages"), form, headers=HTMX).content.decode()
        assert ("It differed before" in page) == (verdict == "match")
    page = factories.signed_in(world.here.colleague).get(address(request)).content.decode()
    assert page.count("It differed before") == 1
    assert f"It differed before, said {world.here.reviewer}" in page
    assert ": 318 bags on the draft" in page
    page = reviewer.get(address(request, "lines/1/approve/")).content.decode()
    assert f": It differed before, said {world.here.reviewer}" in page


def test_without_javascript_one_button_saves_what_was_changed(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    data = {"line": "1", "v-net_weight": "match", "v-packages": "differs", "note-packages": "two broken bags"}
    answer = reviewer.post(address(request, "verdicts/"), data, follow=True)
    assert "Saved." in answer.content.decode()
    with tenant(world.here.certifier):
        assert CheckVerdict.objects.filter(request=request).count() == 2
        assert CheckVerdict.objects.get(check_id="packages").note == "two broken bags"
    assert "Nothing was changed." in reviewer.post(address(request, "verdicts/"), data, follow=True).content.decode()


def test_an_unknown_verdict_and_an_unknown_check_change_nothing(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    assert reviewer.post(address(request, "verdicts/?check=lots"), {"v-lots": "yes"}, headers=HTMX).status_code == 422
    assert reviewer.post(address(request, "verdicts/?check=no"), {"v-no": "match"}, headers=HTMX).status_code == 404
    with tenant(world.here.certifier):
        assert not CheckVerdict.objects.filter(request=request).exists()


def test_a_colleague_sees_who_has_it_reads_only_and_may_take_over(world: World) -> None:
    request = cases.taken(world.here)
    colleague = factories.signed_in(world.here.colleague)
    page = colleague.get(address(request)).content.decode()
    assert f"{world.here.reviewer} has had {request.reference} since" in page
    assert "Take over" in page
    assert "disabled" in page
    assert "Approve this line…" not in page
    answer = colleague.post(address(request, "verdicts/?check=lots"), {"v-lots": "match"}, headers=HTMX)
    assert answer["HX-Redirect"].startswith(address(request))
    assert fresh(world, request).reviewer == world.here.reviewer
    colleague.post(address(request, "take/"), {"over": world.here.reviewer.pk})
    assert fresh(world, request).reviewer == world.here.colleague


def test_take_give_back_and_the_lost_race_of_taking(world: World, reviewer: Client) -> None:
    request = cases.sent(world.here)
    colleague = factories.signed_in(world.here.colleague)
    reviewer.post(address(request, "take/"), {"take": "1"})
    page = colleague.post(address(request, "take/"), {"take": "1"}, follow=True).content.decode()
    assert f"{world.here.reviewer} has had" in page
    page = colleague.post(address(request, "take/"), {"over": world.here.admin.pk}, follow=True).content.decode()
    assert fresh(world, request).reviewer == world.here.reviewer
    reviewer.post(address(request, "take/"), {"release": "1"})
    assert fresh(world, request).status == RequestStatus.SUBMITTED
    assert reviewer.post(address(request, "take/"), {}).status_code == 404


def test_approve_is_locked_with_its_reasons_and_stays_focusable(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    page = reviewer.get(address(request)).content.decode()
    assert 'aria-disabled="true" aria-describedby="why"' in page
    assert "21 checks are still open" in page
    page = reviewer.get(address(request, "lines/1/approve/")).content.decode()
    assert "This cannot be done now" in page
    assert '<button class="btn main">Approve' not in page
    assert reviewer.post(address(request, "lines/1/approve/")).status_code == 422
    assert fresh(world, request).status == RequestStatus.IN_REVIEW


def test_approving_says_what_follows_and_the_case_shows_the_certificate(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    confirm(world, request)
    page = reviewer.get(address(request, "lines/1/approve/")).content.decode()
    assert "One certificate for 19,200 kg" in page
    answer = reviewer.post(
        address(request, "lines/1/approve/"), {"revision": fresh(world, request).revision}, follow=True
    )
    page = answer.content.decode()
    assert "Product 1 is approved." in page
    assert 'hx-trigger="load delay:3s"' in page
    again = reviewer.post(address(request, "lines/1/approve/"), {"revision": "1"}, follow=True).content.decode()
    assert "Nothing was done twice." in again
    with tenant(world.here.certifier):
        assert Certificate.objects.filter(request=request).count() == 1


def test_the_progress_stops_asking_when_there_is_nothing_to_wait_for(world: World, reviewer: Client) -> None:
    request = cases.ready(world.here)
    with tenant(world.here.certifier):
        certificate = actions.approve(line=cases.line(request), by=world.here.reviewer, revision=request.revision)
    url = address(request, "lines/1/progress/")
    assert "hx-get" in reviewer.get(url).content.decode()
    now = clock.now()
    with tenant(world.here.certifier):
        rows = Certificate.objects.filter(pk=certificate.pk)
        rows.update(status="issued", number="901-9010004127-000001", issued_at=now, rendered_at=now, handed_over_at=now)
    page = reviewer.get(url).content.decode()
    assert "901-9010004127-000001" in page
    assert "hx-get" not in page
    with tenant(world.here.certifier):
        rows.update(status="issued", rendered_at=None, handed_over_at=None, attention="The PDF could not be made")
    assert "hx-get" not in reviewer.get(url).content.decode()
    assert reviewer.get(address(cases.sent(world.here), "lines/1/progress/")).status_code == 404


def test_what_changed_since_the_page_was_read_is_not_approved(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    confirm(world, request)
    page = reviewer.post(address(request, "lines/1/approve/"), {"revision": "1"}, follow=True).content.decode()
    assert "changed while you were looking at it" in page
    with tenant(world.here.certifier):
        assert cases.line(request).status == LineStatus.OPEN


def test_refusing_asks_for_reason_and_text_and_keeps_what_was_typed(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    url = address(request, "lines/1/refuse/")
    answer = reviewer.post(url, {"text": "The harvest was smaller"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Choose a reason from the list") == 2
    assert "The harvest was smaller" in page
    assert "<title>Error:" in page
    data = {"text": "The harvest was smaller", "reason_code": "volume_unsupported"}
    assert "is refused" in reviewer.post(url, data, follow=True).content.decode()
    assert fresh(world, request).status == RequestStatus.DECIDED


def test_returning_offers_each_difference_and_needs_a_text(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        line = cases.line(request)
        actions.judge(
            request=request, line=line, check_id="net_weight", verdict="differs", note="19,080 or 19,200 kg?",
            by=world.here.reviewer,
        )  # fmt: skip
    url = address(request, "return/")
    assert "19,080 or 19,200 kg?" in reviewer.get(url).content.decode()
    assert reviewer.post(url, {"point-0": " "}).status_code == 422
    page = reviewer.post(url, {"point-0": "19,080 or 19,200 kg?"}, follow=True).content.decode()
    assert "is with the exporter" in page
    assert "19,080 or 19,200 kg?" in page
    assert fresh(world, request).status == RequestStatus.DRAFT
    assert "Version 1 as it was sent" in page
    assert "19,200 kg" in page


def test_where_nothing_differs_the_one_text_of_a_return_is_needed(world: World, reviewer: Client) -> None:
    url = address(cases.taken(world.here), "return/")
    assert "(optional)" not in reviewer.get(url).content.decode()
    refused = reviewer.post(url, {"point-0": " "})
    assert (refused.status_code, refused.context["problems"]) == (
        422, [("Write what the exporter should change", "id_point-0")],
    )  # fmt: skip


def test_a_request_sent_again_shows_what_went_back_and_the_version_before(world: World, reviewer: Client) -> None:
    from nopic.requests import actions as requests

    here = world.here
    request = cases.taken(here)
    with tenant(here.certifier):
        points = [{"box": "10", "text": "Which weight is right?"}]
        actions.return_to_exporter(request=request, by=here.reviewer, points=points, revision=request.revision)
    request = fresh(world, request)
    with tenant(here.certifier, here.sender):
        requests.submit(request=request, by=here.sender, declared=True, revision=request.revision)
    page = reviewer.get(address(request)).content.decode()
    assert "Version 1 went back:" in page
    assert "Which weight is right?" in page
    page = reviewer.get(address(request, "versions/1/")).content.decode()
    assert "Version 1 as it was sent" in page
    assert "VV-26-118" in page
    assert reviewer.get(address(request, "versions/9/")).status_code == 404


def test_a_late_request_is_let_pass_with_a_reason(world: World, reviewer: Client) -> None:
    request = factories.submitted(world.here, **leaving_tomorrow())
    page = reviewer.get(address(request)).content.decode()
    assert "Let it pass…" in page
    assert "The vessel sails earlier" in page
    url = address(request, "waive/?rule=is_sent_in_time")
    assert reviewer.post(url, {"reason": ""}).status_code == 422
    page = reviewer.post(url, {"reason": "Papers are complete"}, follow=True).content.decode()
    assert f"Let pass by {world.here.reviewer}: Papers are complete" in page
    assert "Nothing stands here" in reviewer.get(address(request, "waive/?rule=no_such")).content.decode()
    again = reviewer.post(url, {"reason": "Twice"})
    said = f"{world.here.reviewer} let it pass already: Papers are complete"
    assert (again.status_code, said in again.content.decode()) == (422, True)


def test_whoever_approves_or_confirms_reads_which_rule_was_let_pass_by_whom_and_why(
    world: World, reviewer: Client
) -> None:
    here = world.here
    strict(here, override=True)
    request = factories.submitted(here, **leaving_tomorrow())
    with tenant(here.certifier):
        taken = actions.take(request=request, by=here.reviewer)
        cases.confirm(taken, here.reviewer)
        actions.waive(request=taken, line=None, rule="is_sent_in_time", reason="Papers are complete", by=here.reviewer)
    for client, place in ((reviewer, "lines/1/approve/"), (factories.signed_in(here.colleague), "lines/1/confirm/")):
        page = client.get(address(request, place))
        assert [passed[1:] for passed in page.context["passed"]] == [(str(here.reviewer), "Papers are complete")]
        for words in ("A rule was let pass", f"Let pass by {here.reviewer}: Papers are complete", "late"):
            assert words in page.content.decode(), (place, words)
        reviewer.post(address(request, "lines/1/approve/"), {"revision": str(fresh(world, request).revision)})


def test_what_goes_back_to_the_exporter_stands_under_the_name_of_its_box(world: World, reviewer: Client) -> None:
    request = factories.submitted(world.here, **leaving_tomorrow())
    with tenant(world.here.certifier):
        actions.take(request=request, by=world.here.reviewer)
    form = reviewer.get(address(request, "return/")).context["form"]
    assert [(box, form.fields[key].label) for box, key in form.boxes] == [("17", "Departure"), ("", "Anything else")]


def test_the_verified_quantity_is_raised_inside_the_case(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    url = address(request, "lines/1/raise/")
    for kg in ("", "x", "-5", "0"):
        assert reviewer.post(url, {"kg": kg, "reason": "records"}).status_code == 422, kg
    page = reviewer.post(url, {"kg": "5.000", "reason": "Harvest records of 3 March"}, follow=True).content.decode()
    assert "5,000 kg higher" in page
    seen = reviewer.get(url).context["form"]["seen"].value()
    twice = {"kg": "1,000", "reason": "Purchase records", "seen": seen}
    assert [reviewer.post(url, twice).status_code for _click in range(2)] == [302, 302]
    late = reviewer.post(url, {**twice, "kg": "2,000"})
    assert (late.status_code, "1,000 kg (Purchase records). Look at the quantity" in late.content.decode()) == (
        422,
        True,
    )
    with tenant(world.here.certifier):
        assert type(world.here.account).objects.get(pk=world.here.account.pk).allocated == 106_000


def test_departure_is_recorded_and_stops_everything(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    confirm(world, request)
    url = address(request, "departure/")
    assert reviewer.post(url, {"left": "yes"}).status_code == 422
    today = clock.today("UTC").isoformat()
    assert "Recorded." in reviewer.post(url, {"left": "yes", "on": today}, follow=True).content.decode()
    assert "Declared as left" in reviewer.get(address(request, "lines/1/approve/")).content.decode()


def test_departure_is_recorded_only_by_who_has_the_case_while_it_is_open(world: World, reviewer: Client) -> None:
    here = world.here
    said = {"left": "yes", "on": clock.today("UTC").isoformat()}
    request = cases.taken(here, by=here.colleague)
    url = address(request, "departure/")
    for name, more in (("departure/", said), ("return/", {"point-0": "Which?"}), ("lines/1/approve/", {})):
        answer = reviewer.post(address(request, name), more)
        assert answer.status_code == 422, name
        assert "has had" in answer.content.decode(), name
    with tenant(here.certifier):
        request.refresh_from_db()
        points = [{"box": "10", "text": "Which?"}]
        actions.return_to_exporter(request=request, by=here.colleague, points=points, revision=request.revision)
    assert factories.signed_in(here.colleague).post(url, said)["Location"] == address(request)
    with tenant(here.certifier):
        request.refresh_from_db()
        assert request.departed_on is None


def test_papers_are_shown_with_the_declared_values_outlined(world: World, reviewer: Client) -> None:
    request = cases.taken(world.here)
    with tenant(world.here.certifier):
        document = drawn.pages(request, "transport_document", drawn.BILL_OF_LADING, ["Page two"])
    page = reviewer.get(address(request), {"doc": document.pk}).content.decode()
    assert "Page 1 of 2" in page
    for box in ("4", "5", "8", "11", "12", "14", "15"):
        assert f'aria-label="Box {box}, ' in page, box
    assert 'aria-label="Box 10, ' not in page, "19,080 kg is not what was declared"
    assert "not found in its text: look at it" in page
    left = reviewer.get(
        address(request), {"doc": document.pk, "page": 2, "zoom": "150"}, headers={**HTMX, "HX-Target": "viewer"}
    ).content.decode()
    assert left.startswith("<section")
    assert "z150" in left
    assert "Page 2 of 2" in left
    image = reviewer.get(address(request, f"papers/{document.pk}/1.webp"))
    assert (image.status_code, image["Content-Type"]) == (200, "image/webp")
    assert (
        reviewer.get(
            address(request, f"papers/{document.pk}/1.webp"), headers={"If-None-Match": image["ETag"]}
        ).status_code
        == 304
    )
    assert reviewer.get(address(request, f"papers/{document.pk}/9.webp")).status_code == 404
    assert reviewer.get(address(cases.sent(world.here), f"papers/{document.pk}/1.webp")).status_code == 404


@pytest.mark.parametrize(
    "query", ["?line=9", "?line=x", "?doc=999999", "?doc=x", "?page=-1", "?zoom=9999", "?view=<b>"]
)
def test_what_an_address_asks_in_vain_falls_back(world: World, reviewer: Client, query: str) -> None:
    request = cases.two_lines(world.here)
    answer = reviewer.get(address(request, query))
    assert answer.status_code == 200
    assert '<b>"' not in answer.content.decode()


def test_drafts_strangers_and_other_certifiers_are_not_found(world: World, reviewer: Client) -> None:
    draft = factories.complete_draft(world.here)
    assert reviewer.get(address(draft)).status_code == 404
    theirs = [cases.sent(world.there) for _n in range(2)][1]
    assert reviewer.get(address(theirs)).status_code == 404
    request = cases.sent(world.here)
    assert factories.signed_in(world.there.reviewer).get(address(request)).status_code == 404
    assert factories.signed_in(world.here.sender).get(address(request)).status_code == 403
    assert Client().get(address(request)).status_code == 302


def test_the_next_case_stays_in_the_view(world: World, reviewer: Client) -> None:
    first, second = cases.sent(world.here), cases.sent(world.here)
    page = reviewer.get(address(first, "?view=all-open")).content.decode()
    assert f'href="{address(second)}?view=all-open" data-key="n"' in page


def test_a_replacement_says_which_certificate_it_replaces_and_what_would_be_different(
    world: World, reviewer: Client
) -> None:
    old = consignments.make(world.here, world.importer).certificate
    request = cases.ready(world.here)
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=request.pk).update(replaces_id=old.pk, replaces_line=old.line)
    for page in (address(request), address(request, "lines/1/approve/")):
        shown = reviewer.get(page).content.decode()
        for words in ("Replaces certificate", str(old.number), "<del>38,400 kg</del> <ins>19,200 kg</ins>"):
            assert words in shown, (page, words)
        assert "Importer of record: <del>" not in shown
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=request.pk).update(replaces_id=None, replaces_line=None)
    assert "Replaces certificate" not in reviewer.get(address(request)).content.decode()
