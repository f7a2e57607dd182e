"""The exporter's part of a story: fill in the steps, add the papers, send; and what exporters do afterwards.

Only the actions that the pages use are called, each with the clock at the moment when the story says it happened.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from io import BytesIO
from random import Random
from typing import Any

from django.db import connection

from nopic.demo.papers import Paper, organic_certificate, papers
from nopic.demo.seed.answers import answers, with_problems
from nopic.demo.seed.shipments import FRAME_DAYS, Shipment, first_shipment, shipment
from nopic.demo.seed.stories import Story
from nopic.demo.seed.timing import at, between, working_day, working_moment
from nopic.documents.actions import Slot, Upload, receive
from nopic.frames import actions as frames
from nopic.products.models import ProductItem
from nopic.requests import actions, queries
from nopic.requests.models import CertificateRequest, Supplier
from nopic.requests.slots import DOES_NOT_APPLY, LATER
from nopic.review import actions as review
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, Exporter, User
from nopic.workflow.clock import now

HANDS = ThreadPoolExecutor(2, thread_name_prefix="papers")  # a file is looked at in a child process: two at a time


@dataclass
class Scene:
    """One story with everybody in it."""

    story: Story
    number: int  # of the story among its exporter's
    certifier: Certifier
    office: Office
    exporter: Exporter
    sender: User
    reviewer: User
    colleague: User  # who confirms what needs a second person

    @cached_property
    def sent_at(self) -> datetime:
        """When it was sent; of a draft, when it was last worked on."""
        chance = Random(self.story.key)  # noqa: S311 - an hour of the day
        hour = time(chance.randrange(8, 15), chance.randrange(60))
        return working_moment(self.office, 1 if self.story.sent is None else self.story.sent, hour)

    @cached_property
    def shipment(self) -> Shipment:
        """Its figures."""
        leaves = working_day(self.office, self.story.leaves)
        if self.story.end == "framed":  # it begins today, and nothing may be issued for a day that has passed
            leaves = max(leaves, self.office.local(now()).date())
        issued = self.office.local(self.sent_at).date() - timedelta(days=1)
        return shipment(self.story, self.number, leaves=leaves, issued=issued)


def write(scene: Scene) -> CertificateRequest:
    """The request as the exporter leaves it: a draft of some kind, or sent."""
    story, moment = scene.story, scene.sent_at
    if story.end == "framed":
        permit(scene)
    if story.end == "empty":
        with tenant(scene.certifier, scene.sender):
            return actions.start(exporter=scene.exporter, by=scene.sender)
    what = scene.shipment  # counted from today, so before the clock is stopped
    with at(moment - timedelta(minutes=40)), tenant(scene.certifier, scene.sender):
        request = actions.start(exporter=scene.exporter, by=scene.sender)
        raw = answers(what, scene.exporter)
        if story.end == "problems":
            raw = with_problems(raw)
        for step in list(raw)[:2] if story.end == "half" else raw:
            actions.revise(request=request, step=step, raw=raw[step], revision=request.revision, by=scene.sender)
    if story.end in ("half", "problems"):
        return request
    with at(moment - timedelta(minutes=15)):
        if story.end == "withdrawn_draft":
            with tenant(scene.certifier, scene.sender):
                return actions.withdraw(request=request, by=scene.sender, reason=story.said)
        add_papers(scene, request, what)
    return request if story.end == "complete" else send(scene, request, moment)


def permit(scene: Scene) -> None:
    """The exporter asked for a time frame of its product, and staff allowed it."""
    [line] = scene.shipment.lines
    with tenant(scene.certifier, scene.sender):
        item = ProductItem.objects.get(certifier=scene.certifier, exporter=scene.exporter, code=line.product.code)
    rules = scene.office.rules
    moment = scene.sent_at - timedelta(days=3)
    with at(moment), tenant(scene.certifier, scene.sender):
        permission = frames.ask(
            item=item, days=FRAME_DAYS, kg=line.net(line.packages), per_month=4, rules=rules, by=scene.sender,
            reason="One container a week to the same buyer, all from the harvest that was inspected in August.",
        )  # fmt: skip
    since = scene.office.local(moment).date()
    with at(moment + timedelta(hours=5)), tenant(scene.certifier, scene.reviewer):
        frames.grant(
            permission=permission, max_days=FRAME_DAYS, max_kg=line.net(line.packages), valid_from=since,
            valid_to=since + timedelta(days=365), note="", rules=rules, by=scene.reviewer,
        )  # fmt: skip


def send(scene: Scene, request: CertificateRequest, moment: datetime) -> CertificateRequest:
    """Check and send."""
    with at(moment), tenant(scene.certifier, scene.sender):
        request.refresh_from_db()
        return actions.submit(request=request, by=scene.sender, declared=True, revision=request.revision)


def add_papers(scene: Scene, request: CertificateRequest, what: Shipment) -> None:
    """Put every paper into its row; rows without one get the answer that the policy allows."""
    kind = {"air": "booking", "road": "final"}.get(what.way.mode, "booking" if scene.number % 3 == 2 else "draft")
    shown = first_shipment(what) if scene.story.end == "framed" else what
    made = papers(shown, transport=kind, with_phyto=scene.number % 3 == 0)
    with tenant(scene.certifier, scene.sender):
        slots = queries.documents(request)
    file_certificates(scene, what)
    subjects = {slot.name: slot.subject for slot in slots if slot.subject}
    chosen: list[tuple[Paper, Slot]] = []
    for paper in made:
        if paper.rule == "packing_list" and what.story.fault == "packing_list_not_needed":
            continue
        subject = next((s for name, s in subjects.items() if paper.seller and name.endswith(paper.seller.name)), "")
        chosen.append((paper, Slot(paper.rule, subject, paper.kind)))
    _receive(scene, request.pk, chosen)
    given = {(slot.rule, slot.subject) for _paper, slot in chosen}
    with tenant(scene.certifier, scene.sender):
        for slot in slots:
            if (slot.rule, slot.subject) in given:
                continue
            answer = (LATER, "") if slot.may_follow else (DOES_NOT_APPLY, "One pallet: the invoice lists every carton.")
            actions.answer_slot(
                request=request,
                rule=slot.rule,
                subject=slot.subject,
                answer=answer[0],
                reason=answer[1],
                by=scene.sender,
            )
        request.refresh_from_db()
        actions.revise(request=request, step="documents", raw={}, revision=request.revision, by=scene.sender)


def file_certificates(scene: Scene, what: Shipment) -> None:
    """Keep the organic certificates of those who sold lots and have another certifier, each once."""
    for seller in what.sellers:
        with tenant(scene.certifier, scene.sender):
            supplier = Supplier.objects.get(certifier=scene.certifier, exporter=scene.exporter, name=seller.name)
        if seller.same_certifier or supplier.dossier_id:
            continue
        since = date(what.year, 1, 15)
        until = since.replace(year=since.year + 2)
        number = f"OC-{what.year}-{supplier.pk:04d}"
        paper = organic_certificate(seller, number=number, until=until)
        document = receive(
            certifier=scene.certifier,
            dossier=lambda seller=supplier: actions.place_for_certificate(supplier=seller),
            slot=Slot(paper.rule),
            upload=Upload(BytesIO(paper.data), paper.name, paper.declared),
            by=scene.sender,
        )
        with tenant(scene.certifier, scene.sender):
            actions.certificate_came(
                supplier=supplier, document=document, number=number, valid_from=since, valid_to=until, by=scene.sender
            )


def _receive(scene: Scene, request_id: int, chosen: Sequence[tuple[Paper, Slot]]) -> None:
    def one(pair: tuple[Paper, Slot]) -> None:
        paper, slot = pair

        def dossier() -> Any:
            request = CertificateRequest.objects.get(certifier=scene.certifier, pk=request_id)
            return actions.open_slot(request=request, rule=slot.rule, subject=slot.subject)

        try:
            receive(
                certifier=scene.certifier,
                dossier=dossier,
                slot=slot,
                upload=Upload(BytesIO(paper.data), paper.name, paper.declared),
                by=scene.sender,
            )
        finally:
            connection.close()

    list(HANDS.map(one, chosen))


def change_and_send_again(scene: Scene, request: CertificateRequest) -> CertificateRequest:
    """What an exporter does with a request that came back: correct the answer, look again, send."""
    moment = between(scene.sent_at, 0.8)
    with at(moment), tenant(scene.certifier, scene.sender):
        request.refresh_from_db()
        vessel = f"{request.vessel}, trailer 08-TR-5K"
        raw = request.raw["transport"] | {"vessel": vessel}
        actions.revise(request=request, step="transport", raw=raw, revision=request.revision, by=scene.sender)
    return send(scene, request, moment + timedelta(minutes=5))


def answer_questions(scene: Scene, request: CertificateRequest) -> None:
    """Every point is answered in words and sent."""
    with at(between(scene.sent_at, 0.8)), tenant(scene.certifier, scene.sender):
        asked = review.keep_replies(request=request, replies={})
        review.keep_replies(request=request, replies={each.position: scene.story.said for each in asked.points.all()})
        review.send_answers(request=request, by=scene.sender)


def withdraw(scene: Scene, request: CertificateRequest) -> None:
    """The exporter takes a sent request back."""
    with at(between(scene.sent_at, 0.5)), tenant(scene.certifier, scene.sender):
        actions.withdraw(request=request, by=scene.sender, reason=scene.story.said)


def say_that_it_left(scene: Scene, request: CertificateRequest) -> None:
    """The exporter answers that the goods have left."""
    left = working_day(scene.office, scene.story.leaves)
    with at(now() - timedelta(minutes=20)), tenant(scene.certifier, scene.sender):
        actions.declare_departure(request=request, by=scene.sender, departed_on=left, new_date=None, why="")
