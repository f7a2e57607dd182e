"""The exporter's certificates over HTTP: list, search, one certificate, and what others may not see."""

import re
from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nopic.certificates.models import Certificate
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.review import actions as review
from nopic.review import projection
from nopic.tenants.context import tenant
from nopic.workflow import clock
from tests import factories
from tests.delivery import consignments
from tests.exporters.test_dashboard import questions
from tests.factories import World
from tests.review import cases

URL = "/tierra/my-certificates/"


def many(certificate: Certificate, number: int) -> None:
    """More certificates like this one, with their lines, in two statements."""
    lines, made = [], []
    for n in range(number):
        line, one = copy(certificate.line), copy(certificate)
        line.pk, one.pk, one.line = None, None, line
        one.number = f"901-9010004128-{number:03d}{n:03d}"  # no number that a consignment was given
        lines.append(line)
        made.append(one)
    with tenant(certificate.certifier):
        RequestLine.objects.bulk_create(lines)
        for one, line in zip(made, lines, strict=True):
            one.line = line
        Certificate.objects.bulk_create(made)


@pytest.fixture
def member(world: World) -> Client:
    return factories.signed_in(world.here.member)


def test_nothing_yet_and_nothing_found_are_said(world: World, member: Client) -> None:
    assert "No certificate yet." in member.get(URL).content.decode()
    page = member.get(URL, {"q": "PE99<x>"}).content.decode()
    assert "No certificate matches “PE99&lt;x&gt;”" in page


def test_a_certificate_shows_its_state_first_then_number_and_boxes(world: World, member: Client) -> None:
    issued = consignments.make(world.here, world.importer)
    page = member.get(f"{URL}{issued.certificate.pk}/").content.decode()
    assert page.index("<h1>Valid</h1>") < page.index(f"<output>{issued.number}")
    for words in (
        "0901.11.0015", "38,400 kg", "VV-26-088 (9,600 kg)", "APLU 417512 5 PE881960", "Embarcadero Dry Storage",
        "640 jute bags", "Issued on", issued.request.reference,
    ):  # fmt: skip
        assert words in page, words
    assert f"/tierra/certificates/{issued.certificate.pk}/certificate.pdf" in page
    assert f"/tierra/certificates/{issued.certificate.pk}/handover/" in page
    assert member.get(f"/tierra/certificates/{issued.certificate.pk}/handover/").status_code == 200


def test_a_cancelled_one_says_not_valid_and_why(world: World, member: Client) -> None:
    issued = consignments.make(world.here, world.importer)
    consignments.cancel(issued)
    page = member.get(f"{URL}{issued.certificate.pk}/").content.decode()
    assert "<h1>Not valid for import</h1>" in page
    assert "Cancelled" in member.get(URL).content.decode()


def test_a_shipped_one_says_for_which_shipment(world: World, member: Client) -> None:
    gone = clock.today("UTC") - timedelta(days=3)
    issued = consignments.make(world.here, world.importer, departure_on=gone)
    page = member.get(f"{URL}{issued.certificate.pk}/").content.decode()
    assert "for that shipment only" in page


def test_one_without_a_number_is_not_valid_and_has_no_pdf(world: World, member: Client) -> None:
    request = cases.ready(world.here)
    with tenant(world.here.certifier):
        review.approve(line=cases.line(request), by=world.here.reviewer, revision=request.revision)
        certificate = Certificate.objects.get(request=request)
    page = member.get(f"{URL}{certificate.pk}/").content.decode()
    assert "Not valid for import until it has its number" in page
    assert "Download PDF" not in page
    page = member.get(f"/tierra/requests/{request.reference}/").content.decode()
    assert "being published in the US database" in page


def test_search_takes_any_text(world: World, member: Client) -> None:
    for words in ("\x00", "'; drop table", "%", "~" * 300, "٣٤", "a b c d e f g h"):
        assert member.get(URL, {"q": words}).status_code == 200


def test_search_finds_by_number_and_by_the_words_of_the_request(world: World, member: Client) -> None:
    one = consignments.make(world.here, world.importer, reference="2026-0401")
    other = consignments.make(world.here, world.importer, reference="2026-0402")
    with tenant(world.here.certifier):
        CertificateRequest.objects.filter(pk=one.request.pk).update(
            containers=[{"number": "APLU 417512 5", "seal": "PE881960"}]
        )
        for each in (one, other):
            projection.index(CertificateRequest.objects.get(pk=each.request.pk))
    for words in (one.number, one.number.replace("-", ""), "2026-0401", "aplu417512", "PE881960"):
        page = member.get(URL, {"q": words}).content.decode()
        assert one.number in page, words
        assert other.number not in page, words


@pytest.mark.parametrize("words", ["", "901"])
def test_at_most_ten_statements_whatever_the_number_of_rows(world: World, member: Client, words: str) -> None:
    counts = []
    member.get(URL)
    issued = consignments.make(world.here, world.importer)
    for more in (0, 49, 450):
        many(issued.certificate, more)
        with CaptureQueriesContext(connection) as asked:
            page = member.get(URL, {"q": words}).content.decode()
        counts.append(len(questions(asked)))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 10, "\n".join(questions(asked))
    assert page.count("<li><div><h3>") == 50
    found = re.search(r'href="(/tierra/my-certificates/\?[^"]*after=\d+)"', page)
    assert found is not None
    second = member.get(found[1].replace("&amp;", "&")).content.decode()
    assert second.count("<li><div><h3>") == 50
    assert "Newest" in second


def test_certificates_of_others_are_not_found(world: World, member: Client) -> None:
    theirs = consignments.make(world.there, world.other_importer)
    assert member.get(f"{URL}{theirs.certificate.pk}/").status_code == 404
    assert member.get(f"{URL}99999999999999999999/").status_code == 404
    page = member.get(URL, {"q": theirs.number}).content.decode()
    assert "CANARY-nordhof" not in page
    assert "No certificate matches" in page
