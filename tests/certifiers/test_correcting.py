"""A correction over HTTP: begun on the case, typed on the exporter's own pages, confirmed or rejected by the exporter."""

import dataclasses
import io
import zipfile
from datetime import timedelta

import pytest

from nopic.delivery.mails import confirming, letters
from nopic.delivery.mails.owing import owe_mail
from nopic.delivery.models import Mail
from nopic.presentation.words import day, full_day
from nopic.requests import actions as requests
from nopic.requests.models import CertificateRequest, Correction
from nopic.review import actions
from nopic.tenants.context import tenant
from nopic.workflow import clock
from nopic.workflow.dispatch import hurry
from nopic.workflow.models import AuditEvent, Dispatch
from nopic.workflow.transitions import Refused
from tests.delivery.consignments import work
from tests.factories import World, answers, signed_in
from tests.review import cases, correcting

pytestmark = pytest.mark.sent

ASKED = {"asked_by": "Rosa Quispe", "means": "phone", "reason": "The bill of lading has another number"}


def vessel(world: World, name: str) -> dict[str, str]:
    """The transport step as a browser posts it, with another vessel."""
    typed = answers(world.here, vessel=name)["transport"]
    (container,) = typed.pop("containers")
    return typed | {f"containers-0-{key}": value for key, value in container.items()}


def test_the_whole_way_from_the_case_to_the_new_version(world: World) -> None:
    side, request = world.here, cases.taken(world.here)
    staff, exporter = signed_in(side.reviewer), signed_in(side.sender)
    case, place = f"/tierra/cases/{request.reference}/", f"/tierra/requests/{request.reference}/"
    assert "Correct it for them" in staff.get(case).content.decode()
    assert staff.get(f"{place}transport/").status_code == 403
    begun = {**ASKED, "asked_on": clock.today("UTC").isoformat(), "revision": request.revision}
    answer = staff.post(f"{case}correct/", begun)
    assert (answer.status_code, answer["Location"]) == (302, f"{case}correct/")
    assert "is entering a correction for you" in exporter.get(place).content.decode()
    assert exporter.get(f"{place}correction/").status_code == 302  # nothing to confirm yet
    assert exporter.post(f"{place}transport/", vessel(world, "Other")).status_code == 302  # kept out, and nothing kept
    form = staff.get(f"{place}transport/").content.decode()
    assert "You correct this for" in form
    assert "Say why, and ask them to confirm" in form
    with tenant(side.certifier):
        revision = CertificateRequest.objects.get().revision
    typed = staff.post(f"{place}transport/", vessel(world, "Andes Courier 0650N") | {"revision": str(revision)})
    assert (typed.status_code, typed["Location"]) == (302, f"{case}correct/")
    page = staff.get(f"{case}correct/")
    assert "Andes Courier 0650N" in page.content.decode()
    assert page.context["form"]["why-0"].value() == ASKED["reason"]
    refused = staff.post(f"{case}correct/", {"why-0": " ", "revision": page.context["revision"]})
    assert (refused.status_code, "write why it is changed" in refused.content.decode()) == (422, True)
    staff.post(f"{case}correct/", {"why-0": "Rolled to the next vessel", "revision": page.context["revision"]})
    assert staff.get(f"{place}transport/").status_code == 403  # it is the exporter's turn
    assert "A correction waits for the exporter" in staff.get(case).content.decode()
    assert "Confirm the correction for" in exporter.get("/tierra/requests/").content.decode()
    assert signed_in(side.member).post(f"{place}correction/", {"revision": 9}).status_code == 403
    shown = exporter.get(f"{place}correction/")
    assert "Rolled to the next vessel" in shown.content.decode()
    confirmed = exporter.post(f"{place}correction/", {"revision": shown.context["found"].revision})
    assert (confirmed.status_code, confirmed["Location"]) == (302, place)
    assert "Andes Courier 0650N" in exporter.get(f"{place}versions/2/").content.decode()
    assert "Andes Courier, voyage 0646N" in exporter.get(f"{place}versions/1/").content.decode()
    assert "Rolled to the next vessel" in staff.get(case).content.decode()
    with tenant(side.certifier):
        about = AuditEvent.objects.get(verb="asked to confirm a correction").facts
    assert about["on_behalf_of"].startswith("Cooperativa CANARY-tierra, Rosa Quispe, By phone")


def test_a_correction_without_its_reason_is_told_so_in_its_own_words(world: World) -> None:
    side, request = world.here, cases.taken(world.here)
    typed = {**ASKED, "reason": " ", "asked_on": clock.today("UTC").isoformat(), "revision": request.revision}
    page = signed_in(side.reviewer).post(f"/tierra/cases/{request.reference}/correct/", typed)
    assert (page.status_code, page.context["problems"][0][0]) == (422, "Enter why you correct it for them")
    with tenant(side.certifier), pytest.raises(Refused, match="Enter why you correct it for them"):
        without = dataclasses.replace(correcting.said_by_rosa(), reason=" ")
        actions.begin_correction(request=request, by=side.reviewer, asked=without, revision=request.revision)


@pytest.mark.parametrize("asked", [False, True])
def test_every_list_calls_a_correction_by_its_name(world: World, asked: bool) -> None:
    side, request = world.here, correcting.corrected(world.here, asked=asked)
    exporter, staff = signed_in(side.sender), signed_in(side.reviewer)
    said = "Confirm or reject it by" if asked else "Your certifier enters what you asked for"
    for address in ("requests/", "requests/all/", f"requests/{request.reference}/"):
        page = exporter.get(f"/tierra/{address}").content.decode()
        assert ("Correction open" in page, said in page, "Questions open" in page) == (True, True, False), address
    assert exporter.get("/tierra/requests/new/").status_code == 200
    page = staff.get(f"/tierra/cases/{request.reference}/").content.decode()
    assert ("Correction open" in page, "Questions open" in page) == (True, False)
    queue = staff.get("/tierra/queue/?view=all-open").content.decode()
    assert ("correction to confirm until" if asked else "correction being entered") in queue
    assert "questions open until" not in queue


def test_rejecting_needs_a_reason_which_staff_read(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    exporter, place = signed_in(side.sender), f"/tierra/requests/{request.reference}/correction/"
    typed = {"reject": "1", "why": "All of it was loaded", "revision": str(request.revision)}
    empty = exporter.post(place, typed | {"why": ""})
    assert (empty.status_code, "Write what is wrong with it" in empty.content.decode()) == (422, True)
    stale = exporter.post(place, typed | {"revision": str(request.revision - 1)})
    assert (stale.status_code, "look at it once more" in stale.content.decode()) == (409, True)
    assert "All of it was loaded" in stale.content.decode()  # nothing typed is lost
    assert exporter.post(place, typed).status_code == 302
    assert exporter.post(place, typed).status_code == 302  # pressed twice
    case = signed_in(side.reviewer).get(f"/tierra/cases/{request.reference}/").content.decode()
    assert "All of it was loaded" in case
    assert "Correction rejected by" in case


def test_a_page_that_is_out_of_date_confirms_nothing(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    place = f"/tierra/requests/{request.reference}/correction/"
    for revision in ("", "1", "9" * 30, "x"):
        assert signed_in(side.sender).post(place, {"revision": revision}).status_code == 409
    with tenant(side.certifier):
        assert Correction.objects.get().closed_at is None


def test_while_it_is_typed_every_reader_sees_what_was_sent(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here, asked=False)
    exporter, staff = signed_in(side.sender), signed_in(side.reviewer)
    place, case = f"/tierra/requests/{request.reference}/", f"/tierra/cases/{request.reference}/"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(staff.get(f"{case}archive/").streaming_content)))
    pages = {url: client.get(url).content.decode() for client, url in (
        (exporter, place), (exporter, "/tierra/requests/"), (exporter, "/tierra/requests/all/"), (exporter, f"{place}versions/1/"), (staff, case), (staff, f"{case}versions/1/"),
        (staff, f"{case}print/"),
    )} | {name: archive.read(name).decode() for name in ("case.html", "case.json")}  # fmt: skip
    for url, page in pages.items():
        assert "19,200 kg" in page, url
        assert "18,000 kg" not in page, url
    with tenant(side.certifier):
        actions.withdraw(request=request, by=side.sender, reason="")
    assert "18,000 kg" not in exporter.get(place).content.decode()  # what was typed was never sent


def test_a_departure_that_is_only_typed_is_not_the_day_it_leaves(world: World) -> None:
    side, request = world.here, correcting.begun(world.here)
    sent, later = request.departure_on, request.departure_on + timedelta(days=3)
    with tenant(side.certifier, side.reviewer):
        requests.revise(
            request=request, step="departure", raw=request.raw["departure"] | {"departure_on": later.isoformat()},
            revision=request.revision, by=side.reviewer,
        )  # fmt: skip
    place = f"/tierra/requests/{request.reference}/"
    page = signed_in(side.sender).get(place)
    assert (page.context["leaves"], full_day(later) in page.content.decode()) == (sent, False)
    assert day(later) not in page.context["tell_apart"]
    with tenant(side.certifier, side.sender):  # declared with a reason it is a fact
        requests.declare_departure(
            request=correcting.fresh(request),
            by=side.sender,
            departed_on=None,
            new_date=later,
            why="The vessel is late",
        )
    assert signed_in(side.sender).get(place).context["leaves"] == later


def test_a_version_shows_staff_everything_that_was_sent(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    with tenant(side.certifier, side.sender):
        actions.confirm_correction(request=request, by=side.sender, revision=request.revision)
    page = signed_in(side.reviewer).get(f"/tierra/cases/{request.reference}/versions/1/").content.decode()
    for words in (
        "19,520 kg gross", "Peru", "commercial_invoice.pdf", "As box 5", "None", "Pacific Crane Lines", "PE881960",
        "buyer@baybridge.example", "Harvest", "Coverage",
    ):  # fmt: skip
        assert words in page, words


def test_only_who_began_it_comes_to_the_pages_and_a_colleague_may_take_the_case_over_and_it_back(world: World) -> None:
    side, request = world.here, correcting.begun(world.here)
    colleague, case = signed_in(side.colleague), f"/tierra/cases/{request.reference}/"
    assert colleague.get(f"/tierra/requests/{request.reference}/products/").status_code == 403
    assert "has had" in colleague.post(f"{case}correct/back/").content.decode()
    colleague.post(f"{case}take/", {"over": str(side.reviewer.pk)})
    assert colleague.post(f"{case}correct/back/").status_code == 302
    assert signed_in(side.reviewer).get(f"/tierra/requests/{request.reference}/products/").status_code == 403
    assert "correction is taken back" in colleague.get(case).content.decode()


def test_the_worker_asks_and_reminds_and_stops_when_it_is_over(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    topics = ("correction_to_confirm", "correction_due", "correction_taken_back")
    hurry("correction_due", certifier_id=side.certifier.pk)
    work(*topics)
    with tenant(side.certifier):
        actions.take_correction_back(request=request, by=side.reviewer)
    hurry("correction_due", certifier_id=side.certifier.pk)  # the day itself: nothing to be reminded of
    work(*topics)
    with tenant(side.certifier):
        templates = list(Mail.objects.filter(template__contains="correction").order_by("pk").values_list("template"))
        assert templates == [("v1/correction_to_confirm",), ("v1/correction_reminder",), ("v1/correction_taken_back",)]
        assert not Dispatch.objects.filter(topic__in=topics, done_at=None).exists()


def test_the_letters_say_both_sides_and_nobody_is_reminded_of_what_is_over(world: World) -> None:
    side, request = world.here, correcting.corrected(world.here)
    with tenant(side.certifier):
        correction = Correction.objects.get()
        mail = owe_mail(
            key="k", template="correction_to_confirm", to="a@b.example", kind="exporter", request=request,
            context={"correction": correction.pk},
        )  # fmt: skip
        letter = letters.write(letters.Case(mail, request, None, None, lambda: ""))
        assert letter.subject.startswith(f"{request.reference}: confirm a correction by ")
        again = confirming.correction_reminder(letters.Case(mail, request, None, None, lambda: ""))
        assert again.subject.startswith(f"{request.reference}: reminder, confirm by ")
        assert "Box 10, Net weight: 19,200 kg becomes 18,000 kg" in letter.lines
        assert letter.link is not None
        assert letter.link[1].endswith(f"/tierra/requests/{request.reference}/correction/")
        actions.take_correction_back(request=request, by=side.reviewer)
        with pytest.raises(letters.NotNeeded):
            letters.write(letters.Case(mail, request, None, None, lambda: ""))
