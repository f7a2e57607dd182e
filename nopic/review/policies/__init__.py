"""Who may do what to a case now, and why not: button, form and action ask the same function.

Each `obstacles_to_<verb>` gives the sentences (or findings) that stand against the verb; an empty list means that it
may be done.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nopic.certificates import limits, standing
from nopic.certificates.models import Certificate
from nopic.presentation import words
from nopic.requests.checks import Finding
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import OPEN_REQUEST, LineStatus, RequestStatus
from nopic.review import queries
from nopic.review.models import SecondCheck, SecondLook
from nopic.review.policies.papers import organic_is_said
from nopic.review.queries import Case
from nopic.tenants.models import Membership, User
from nopic.tenants.policy import Rules
from nopic.tenants.roster import on_duty
from nopic.tenants.statuses import STAFF
from nopic.workflow.clock import now

Obstacle = str | Finding
_NAMED = 4  # checks that a sentence names before it only counts


def who_has_it(request: CertificateRequest) -> str:
    """Who has the case and since when, as a sentence."""
    if request.reviewer is None:
        return _("Nobody has taken %(reference)s yet.") % {"reference": request.reference}
    said = {"name": request.reviewer, "reference": request.reference}
    if request.taken_at is None:
        return _("%(name)s has %(reference)s.") % said
    zone = _rules(request).time_zone
    said["moment"] = words.moment(request.taken_at, zone, words.city_of(zone))
    return _("%(name)s has had %(reference)s since %(moment)s.") % said


def what_happened(subject: object, to: User | None = None) -> str:
    """What somebody else did first, as a sentence for the one who came second (`to`)."""
    if isinstance(subject, RequestLine) and subject.status != LineStatus.OPEN:
        said = {
            "n": subject.position,
            "status": subject.get_status_display().lower(),
            "name": subject.decided_by or _("somebody"),
        }
        return _("Product %(n)s is %(status)s already, by %(name)s. Nothing was done twice.") % said
    request = subject.request if isinstance(subject, RequestLine) else subject
    if isinstance(request, CertificateRequest):
        if to is not None and request.reviewer is None and refused_it_first(request, to):
            return _second_look_by_another(request)
        if request.status in OPEN_REQUEST and to is not None and request.reviewer_id == to.pk:
            return _(
                "%(reference)s changed while you were looking at it: its papers or its departure. Look at it once more."
            ) % {"reference": request.reference}
        if request.status in OPEN_REQUEST and request.reviewer is not None:
            return who_has_it(request)
        said = {"reference": request.reference, "status": request.get_status_display().lower()}
        return _("%(reference)s changed meanwhile: it is %(status)s now. Here it is as it stands.") % said
    return _("Somebody else was faster. Here is how it stands now.")


def obstacles_to_take(request: CertificateRequest, by: User) -> list[Obstacle]:
    """A sent request that nobody has; one's own may be taken again."""
    if request.status not in OPEN_REQUEST:
        return [_not_open(request)]
    if request.reviewer_id not in (None, by.pk):
        return [who_has_it(request)]
    if refused_it_first(request, by):
        return [_second_look_by_another(request)]
    return [_clock_stands(request)] if request.status == RequestStatus.QUESTIONS_OPEN else []


def obstacles_to_assign(request: CertificateRequest, to: User) -> list[Obstacle]:
    """An open request may be given to any reviewer of this certifier, also taken over for oneself."""
    if request.status not in OPEN_REQUEST:
        return [_not_open(request)]
    if not is_staff(request.certifier_id, to):
        return [_("%(name)s is no reviewer here.") % {"name": to}]
    return [_second_look_by_another(request)] if refused_it_first(request, to) else []


def obstacles_to_second_look(line: RequestLine) -> list[Obstacle]:
    """A refused product of a decided request is looked at again once."""
    if line.status != LineStatus.REFUSED or line.request.status != RequestStatus.DECIDED:
        return [_("Only a product that was not approved is looked at again, once the whole request is decided.")]
    if SecondLook.objects.filter(certifier_id=line.certifier_id, line_id=line.pk).exists():
        return [_("A second look was asked for already.")]
    old = line.request.replaces_id and Certificate.objects.filter(
        certifier_id=line.certifier_id, pk=line.request.replaces_id
    ).select_related("request__policy", "line__request").first()  # fmt: skip
    if old and (against := limits.obstacles_to_replace(old)):
        return [*against]
    if old and (other := standing.open_replacement(old)):
        return [_("Another request for its replacement is open: %(reference)s.") % {"reference": other.reference}]
    return []


def refused_it_first(request: CertificateRequest, person: User) -> bool:
    """Whether somebody refused a product of this request that is being looked at a second time."""
    looks = SecondLook.objects.filter(certifier_id=request.certifier_id, line__request_id=request.pk)
    return looks.filter(decided_by=None, refused_by_id=person.pk).exists()


def obstacles_to_judge(request: CertificateRequest, by: User, line: RequestLine | None = None) -> list[Obstacle]:
    """The first verdict takes the case; afterwards only its reviewer confirms checks, of lines that are open."""
    if against := obstacles_to_take(request, by):
        return against
    return [_decided(line)] if line is not None and line.status != LineStatus.OPEN else []


def obstacles_to_decide(request: CertificateRequest, by: User) -> list[Obstacle]:
    """A decision is its reviewer's alone."""
    if request.status not in OPEN_REQUEST:
        return [_not_open(request)]
    if request.status == RequestStatus.SUBMITTED or request.reviewer_id is None:
        return [_("Take the case first.")]
    if request.status == RequestStatus.QUESTIONS_OPEN:
        return [_clock_stands(request)]
    return [who_has_it(request)] if request.reviewer_id != by.pk else []


def obstacles_to_approve(line: RequestLine, *, by: User | None = None, case: Case | None = None) -> list[Obstacle]:
    """Every check has a verdict, every Differs a note, no stop finding is open, and each paper is said to name the product
    as organic or not.

    `case` when it is loaded already; without `by` the question who has the case is left out.
    """
    if line.status != LineStatus.OPEN:
        return [_decided(line)]
    case = case or queries.load(line.request)
    against: list[Obstacle] = list(obstacles_to_decide(case.request, by)) if by is not None else []
    return [*against, *_unsettled(line, case)]


def obstacles_to_confirm(line: RequestLine, *, by: User, case: Case | None = None) -> list[Obstacle]:
    """A different reviewer confirms an approval, and the same rules are asked again as they stand now."""
    if against := obstacles_to_send_back(line, by=by):
        return against
    return _unsettled(line, case or queries.load(line.request))


def obstacles_to_send_back(line: RequestLine, *, by: User) -> list[Obstacle]:
    """What waits for a colleague is looked at by any reviewer but the one who approved it."""
    if line.status != LineStatus.SECOND_CHECK:
        return [_("This product does not wait for a second person.")]
    if line.decided_by_id == by.pk:
        return [_("You approved it yourself; a colleague confirms it.")]
    return [] if is_staff(line.certifier_id, by) else [_("%(name)s is no reviewer here.") % {"name": by}]


def obstacles_to_go_on_alone(line: RequestLine, *, by: User, case: Case | None = None) -> list[Obstacle]:
    """Whoever approved goes on without a colleague if the policy lets them and nobody else is on duty now.

    Nobody else of the staff: each of them could confirm. The rules are asked again, as for a confirmation.
    """
    if line.status != LineStatus.SECOND_CHECK:
        return [_("This product does not wait for a second person.")]
    if line.decided_by_id != by.pk:
        return [_("Only the one who approved it goes on alone; you can confirm it or send it back.")]
    case = case or queries.load(line.request)
    if not case.rules.second_person.alone_may_override:
        return [_("Your office's rules let nobody go on alone: a colleague confirms it.")]
    if others := [str(each) for each in on_duty(line.certifier_id, now()) if each.pk != by.pk]:
        return [_("A colleague who is on duty confirms it: %(names)s.") % {"names": _some(others)}]
    return _unsettled(line, case)


def obstacles_to_review_afterwards(check: SecondCheck, *, by: User) -> list[Obstacle]:
    """What somebody approved alone is reviewed once, by any other reviewer."""
    if not check.alone_because:
        return [_("Two people looked at this approval; nothing is left to review.")]
    if check.reviewed_by is not None:
        return [_("%(name)s has reviewed it.") % {"name": check.reviewed_by}]
    return _not_by_another(check, by)


def obstacles_to_close_alarm(check: SecondCheck, *, by: User) -> list[Obstacle]:
    """What a review found not in order is settled once, by any reviewer but the one who approved alone."""
    if not check.alarm:
        return [_("Nothing was found that would have to be settled.")]
    if check.closed_by is not None:
        return [_("%(name)s has settled it.") % {"name": check.closed_by}]
    return _not_by_another(check, by)


def _not_by_another(check: SecondCheck, by: User) -> list[Obstacle]:
    if check.approved_by_id == by.pk:
        return [_("You approved it yourself; a colleague looks at it.")]
    return [] if is_staff(check.certifier_id, by) else [_("%(name)s is no reviewer here.") % {"name": by}]


def _unsettled(line: RequestLine, case: Case) -> list[Obstacle]:
    """Checks without a verdict or a note, stops that nobody let pass, and papers of which nobody said whether they name the
    product as organic: those that came while a colleague was waited for, too.
    """
    against: list[Obstacle] = []
    checks = case.checks(line)
    if undecided := [check.row.title for check in checks if check.standing is None]:
        against.append(
            ngettext("%(n)s check is still open: %(names)s.", "%(n)s checks are still open: %(names)s.", len(undecided))
            % {"n": len(undecided), "names": _some(undecided)}
        )
    if silent := [check.row.title for check in checks if check.lacks_note]:
        against.append(_("A difference needs a note: %(names)s.") % {"names": _some(silent)})
    return [*against, *(finding for finding in case.findings_of(line) if finding.is_stop), *organic_is_said(case)]


def obstacles_to_refuse(line: RequestLine, *, by: User) -> list[Obstacle]:
    """An open line may be refused at any time by the reviewer who has the case."""
    return [_decided(line)] if line.status != LineStatus.OPEN else obstacles_to_decide(line.request, by)


def obstacles_to_return(case: Case, *, by: User) -> list[Obstacle]:
    """A request goes back as a whole, so only before any of its lines is decided."""
    if against := obstacles_to_decide(case.request, by):
        return against
    if any(each.line.status != LineStatus.OPEN for each in case.lines):
        return [_("A product of this request is decided, so it cannot go back. Refuse or approve the others.")]
    return []


def obstacles_to_ask(request: CertificateRequest, by: User) -> list[Obstacle]:
    """The reviewer who has the case may ask while a product waits for its decision; not while a colleague confirms one."""
    if against := obstacles_to_decide(request, by):
        return against
    if request.second_reasons:
        return [_second_check_first()]
    return []


def obstacles_to_take_back(request: CertificateRequest, by: User) -> list[Obstacle]:
    """Open questions are taken back by the reviewer who has the case."""
    if request.status != RequestStatus.QUESTIONS_OPEN or queries.open_round(request) is None:
        return [_("No questions are open.")]
    return [who_has_it(request)] if request.reviewer_id != by.pk else []


def obstacles_to_release(request: CertificateRequest, by: User) -> list[Obstacle]:
    """Whoever has the case may give it back to the queue, but not while a colleague confirms an approval of theirs."""
    if against := obstacles_to_decide(request, by):
        return against
    return [_second_check_first()] if request.second_reasons else []


def sentence(obstacle: Obstacle) -> str:
    """An obstacle in the words for staff."""
    return obstacle.staff_sentence if isinstance(obstacle, Finding) else obstacle


def is_staff(certifier_id: int, person: User) -> bool:
    """Whether somebody reviews for this certifier; inside its door."""
    return Membership.objects.filter(
        certifier_id=certifier_id, user=person, role__in=sorted(STAFF), is_active=True
    ).exists()


def _some(names: list[str]) -> str:
    if len(names) <= _NAMED:
        return ", ".join(names)
    return _("%(names)s and %(n)s more") % {"names": ", ".join(names[:_NAMED]), "n": len(names) - _NAMED}


def _not_open(request: CertificateRequest) -> str:
    return _("%(reference)s is not open for review any more.") % {"reference": request.reference}


def _decided(line: RequestLine) -> str:
    return what_happened(line) if line.status != LineStatus.OPEN else ""


def _second_look_by_another(request: CertificateRequest) -> str:
    return _("%(reference)s: the second look is taken by another reviewer than the one who refused.") % {
        "reference": request.reference
    }


def _second_check_first() -> str:
    return _(
        "A product of this request is in second check. A colleague confirms it or sends it back first, or whoever approved it "
        "takes that back."
    )


def _clock_stands(request: CertificateRequest) -> str:
    zone, due = _rules(request).time_zone, request.questions_due_at
    if due is None:
        return _("A correction is being entered for the exporter. It is confirmed or taken back first.")
    said = {"moment": words.moment(due, zone, words.city_of(zone))}
    return _("The exporter has something to answer until %(moment)s. The clock stands still.") % said


def _rules(request: CertificateRequest) -> Rules:
    return request.policy.rules if request.policy is not None else Rules()
