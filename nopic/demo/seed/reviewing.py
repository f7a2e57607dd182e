"""The reviewer's part of a story: take the case, confirm its checks, decide; with what each story finds."""

from datetime import timedelta
from decimal import Decimal

from nopic.demo.seed.timing import at, between
from nopic.demo.seed.walking import Scene, answer_questions, change_and_send_again, say_that_it_left, withdraw
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import LineStatus
from nopic.review import actions, queries
from nopic.tenants.context import tenant
from nopic.workflow.clock import now

MORE_KG = Decimal(3100)  # by which a verified quantity is raised
SOME, FEW = 13, 5  # checks confirmed in cases that are under way
LATER = ("framed", "revised")  # what more happens is told in `afterwards`, once there is a certificate
NOTES = {
    "draft_bl_weighs_less": {
        "net_weight": "The draft bill of lading says 19,080 kg, 120 kg less than invoice and packing list.",
        "packages": "318 bags on the draft bill of lading, 320 everywhere else.",
    },
    "declaration_lacks_a_lot": {
        "lots": "The second lot is on the packing list and not in the traceability declaration."
    },
    "packing_list_not_organic": {"named_organic": "The packing list does not say organic."},
}


def review(scene: Scene, request: CertificateRequest) -> None:
    """What staff do with a sent request, and what the exporter answers, as far as the story goes."""
    end = scene.story.end
    if end == "sent":
        return
    if end == "withdrawn":
        withdraw(scene, request)
        return
    with at(between(scene.sent_at, 0.35)), tenant(scene.certifier, scene.reviewer):
        actions.take(request=request, by=scene.reviewer)
    most = {
        "taken": FEW,
        "returned": FEW,
        "again": FEW,
        "left": FEW,
        "checked": SOME,
        "asked": SOME,
        "answered": SOME,
    }.get(end, 99)
    with at(between(scene.sent_at, 0.55)):
        for line in lines(scene, request):
            confirm(scene, request, line, most)
    if end in ("returned", "again"):
        _give_back(scene, request)
    if end in ("asked", "answered"):
        _ask(scene, request)
    if end == "answered":
        answer_questions(scene, request)
    if end == "again":
        change_and_send_again(scene, request)
    if end == "left":
        say_that_it_left(scene, request)
    if end in ("refused", "left", "mixed"):
        with at(between(scene.sent_at, 0.95)) if end != "left" else at(between(scene.sent_at, 0.999)):
            _refuse(scene, lines(scene, request)[-1])
    if end in ("issued", "cancelled", "attention", "partly", "mixed", "seconded", *LATER):
        approved = lines(scene, request)
        for line in approved[:1] if end in ("partly", "mixed") else approved:
            approve(scene, line)


def lines(scene: Scene, request: CertificateRequest) -> list[RequestLine]:
    """The lines of a request in their order."""
    with tenant(scene.certifier, scene.reviewer):
        return list(request.lines.filter(removed=False).select_related("request").order_by("position"))


def confirm(scene: Scene, request: CertificateRequest, line: RequestLine, most: int) -> None:
    """Give checks their verdicts in the order of the list, at most so many: Match, or Differs with what was found."""
    found = NOTES.get(scene.story.fault, {})
    with tenant(scene.certifier, scene.reviewer):
        for check in queries.load(request).checks(line)[:most]:
            if check.standing is not None:
                continue
            note = found.get(check.id, "")
            none = check.id == "supplier_guarantee" and not line.lots.filter(supplier__isnull=False).exists()
            actions.judge(
                request=request,
                line=line if check.row.scope == "line" else None,
                check_id=check.id,
                verdict="differs" if note else "n_a" if none else "match",
                note=note,
                by=scene.reviewer,
            )


def approve(scene: Scene, line: RequestLine) -> None:
    """Approve a line now, after letting a late request pass or raising a quantity where the story says so."""
    with tenant(scene.certifier, scene.reviewer):
        for slot in queries.load(line.request).facts.slots:
            for file in slot.unsaid:
                named = (slot.rule, scene.story.fault) != ("packing_list", "packing_list_not_organic")
                actions.confirm_organic(request=line.request, document_id=file.pk, named=named, by=scene.reviewer)
        for finding in queries.load(line.request).findings_of(line):
            if finding.is_stop and finding.can_be_waived:
                about = line if finding.line_id else None
                actions.waive(
                    request=line.request, line=about, rule=finding.rule, reason=scene.story.said, by=scene.reviewer
                )
            elif finding.rule == "quantity_is_within_what_is_left":
                actions.raise_allocation(line=line, kg=MORE_KG, reason=scene.story.said, by=scene.reviewer)
        line.request.refresh_from_db()
        actions.approve(line=line, by=scene.reviewer, revision=line.request.revision)
        line.refresh_from_db()
    if line.status == LineStatus.SECOND_CHECK and scene.story.end != "seconded":
        with tenant(scene.certifier, scene.colleague):
            line.request.refresh_from_db()
            actions.confirm(line=line, by=scene.colleague, revision=line.request.revision)


def _refuse(scene: Scene, line: RequestLine) -> None:
    with tenant(scene.certifier, scene.reviewer):
        actions.refuse(line=line, by=scene.reviewer, reason_code=scene.story.reason, text=scene.story.said)


def _ask(scene: Scene, request: CertificateRequest) -> None:
    """One question with a point for each difference that was found."""
    found = NOTES[scene.story.fault]
    with at(between(scene.sent_at, 0.6)), tenant(scene.certifier, scene.reviewer):
        request.refresh_from_db()
        case = queries.load(request)
        line = case.lines[0].line
        points = [
            actions.Point(found[check.id], str(check.row.box or ""), str(check.row.title), check.id, line)
            for check in case.checks(line)
            if check.id in found
        ]
        actions.ask(
            request=request,
            by=scene.reviewer,
            points=points,
            due_at=queries.answers_due(request, now()),
            language=scene.exporter.language,
            revision=request.revision,
        )


def _give_back(scene: Scene, request: CertificateRequest) -> None:
    points = [dict(zip(("box", "text"), point.split(": ", 1), strict=True)) for point in scene.story.said.split("\n")]
    with at(between(scene.sent_at, 0.6) + timedelta(minutes=10)), tenant(scene.certifier, scene.reviewer):
        request.refresh_from_db()
        actions.return_to_exporter(request=request, by=scene.reviewer, points=points, revision=request.revision)
