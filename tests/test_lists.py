"""Pages that list what grows with use ask the database the same number of things however long the list is."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from nopic.documents.models import TemplateFile
from nopic.tenants import actions as tenants
from nopic.tenants.context import tenant
from nopic.tenants.statuses import Role
from nopic.watch.models import Concern
from tests import factories
from tests.doors.matrix import of_certifier, of_exporter, of_time_frame
from tests.exporters.test_dashboard import questions
from tests.factories import Side, World, signed_in
from tests.fees import test_charges as charges
from tests.frames import stories
from tests.review import cases

Grow = Callable[[Side, str], None]


def supplier(here: Side, mark: str) -> None:
    factories.supplier(here, mark)


def transaction_certificate(here: Side, mark: str) -> None:
    with tenant(here.certifier, here.sender):
        seller = factories.supplier(here, mark)
        factories.requests.register_certificate(
            supplier=seller, number=mark, product="Green coffee", kg=Decimal(100), valid_from=date(2026, 1, 1),
            valid_to=None, by=here.sender,
        )  # fmt: skip


def form(here: Side, mark: str) -> None:
    with tenant(here.certifier):
        TemplateFile.objects.create(
            certifier=here.certifier, rule="packing_list", name=mark, media_type="application/pdf", size=1,
            sha256="0" * 64, added_by="the test",
        )  # fmt: skip


def product(here: Side, mark: str) -> factories.ProductItem:
    with tenant(here.certifier, here.sender):
        return factories.product(here.exporter, mark, mark, "0803.90.0025", Decimal(100)).item


def permission(here: Side, mark: str) -> None:
    stories.asked_for(here, item=product(here, mark))


def shipment(here: Side, mark: str) -> None:
    with tenant(here.certifier, here.sender):
        stories.truck(here, of_time_frame(None, here)["certificate_id"], 10, unit=mark)  # type: ignore[arg-type]


def concern(here: Side, mark: str) -> None:
    seller = factories.supplier(here, mark)
    with tenant(here.certifier):
        Concern.objects.create(
            certifier=here.certifier, kind="supplier", supplier=seller, name=mark, standing="suspended"
        )


def colleague(here: Side, mark: str) -> None:
    person = factories.user(f"{mark}@tierra.example", mark)
    with tenant(here.certifier):
        factories.member(person, Role.REVIEWER, certifier=here.certifier)
        today = factories.clock.today("UTC")
        tenants.add_absence(
            certifier_id=here.certifier.pk, person=person, first_on=today, last_on=today, cover=here.reviewer,
            by=here.admin,
        )  # fmt: skip


def alone(here: Side, mark: str) -> None:
    lots = [{"code": mark, "kg": "60", "supplier": "own"}]
    few = factories.line_answers(here, net="60", packages="1", gross="61", lots=lots)
    cases.approved_alone(here, mark, lines=[few], vessel=mark)


def charge(here: Side, mark: str) -> None:
    line = factories.line_answers(here, item=str(product(here, mark).pk), net="50", packages="1", gross="51", lots=[])
    lots = [{"code": "L1", "kg": "50", "supplier": "own"}]
    request = factories.submitted(here, lines=[{**line, "lots": lots}])
    with tenant(here.certifier):
        charges.issued(here, request)


@pytest.mark.parametrize(
    ("who", "page", "fill", "grow"),
    [
        ("sender", "suppliers", of_certifier, supplier),
        ("sender", "suppliers", of_certifier, transaction_certificate),
        ("reviewer", "inputs", of_certifier, transaction_certificate),
        ("admin", "document_forms", of_certifier, form),
        ("sender", "frame_permissions", of_certifier, permission),
        ("reviewer", "operation", of_exporter, permission),
        ("sender", "verified_list", of_certifier, product),
        ("sender", "shipments", of_time_frame, shipment),
        ("reviewer", "concerns", of_certifier, concern),
        ("reviewer", "roster", of_certifier, colleague),
        ("reviewer", "approved_alone", of_certifier, alone),
        ("sender", "fees", of_certifier, charge),
        ("reviewer", "operation_fees", of_exporter, charge),
    ],
    ids=lambda value: value if isinstance(value, str) else getattr(value, "__name__", ""),
)
def test_a_list_costs_the_same_however_long_it_is(
    world: World, who: str, page: str, fill: Callable[[World, Side], dict[str, object]], grow: Grow
) -> None:
    here = world.here
    if grow is charge:
        with tenant(here.certifier):
            charges.price(here)
    browser = signed_in(getattr(here, who))
    counts, made = [], 0
    for many in (1, 5):
        while made < many:
            made += 1
            grow(here, f"CANARY-{made}")
        url = reverse(page, kwargs=fill(world, here))
        browser.get(url)  # what a process or a session reads once
        with CaptureQueriesContext(connection) as asked:
            html = browser.get(url).content.decode()
        assert set(re.findall(r"CANARY-\d", html)) == {f"CANARY-{n + 1}" for n in range(made)}
        counts.append(len(questions(asked)))
    assert counts[0] == counts[1], "\n".join(questions(asked))
