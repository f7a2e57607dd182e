"""The policy's pages: what users will read, from when, who and why; nothing typed is lost, nothing sent is touched."""

import html as entities
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certifiers.forms.ruling import as_typed, nodes
from nopic.requests.quantities import plain_number
from nopic.tenants import queries
from nopic.tenants.actions import change_policy
from nopic.tenants.context import tenant
from nopic.tenants.models import Policy
from nopic.tenants.policy import Rules
from nopic.tenants.policy.groups import GROUPS
from nopic.tenants.policy.presets import PRESETS
from nopic.workflow.clock import now
from tests.factories import Side, World, signed_in

PAGES = [slug for slug, group in GROUPS.items() if group.settings]


@pytest.fixture
def here(world: World) -> Side:
    return world.here


def url(here: Side, page: str = "time", rest: str = "") -> str:
    return f"/{here.certifier.slug}/policies/{page}/{rest}"


def fields(page: str) -> dict[str, Any]:
    """What a browser would send back of a form page, as it stands."""
    sent: dict[str, Any] = {}
    form = page[page.index('<input type="hidden" name="shown"') :]
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if not name or ("checkbox" in tag and " checked" not in tag):
            continue
        sent.setdefault(name[1], []).append(entities.unescape(value[1]) if value else "")
    for name, inner in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        sent[name] = chosen[1] if chosen else ""
    for name, inner in re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = entities.unescape(inner)
    return sent


def opened(browser: Client, address: str) -> dict[str, Any]:
    answer = browser.get(address)
    assert answer.status_code == 200
    return fields(answer.content.decode())


def text(answer: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", entities.unescape(plain))


def in_force(here: Side, days: int = 0) -> Rules:
    with tenant(here.certifier):
        return queries.policy_of(here.certifier.pk, now() + timedelta(days=days, minutes=1)).rules


@pytest.mark.parametrize("page", PAGES)
def test_a_page_sent_back_as_it_stands_changes_nothing(here: Side, page: str) -> None:
    admin = signed_in(here.admin)
    sent = opened(admin, url(here, page))
    answer = admin.post(url(here, page), {**sent, "go": "save", "why": "nothing"})
    assert (answer.status_code, "Nothing is changed yet" in text(answer)) == (422, True)


def test_a_change_is_shown_in_words_first_and_then_counts_from_its_day(here: Side) -> None:
    admin = signed_in(here.admin)
    day = (now() + timedelta(days=10)).date().isoformat()
    sent = {**opened(admin, url(here)), "lead_days": "5", "since": day, "why": "The season begins"}
    shown = text(admin.post(url(here), {**sent, "go": "preview"}))
    assert "Lead days: 3 → 5" in shown
    assert "send the request by" in shown
    assert in_force(here, 20).lead_days == 3, "a preview saves nothing"
    answer = admin.post(url(here), {**sent, "go": "save"}, follow=True)
    assert "Planned: Lead days." in text(answer)
    assert (in_force(here).lead_days, in_force(here, 11).lead_days) == (3, 5)
    for person in (here.admin, here.reviewer):
        told = text(signed_in(person).get(url(here)))
        assert "Lead days: 3 → 5" in told
        assert re.search(rf"{here.admin}, [^.]+: The season begins", told)


def test_the_time_zone_is_typed_with_the_known_ones_offered(here: Side) -> None:
    page = signed_in(here.admin).get(url(here)).content.decode()
    control = re.search(r'<input [^>]*name="time_zone"[^>]*list="([^"]+)"', page)
    assert control is not None
    offered = page.partition(f'<datalist id="{control[1]}">')[2].partition("</datalist>")[0]
    assert '<option value="America/Lima"></option>' in offered


def test_a_planned_change_is_withdrawn_with_a_reason(here: Side) -> None:
    admin = signed_in(here.admin)
    day = (now() + timedelta(days=10)).date().isoformat()
    admin.post(url(here), {**opened(admin, url(here)), "lead_days": "5", "since": day, "why": "x", "go": "save"})
    silent = admin.post(url(here, rest="withdraw/"), {"version": "2", "why": " "})
    assert (silent.status_code, silent.context["problems"]) == (
        422, [("Say why the planned change is withdrawn", "w-2")],
    )  # fmt: skip
    assert 'id="w-2-error"' in silent.content.decode()
    answer = admin.post(url(here, rest="withdraw/"), {"version": "2", "why": "Not this year"}, follow=True)
    assert "is withdrawn" in text(answer)
    assert in_force(here, 11).lead_days == 3
    again = admin.post(url(here, rest="withdraw/"), {"version": "2", "why": "x"}, follow=True)
    assert "not planned any more" in text(again)


def test_what_cannot_be_read_stays_in_its_field_with_its_sentence(here: Side) -> None:
    admin = signed_in(here.admin)
    sent = {
        **opened(admin, url(here)),
        "lead_days": "many",
        "closing": "15:00",
        "why": "x",
        "go": "save",
        "since": "soon",
    }
    answer = admin.post(url(here), sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="many" inputmode="decimal" autocomplete="off" aria-invalid="true"' in html
    assert '<a href="#f-lead_days">Lead days must be a whole number from 0 to 15.</a>' in html
    assert '<a href="#f-since">Counts from: enter a date such as 2026-12-24</a>' in html
    assert 'value="soon"' in html
    sent |= {"lead_days": "3", "since": now().date().isoformat()}
    assert "The cut-off hour must not be after the closing hour." in text(admin.post(url(here), sent))


def test_rows_are_added_moved_and_removed_without_a_script_and_faults_stand_in_their_row(here: Side) -> None:
    admin = signed_in(here.admin)
    sent = opened(admin, url(here, "documents"))
    count = int(sent["documents-n"][0])
    added = fields(admin.post(url(here, "documents"), {**sent, "add": "documents"}).content.decode())
    assert int(added["documents-n"][0]) == count + 1
    added[f"documents-{count}-key"] = "label_photo"
    refused = admin.post(url(here, "documents"), {**added, "go": "save", "why": "x"})
    assert (
        f'<a href="#f-documents-{count}-name">Document row “label_photo” needs a name.</a>' in refused.content.decode()
    )
    moved = fields(admin.post(url(here, "documents"), {**added, "up": f"documents-{count}"}).content.decode())
    assert moved[f"documents-{count - 1}-key"] == ["label_photo"]
    moved[f"documents-{count - 1}-name"] = "Photo of the label"
    saved = admin.post(url(here, "documents"), {**moved, "go": "save", "why": "New brand"}, follow=True)
    assert "Document rows: “Photo of the label” is new" in text(saved)
    assert in_force(here).documents[count - 1].name == "Photo of the label"
    sent = opened(admin, url(here, "documents"))
    gone = fields(admin.post(url(here, "documents"), {**sent, "remove": f"documents-{count - 1}"}).content.decode())
    admin.post(url(here, "documents"), {**gone, "go": "save", "why": "Too much"})
    assert in_force(here).documents == Rules().documents


def test_required_before_sending_and_may_follow_contradict_each_other_in_their_row(here: Side) -> None:
    admin = signed_in(here.admin)
    sent = {**opened(admin, url(here, "documents")), "documents-0-may_follow": "yes", "why": "x", "go": "save"}
    answer = admin.post(url(here, "documents"), sent)
    assert "cannot be needed before sending and follow later" in text(answer)
    sent |= {"documents-0-least_files": "3", "documents-0-most_files": "2"}
    sent.pop("documents-0-may_follow")
    assert "requires 3 files but accepts 2" in text(admin.post(url(here, "documents"), sent))


def test_the_second_of_two_admins_reads_the_difference_and_loses_nothing(here: Side) -> None:
    admin = signed_in(here.admin)
    mine = opened(admin, url(here))
    with tenant(here.certifier):
        change_policy(
            certifier=here.certifier, settings={"lead_days": 5, "closing": "18:00"}, since=now(), seen=1,
            reason="Many requests", by="Olga",
        )  # fmt: skip
    late = admin.post(url(here), {**mine, "lead_days": "4", "why": "Fewer requests", "go": "save"})
    assert late.status_code == 409
    assert "Olga: Lead days: 3 → 5 (Many requests)" in text(late)
    assert in_force(here).lead_days == 5
    again = fields(late.content.decode())
    assert (again["lead_days"], again["closing"], again["why"]) == (["4"], ["18:00"], "Fewer requests")
    assert admin.post(url(here), {**again, "go": "save"}).status_code == 302
    assert (in_force(here).lead_days, in_force(here).closing.hour) == (4, 18)


def test_a_change_saved_twice_is_one_version(here: Side) -> None:
    admin = signed_in(here.admin)
    for days, lead in ((0, "5"), (10, "6")):
        since = {"since": (now() + timedelta(days=days)).date().isoformat()} if days else {}
        sent = {**opened(admin, url(here)), "lead_days": lead, "why": "Fewer hands", "go": "save", **since}
        assert [admin.post(url(here), sent).status_code for _click in range(2)] == [302, 302]
    with tenant(here.certifier):
        assert Policy.objects.filter(certifier=here.certifier).count() == 3


def test_a_colour_too_faint_is_refused_and_a_good_one_is_on_every_page_at_once(here: Side) -> None:
    admin = signed_in(here.admin)
    sent = {**opened(admin, url(here, "brand")), "accent_light": "#8fcddb", "accent_dark": "#8fcddb", "why": "x"}
    assert "has a contrast of 1.4:1" in text(admin.post(url(here, "brand"), {**sent, "go": "preview"}))
    sent["accent_light"] = "#4b5a14"
    assert "Your colour on light pages: contrast" in text(admin.post(url(here, "brand"), {**sent, "go": "preview"}))
    admin.post(url(here, "brand"), {**sent, "go": "save"})
    css = admin.get(f"/{here.certifier.slug}/theme.css").content.decode()
    assert ":root{--brand:#4b5a14" in css


def test_an_unknown_placeholder_stays_in_its_field(here: Side) -> None:
    admin = signed_in(here.admin)
    sent = fields(
        admin.post(url(here, "letters"), {**opened(admin, url(here, "letters")), "add": "letters"}).content.decode()
    )
    sent |= {
        "letters-0-letter": "new_link",
        "letters-0-language": "en",
        "letters-0-text": "About {{number}}",
        "why": "x",
    }
    answer = admin.post(url(here, "letters"), {**sent, "go": "save"})
    assert "“{{number}}” is not known in this letter" in text(answer)
    assert "About {{number}}</textarea>" in answer.content.decode()
    sent["letters-0-text"] = "Call {{phone}}"
    assert "New link (English): Call +51 1 555 0100" in text(
        admin.post(url(here, "letters"), {**sent, "go": "preview"})
    )


def test_a_sample_is_a_proposal_that_says_what_its_source_says(here: Side) -> None:
    admin = signed_in(here.admin)
    shown = text(admin.get(url(here) + "?preset=certisys"))
    assert "Proposal: Certisys-style sample" in shown
    assert "Lead days : 3 From the source Requests come at least 3 working days" in shown
    assert "Time zone : Europe/Brussels Sample value" in shown
    sent = opened(admin, url(here) + "?preset=certisys")
    assert sent["time_zone"] == ["Europe/Brussels"]
    assert in_force(here).time_zone == "UTC"
    assert admin.post(url(here), {**sent, "go": "save", "why": "Begin"}).status_code == 302
    assert in_force(here).time_zone == "Europe/Brussels"


@pytest.mark.parametrize("preset", PRESETS)
def test_a_sample_holds_together_and_says_of_each_value_where_it_is_from(preset: str) -> None:
    chosen = PRESETS[preset]
    assert len({one.setting for one in chosen.values}) == len(chosen.values)
    assert "style sample" in str(chosen.title)
    assert len(chosen.rows(Rules.__dataclass_fields__)) == len(chosen.values)
    assert set(chosen.written()) <= set(Rules.__dataclass_fields__)


def test_a_reviewer_reads_and_another_certifiers_admin_finds_nothing(world: World) -> None:
    here = world.here
    reviewer = signed_in(here.reviewer)
    page = reviewer.get(url(here)).content.decode()
    assert ("In force today" in page, "Save change" in page) == (True, False)
    assert reviewer.post(url(here), {"go": "save"}).status_code == 403
    there = signed_in(world.there.admin)
    assert [there.get(url(here)).status_code, there.get(f"/{here.certifier.slug}/policies/").status_code] == [404, 404]
    assert signed_in(here.admin).get(url(here, "nowhere")).status_code == 404


def test_every_setting_has_a_control(here: Side) -> None:
    for group in GROUPS.values():
        assert [node.name for node in nodes(group, Rules().to_json(), {})] == list(group.settings)


def test_statements_do_not_grow_with_the_history(here: Side) -> None:
    admin, counts = signed_in(here.admin), []
    admin.get(url(here))  # what is read once per process
    for round_ in range(2):
        with tenant(here.certifier):
            for number in range(1, 5):
                change_policy(
                    certifier=here.certifier, settings={"lead_days": number + 5 * round_}, since=now(), seen=99,
                    reason="x", by="Olga",
                )  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            admin.get(url(here))
            admin.get(f"/{here.certifier.slug}/policies/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_plan_is_laid_on_what_is_planned_before_it_and_the_preview_says_so(here: Side) -> None:
    admin = signed_in(here.admin)
    first, second = ((now() + timedelta(days=days)).date().isoformat() for days in (10, 20))
    sent = {**opened(admin, url(here, "fees")), "fees-certificate": "90.00", "since": first, "why": "Season"}
    assert admin.post(url(here, "fees"), {**sent, "go": "save"}).status_code == 302
    sent = {**opened(admin, url(here, "fees")), "fees-late": "50.00", "since": second, "why": "Late ones"}
    shown = text(admin.post(url(here, "fees"), {**sent, "go": "preview"}))
    assert "Certificate: USD 90.00" in shown
    assert "Changes planned for that day or before count by then" in shown
    assert "Fees, certificate: 90" not in shown, "what was planned before is not undone"
    assert admin.post(url(here, "fees"), {**sent, "go": "save"}).status_code == 302
    fees = in_force(here, 21).fees
    assert (str(fees.certificate), str(fees.late)) == ("90.00", "50.00")


def test_what_contradicts_itself_only_today_may_be_planned(here: Side) -> None:
    admin = signed_in(here.admin)
    day = (now() + timedelta(days=10)).date().isoformat()
    for change in ({"closing": "19:00"}, {"cut_off": "18:30"}):
        sent = {**opened(admin, url(here)), **change, "since": day, "why": "Longer days", "go": "save"}
        assert admin.post(url(here), sent).status_code == 302
    assert (in_force(here, 11).cut_off.hour, in_force(here, 11).closing.hour) == (18, 19)


def test_the_same_is_planned_once_for_a_day_and_something_else_beside_it(here: Side) -> None:
    admin = signed_in(here.admin)
    day = (now() + timedelta(days=10)).date().isoformat()

    def plan(page: str, **typed: str) -> Any:
        sent = {**opened(admin, url(here, page)), **typed, "since": day, "why": "Season", "go": "save"}
        return admin.post(url(here, page), sent)

    assert plan("time", lead_days="5").status_code == 302
    twice = plan("time", lead_days="6")
    assert twice.status_code == 422
    assert '<p class="err" id="f-since-error">This is planned for that day already: Lead days: 3 → 5' in (
        twice.content.decode()
    )
    assert fields(twice.content.decode())["lead_days"] == ["6"]
    assert plan("time", first_request_extra_days="2").status_code == 302
    assert plan("fees", **{"fees-late": "50.00"}).status_code == 302
    assert plan("fees", **{"fees-revision": "7.00"}).status_code == 302
    assert plan("fees", **{"fees-late": "60.00"}).status_code == 422
    assert (str(in_force(here, 11).fees.late), in_force(here, 11).lead_days) == ("50.00", 5)


def test_a_number_is_read_as_everywhere_in_the_portal(here: Side) -> None:
    admin = signed_in(here.admin)
    for typed, stands in (("240,000", "240000"), ("240 000", "240000"), ("1.200", "1200"), ("0,5", "0.5")):
        sent = {**opened(admin, url(here, "time-frames")), "time_frames-max_kg": typed, "why": "x", "go": "preview"}
        kept = {**fields(admin.post(url(here, "time-frames"), sent).content.decode()), "go": "save"}
        admin.post(url(here, "time-frames"), kept)
        assert in_force(here).time_frames.max_kg == Decimal(stands), typed
    assert fields(admin.get(url(here, "time-frames")).content.decode())["time_frames-max_kg"] == ["0.5"]
    refused = admin.post(url(here, "time-frames"), {**kept, "time_frames-max_kg": "1e3"})
    assert (refused.status_code, fields(refused.content.decode())["time_frames-max_kg"]) == (422, ["1e3"])


def test_a_price_is_added_for_a_class_that_is_called_by_its_name(here: Side) -> None:
    admin = signed_in(here.admin)
    with tenant(here.certifier):
        classes = [
            {"code": "standard", "amount": 2},
            {"code": "fast", "name": "Express", "unit": "hours", "amount": 24},
        ]
        change_policy(
            certifier=here.certifier, settings={"turnarounds": classes}, since=now(), seen=1, reason="x", by="Olga"
        )
    sent = {**opened(admin, url(here, "fees")), "add": "fees-classes"}
    added = fields(admin.post(url(here, "fees"), sent).content.decode())
    added |= {"fees-classes-0-turnaround": "fast", "fees-classes-0-price": "25.00", "why": "x", "go": "save"}
    saved = text(admin.post(url(here, "fees"), added, follow=True))
    assert "on top for a turnaround class: none → Express, 25.00" in saved
    assert "1. Express, 25.00" in saved
    sent = {**opened(admin, url(here, "fees")), "remove": "fees-classes-0"}
    assert fields(admin.post(url(here, "fees"), sent).content.decode())["fees-classes-n"] == ["0"]


def test_what_a_check_compares_is_chosen_from_the_documents_by_their_names(here: Side) -> None:
    admin = signed_in(here.admin)
    page = admin.get(url(here, "checks")).content.decode()
    assert re.search(
        r'name="checks-0-compares" value="commercial_invoice" checked><span>Commercial invoice</span>', page
    )
    assert re.search(r'name="checks-0-compares" value="purchase_invoice"><span>Purchase invoice</span>', page)
    sent = {**fields(page), "checks-0-compares": ["declared", "packing_list"], "why": "x", "go": "save"}
    saved = text(admin.post(url(here, "checks"), sent, follow=True))
    assert "Transport document → Declared, Packing list" in saved
    assert "1. The product is not on your verified list as it was declared." in saved
    assert "5. A company named on the certificate is no longer certified." in saved
    assert in_force(here).checks[0].compares == ("declared", "packing_list")


def test_what_is_in_force_is_told_by_names_point_by_point(here: Side) -> None:
    admin = signed_in(here.admin)
    assert "Default class 2 working days" in text(admin.get(url(here)))
    page = admin.get(url(here, "fees")).content.decode()
    assert "<dd><b>Currency: USD</b></dd>" in page
    assert '<option value="USD" selected>USD</option>' in page
    assert "<dd><b>Largest weight of a time frame: 240,000</b></dd>" in (
        admin.get(url(here, "time-frames")).content.decode()
    )


def test_the_country_of_the_holidays_is_chosen_by_its_name(here: Side) -> None:
    admin = signed_in(here.admin)
    assert '<option value="" selected>No public holidays</option>' in admin.get(url(here)).content.decode()
    sent = {**opened(admin, url(here)), "country": "ES", "subdivision": "QQ", "why": "Our office", "go": "save"}
    refused = text(admin.post(url(here), sent))
    assert "There is no holiday calendar for QQ in Spain. Known are: AN," in refused
    saved = text(admin.post(url(here), {**sent, "subdivision": "AN"}, follow=True))
    assert "Country of the holidays: none → Spain" in saved


@pytest.mark.parametrize(
    "stored", ["0", "75.00", "1.5", "1.500", "0.500", "0.125", "1234.500", "240000", "1200.50", "12.345"]
)
def test_a_stored_number_is_shown_as_it_is_read_back(stored: str) -> None:
    assert plain_number(as_typed(stored)) == Decimal(stored)


def test_a_page_with_prices_and_weights_sent_back_as_it_stands_changes_nothing(here: Side) -> None:
    admin = signed_in(here.admin)
    prices = {"certificate": "75.00", "late": "1200.50", "classes": [{"turnaround": "standard", "price": "12.00"}]}
    kilograms = {"weight_tolerance_kg": "1.500", "weight_tolerance_percent": "0.50"}
    second = {"above_kg": "20000.125"}
    with tenant(here.certifier):
        change_policy(
            certifier=here.certifier, settings={"fees": prices, **kilograms, "second_person": second}, since=now(),
            seen=1, reason="x", by="Olga",
        )  # fmt: skip
    for page in ("fees", "checks", "people"):
        sent = {**opened(admin, url(here, page)), "go": "save", "why": "nothing"}
        assert "Nothing is changed yet" in text(admin.post(url(here, page), sent)), page
