"""Questions over HTTP: composed from what differs in the exporter's language, answered on one page, told by e-mail."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from certifiers.presenters.questions import heading, sentence
from nopic.delivery.mails import asking, letters
from nopic.delivery.mails.owing import owe_mail
from nopic.requests.models import CertificateRequest
from nopic.review import actions, queries
from nopic.review.models import QuestionRound
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.models import Exporter
from nopic.tenants.policy import CheckRow
from nopic.tenants.policy.checklist import DEFAULT_CHECKS
from tests.factories import Side, World, signed_in
from tests.review import cases
from tests.review.test_asking import LESS, change, fresh

pytestmark = pytest.mark.sent


def differing(side: Side) -> CertificateRequest:
    request = cases.taken(side)
    with tenant(side.certifier):
        Exporter.objects.filter(pk=side.exporter.pk).update(language="es")
        cases.confirm(request, side.reviewer, but={"net_weight": ("differs", "factura: 19,300 kg")})
        request.refresh_from_db()
    return request


def differs_again(side: Side, request: CertificateRequest) -> CertificateRequest:
    request.refresh_from_db()
    row = next(each for each in DEFAULT_CHECKS if each.id == "net_weight")
    line = cases.line(request) if row.scope == "line" else None
    actions.judge(request=request, line=line, check_id=row.id, verdict="differs", note="19,400 kg", by=side.reviewer)
    request.refresh_from_db()
    return request


def asked_over_http(side: Side, request: CertificateRequest, **extra: str):
    address = f"/{side.certifier.slug}/cases/{request.reference}/ask/"
    page = signed_in(side.reviewer).get(address)
    form = page.context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"revision": str(request.revision), **extra}
    return page, signed_in(side.reviewer).post(address, data)


def test_every_difference_is_offered_in_the_exporters_language_and_looked_at_before_it_is_sent(world: World) -> None:
    side, request = world.here, differing(world.here)
    page, looked = asked_over_http(side, request, look="1")
    text = "Peso neto: usted declaró 19\u00a0200 kg. Encontramos: factura: 19,300 kg. Corrija la solicitud, envíe el documento correcto o díganos por qué difieren."  # fmt: skip
    assert page.context["form"]["point-0"].value() == text
    assert looked.status_code == 200
    assert [point.text for point in looked.context["shown"]] == [text]
    with tenant(side.certifier):
        assert QuestionRound.objects.count() == 0
    _page, sent = asked_over_http(side, request, **{"own-0": "Which truck?", "box-0": "14"})
    assert sent.status_code == 302
    with tenant(side.certifier):
        points = list(QuestionRound.objects.get().points.values_list("box", "title", "text"))
    assert [(box, said) for box, _title, said in points] == [("10", text), ("14", "Which truck?")]
    assert points[1][1] not in ("", "Box 14")  # named as the exporter knows it


def test_nothing_asked_is_said_and_nothing_typed_is_lost(world: World) -> None:
    side, request = world.here, differing(world.here)
    _page, refused = asked_over_http(side, request, **{"point-0": " ", "due": "2020-01-01"})
    assert refused.status_code == 422
    assert b"Choose a day in the future" in refused.content


def test_no_answer_is_awaited_for_years(world: World) -> None:
    """The last day there is has no end west of Greenwich that the database could give back: no page of the case opened."""
    side, request = world.here, differing(world.here)
    _page, refused = asked_over_http(side, request, due="9999-12-31", **{"own-0": "Which truck?"})
    text = refused.content.decode()
    assert (refused.status_code, "Choose a day within a year" in text, "Which truck?" in text) == (422, True, True)
    with tenant(side.certifier):
        assert QuestionRound.objects.count() == 0


def test_an_answer_that_is_too_long_is_not_cut(world: World) -> None:
    side, request = world.here, differing(world.here)
    asked_over_http(side, request)
    exporter, url = signed_in(side.sender), f"/{side.certifier.slug}/requests/{request.reference}/questions/"
    long = "\r\n".join(["Es el bruto."] * 76) + " Fin"  # 991 characters with line ends of one, as a browser counts
    refused = exporter.post(url, {"reply-1": long + " de todo esto", "to": "1:box"})
    text = refused.content.decode()
    assert (refused.status_code, "at most 1000 characters, this has 1004" in text) == (422, True)
    assert "Fin de todo esto" in text
    assert exporter.post(url, {"reply-1": long}).status_code == 302
    assert " Fin</textarea>" in exporter.get(url).content.decode()


def test_the_exporter_answers_on_one_page_and_staff_see_both(world: World) -> None:
    side, request = world.here, differing(world.here)
    asked_over_http(side, request)
    exporter = signed_in(side.sender)
    base = f"/{side.certifier.slug}/requests/{request.reference}/"
    assert b"1 question of the reviewer" in exporter.get(base).content
    assert b"Answer the reviewer about" in exporter.get(f"/{side.certifier.slug}/requests/").content
    refused = exporter.post(f"{base}questions/", {"send": "1", "reply-1": ""})
    assert (refused.status_code, b"Answer point 1" in refused.content) == (422, True)
    assert exporter.post(f"{base}questions/", {"reply-1": "Es el bruto."}).status_code == 302
    assert "Es el bruto." in exporter.get(f"{base}questions/").content.decode()
    # on the way to the box or the document, nothing that was written is lost
    to_box = exporter.post(f"{base}questions/", {"to": "1:box", "reply-1": "Es el bruto, no el neto."})
    assert to_box["Location"] == f"{base}products/#lines-0-net"
    assert "Es el bruto, no el neto." in exporter.get(f"{base}questions/").content.decode()
    assert (
        "documents/#file-" in exporter.post(f"{base}questions/", {"to": "1:0", "reply-1": "Es el bruto."})["Location"]
    )
    assert exporter.post(f"{base}questions/", {"to": "9:x"})["Location"] == f"{base}questions/"
    assert "1 is answered and not sent yet." in exporter.get(base).content.decode()
    case = f"/{side.certifier.slug}/cases/{request.reference}/"
    away = signed_in(side.reviewer).get(case).content.decode()
    assert ("the clock stands still" in away, "Es el bruto." in away) == (True, False)  # drafts stay the exporter's
    assert exporter.get(f"{base}products/").status_code == 200
    assert exporter.post(f"{base}questions/", {"send": "1", "reply-1": "Es el bruto."}).status_code == 302
    assert "Es el bruto." in signed_in(side.reviewer).get(case).content.decode()
    assert signed_in(side.reviewer).get(f"{case}versions/2/").status_code == 200
    assert exporter.get(f"{base}versions/2/").status_code == 200
    after = exporter.get(base).content.decode()  # what was asked and answered stays readable for the exporter, too
    assert f"Questions by {side.reviewer}" in after
    assert "Es el bruto." in after


def test_two_who_answer_lose_nothing_and_no_answer_goes_to_other_questions(world: World) -> None:
    side, request = world.here, differing(world.here)
    asked_over_http(side, request)
    rosa, luis = signed_in(side.sender), signed_in(side.member)
    url = f"/{side.certifier.slug}/requests/{request.reference}/questions/"
    asked = rosa.get(url).context["asked"].pk
    empty = {"asked": asked, "was-1": "", "reply-1": ""}
    assert luis.post(url, {**empty, "reply-1": "Es el\r\nbruto."}).status_code == 302
    assert rosa.post(url, empty).status_code == 302  # she wrote nothing: his words stay
    both = rosa.post(url, {**empty, "send": "1", "reply-1": "Pesado en Callao."})
    text = both.content.decode()
    assert (both.status_code, "wrote meanwhile “Es el\nbruto.”" in text, "Pesado en Callao." in text) == (
        422,
        True,
        True,
    )
    one = {"asked": asked, "was-1": "Es el\r\nbruto.", "reply-1": "Es el bruto, pesado en Callao.", "send": "1"}
    assert [rosa.post(url, one).status_code for _click in range(2)] == [302, 302]
    assert "Not sent" not in rosa.get(url, follow=True).content.decode()
    with tenant(side.certifier):
        again = differs_again(side, request)
    asked_over_http(side, again)
    late = luis.post(url, {**empty, "reply-1": "Otra cosa.", "send": "1"}, follow=True).content.decode()
    assert "Not sent: “Otra cosa.”" in late
    with tenant(side.certifier):
        first, second = QuestionRound.objects.filter(request=request).order_by("pk")
        assert [first.points.get().reply, second.points.get().reply] == ["Es el bruto, pesado en Callao.", ""]


def test_while_questions_are_open_staff_read_what_was_sent_and_its_files(world: World) -> None:
    side, request = world.here, differing(world.here)
    asked_over_http(side, request)
    staff = signed_in(side.reviewer)
    with tenant(side.certifier):
        change(side, fresh(request), **LESS)
        assert request.lines.get().net_kg == 18_000
    queue = staff.get("/tierra/queue/?view=questions").content.decode()
    assert ("19,200" in queue, "18,000" in queue) == (True, False)
    case = f"/tierra/cases/{request.reference}/"
    page = staff.get(case).content.decode()
    assert f'href="{case}print/"' in page
    assert f'href="{case}archive/"' in page
    assert page.count("/original/") == 4


def test_what_is_asked_about_papers_is_said_as_the_exporter_can_answer_it(world: World) -> None:
    side, request = world.here, cases.taken(world.here)
    with tenant(side.certifier):
        cases.confirm(request, side.reviewer, but={
            "named_organic": ("differs", "The packing list does not."), "sent_in_time": ("differs", "")
        })  # fmt: skip
        request.refresh_from_db()
    page, sent = asked_over_http(side, request)
    assert sent.status_code == 302
    asked = [page.context["form"][f"point-{at}"].value() for at in range(2)]
    assert asked[0] == (
        "Every document that goes with the goods names the product as organic. We found: The packing list does not. "
        "Send the document with the word organic beside the product, or tell us where it stands."
    )
    assert asked[1].startswith("The request came later than we ask for. You declared: ")
    assert asked[1].endswith(". Tell us why, or choose a later departure.")
    page = signed_in(side.sender).get(f"/{side.certifier.slug}/requests/{request.reference}/questions/")
    titles = [point["point"].title for point in page.context["points"]]
    assert titles == ["The word organic on your documents", "Time between sending and departure"]
    documents = f"/{side.certifier.slug}/requests/{request.reference}/documents/"
    assert page.context["points"][0]["adds"] == [
        ("Commercial invoice", f"{documents}#file-commercial_invoice"),
        ("Packing list", f"{documents}#file-packing_list"),
        ("Transport document", f"{documents}#file-transport_document"),
    ]
    shown = signed_in(side.sender).get(documents).content.decode()
    for _name, url in page.context["points"][0]["adds"]:
        assert f'id="{url.partition("#")[2]}"' in shown  # the link leads to its row
    assert "answers not sent yet" in shown
    assert "draft saved" not in shown


def test_every_check_of_the_portal_asks_something_in_three_languages() -> None:
    for row in DEFAULT_CHECKS:
        said = {language: sentence(row, "19,200 kg", "19,300 kg", language) for language in ("en", "es", "fr")}
        assert len(set(said.values())) == 3, row.id
        assert all("19,300 kg" in text for text in said.values()), row.id
        assert len({heading(row, language) for language in ("en", "es", "fr")}) > 1, row.id


def test_a_certifiers_own_check_asks_its_own_question() -> None:
    row = CheckRow(id="fumigation", group="process", question="Is the pallet wood marked")
    text = "Is the pallet wood marked. We found: no mark. Change the request, send a document, or write to us."
    assert (heading(row, "en"), sentence(row, "", "no mark", "en")) == (row.question, text)


def test_answers_are_due_before_the_goods_leave(world: World) -> None:
    side, request = world.here, cases.taken(world.here)
    at, office = datetime(2027, 3, 1, 15, tzinfo=UTC), Office(world.here.policy.rules)  # a Monday
    with tenant(side.certifier):
        request.departure_on = None
        usual = office.local(queries.answers_due(request, at)).date()
        for leaves, due in ((usual + timedelta(days=9), usual), (date(2027, 3, 3), date(2027, 3, 2)), (date(2027, 3, 1), date(2027, 3, 1))):  # fmt: skip
            request.departure_on = leaves
            assert office.local(queries.answers_due(request, at)).date() == due, leaves


def test_the_letter_says_what_is_asked_and_until_when(world: World) -> None:
    side, request = world.here, differing(world.here)
    asked_over_http(side, request)
    with tenant(side.certifier):
        asked = QuestionRound.objects.get()
        fresh = CertificateRequest.objects.select_related("certifier", "policy", "exporter").get(pk=request.pk)
        mail = owe_mail(key="k", template="questions_asked", to="a@b.example", kind="exporter", request=fresh, context={"round": asked.pk})  # fmt: skip
        letter = letters.write(letters.Case(mail, fresh, None, None, lambda: ""))
        assert letter.subject.startswith(f"{request.reference}: 1 pregunta, responda hasta ")
        assert letter.lines[0].startswith("1. Casilla 10: Peso neto: usted declaró 19 200 kg.")
        assert translation.get_language() == "en"
        assert '<html lang="es">' in letter.set("v1")[1]
        for language, subject in (("en", "reminder, answer by "), ("es", "recordatorio, responda hasta "), ("fr", "rappel, répondez avant ")):  # fmt: skip
            QuestionRound.objects.update(language=language)
            again = asking.questions_reminder(letters.Case(mail, fresh, None, None, lambda: ""))
            assert re.match(rf"{request.reference} ?: {subject}", again.subject)
        actions.take_back(request=fresh, by=side.reviewer)
        try:
            asking.questions_reminder(letters.Case(mail, fresh, None, None, lambda: ""))
        except letters.NotNeeded:
            pass
        else:
            raise AssertionError("nobody is reminded of what is taken back")


def test_a_request_is_taken_back_before_the_review_and_says_so(world: World) -> None:
    side, request = world.here, cases.sent(world.here)
    base = f"/{side.certifier.slug}/requests/{request.reference}/"
    assert signed_in(side.member).post(f"{base}recall/").status_code == 403
    assert signed_in(side.sender).post(f"{base}recall/").status_code == 302
    assert b"You took it back on" in signed_in(side.sender).get(base).content
    assert b"Taken back" in signed_in(side.reviewer).get(f"/{side.certifier.slug}/cases/{request.reference}/").content
