"""When a party or product loses its standing: noticed by the portal, settled by a person.

    noticed → (each live certificate: goes on | stays on hold) → settled

Noticing puts every live certificate that is reached on hold: no new shipment may begin under it. Nothing is cancelled by
itself, and a standing that is restored lifts no hold by itself either: both are a person's decision.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates.models import Certificate
from nopic.presentation import words
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.requests.statuses import OPEN_REQUEST
from nopic.tenants import sync
from nopic.tenants.calendar import Office
from nopic.tenants.roster import office_of
from nopic.watch.models import Concern, ConcernDecision
from nopic.watch.policies import obstacles_to_read_again
from nopic.watch.queries import impact, is_live, live_certificates, open_concerns, reached_lines
from nopic.watch.standing import Doubt, doubts, in_words
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused

BY = "watch"


@transaction.atomic
def notice(*, certifier_id: int, today: date) -> list[Concern]:
    """Compare the standing of everybody named in open requests and live certificates with what is known already.

    New doubts become concerns of which the office is told, a restored standing is noted on its concern, holds follow, and
    what is open is weighed again. Harmless to repeat.
    """
    found = {doubt.key: doubt for doubt in doubts(certifier_id, today)}
    known = {_key(one): one for one in open_concerns(certifier_id)}
    new = [_open(certifier_id, doubt) for key, doubt in found.items() if key not in known]
    changed = bool(new)
    for key, concern in known.items():
        doubt = found.get(key)
        if doubt is None and concern.restored_at is None:
            Concern.objects.filter(pk=concern.pk).update(restored_at=now())
            record(concern, "standing restored", by=BY, old=concern.standing)
            changed = True
        elif doubt is not None and (concern.restored_at or doubt.standing != concern.standing):
            Concern.objects.filter(pk=concern.pk).update(restored_at=None, standing=doubt.standing)
            record(concern, "standing changed", by=BY, old=concern.standing, new=doubt.standing)
            changed = True
    if changed:
        weigh_again(certifier_id)
    if new or known:
        hold_again(certifier_id)
    return new


def weigh_again(certifier_id: int) -> None:
    """Owe every open request another look at its risk: what was all green when it was sent may be so no longer."""
    still_open = CertificateRequest.objects.filter(certifier_id=certifier_id, status__in=OPEN_REQUEST)
    for pk in still_open.order_by("pk").values_list("pk", flat=True):
        owe("index_request", pk, certifier_id=certifier_id)


def _key(concern: Concern) -> tuple[str, int]:
    subject_id = concern.exporter_id or concern.importer_id or concern.supplier_id or concern.item_id
    return concern.kind, subject_id or 0  # one of them is there, says the constraint


def _open(certifier_id: int, doubt: Doubt) -> Concern:
    kind, subject_id = doubt.key
    column = {"product": "item_id"}.get(kind, f"{kind}_id")
    concern = Concern.objects.create(
        certifier_id=certifier_id, kind=kind, name=doubt.name[:200], standing=doubt.standing, **{column: subject_id}
    )
    record(concern, "noticed", by=BY, new=doubt.standing, name=doubt.name)
    owe("concern_noticed", concern.pk, certifier_id=certifier_id)
    return concern


@transaction.atomic
def read_again(*, concern: Concern, by: Actor) -> None:
    """Owe another look in the registry at the party of a concern; what it finds is noticed. Raises Refused, Overtaken."""
    fresh = _locked(concern)
    if against := obstacles_to_read_again(fresh):
        raise Refused(against)
    if fresh.exporter:
        sync.ask_soon_about_exporter(fresh.exporter)
    elif fresh.importer:
        sync.ask_soon(fresh.importer)
    elif fresh.supplier_id:
        owe("supplier_status", fresh.supplier_id, certifier_id=fresh.certifier_id)
    record(fresh, "read again", by=by)


@transaction.atomic
def decide(
    *, concern: Concern, certificates: Iterable[int], goes_on: bool, reason: str, by: Actor, today: date,
    seen: int | None = None,
) -> int:  # fmt: skip
    """Let certificates go on in spite of a concern, or keep them on hold; returns of how many. Raises Refused, Overtaken.

    `seen` is the newest decision that the person's page showed: what they decided from it already is one decision, and a
    colleague's since then is Overtaken(decision).
    """
    fresh = _locked(concern)
    if not reason.strip():
        raise Refused([_("Give a reason: it stands in the record")])
    reached = {one.certificate.pk: one for one in impact(fresh, today).certificates}
    chosen = [reached[pk] for pk in dict.fromkeys(certificates) if pk in reached]
    if not chosen:
        raise Refused([_("Choose at least one certificate")])
    for one in chosen:
        certificate, before = one.certificate, one.decision
        if before is not None and seen is not None and before.pk > seen:
            if (before.goes_on, before.reason, before.by) == (goes_on, reason, str(by)):
                continue  # clicked twice
            raise Overtaken(before)
        ConcernDecision.objects.create(
            certifier_id=fresh.certifier_id, concern=fresh, certificate=certificate, goes_on=goes_on, reason=reason,
            by=str(by),
        )  # fmt: skip
        record(
            certificate, "goes on" if goes_on else "stays on hold", by=by, note=reason, concern=fresh.pk, name=fresh.name
        )  # fmt: skip
    hold_again(fresh.certifier_id)
    return len(chosen)


@transaction.atomic
def settle(*, concern: Concern, note: str, by: Actor, today: date) -> None:
    """Close a concern: every live certificate that it reaches was decided about, or the standing is restored.

    Holds that only this concern gave are lifted. While the standing stays bad, the night notices it anew.
    """
    fresh = _locked(concern)
    if not note.strip():
        raise Refused([_("Give a reason: it stands in the record")])
    found = impact(fresh, today)
    kept = [one for one in found.certificates if one.decision is not None and not one.decision.goes_on]
    if fresh.restored_at is None and (found.undecided or kept or found.requests):
        raise Refused(
            [
                _("%(name)s is still %(standing)s. Decide about every certificate and request first; what stays on hold"
                  " keeps this open.")
                % {"name": fresh.name, "standing": in_words(fresh.standing)}
            ]
        )  # fmt: skip
    moved = Concern.objects.filter(pk=fresh.pk, settled_at=None).update(settled_at=now(), settled_by=str(by), note=note)
    if moved != 1:
        raise Overtaken(fresh)
    record(fresh, "settled", by=by, note=note)
    hold_again(fresh.certifier_id)


def hold_again(certifier_id: int) -> None:
    """Bring the holds in line with the open concerns and what was decided under each; certificates locked in id order.

    Goods that arrived long ago are not put on hold, as nobody could decide about them; a hold that is there stays.
    """
    why: dict[int, list[str]] = {}
    office = office_of(certifier_id)
    today = office.local(now()).date()
    for concern in open_concerns(certifier_id):
        lines = RequestLine.objects.filter(reached_lines(concern), certifier_id=certifier_id, removed=False)
        decided = dict(
            ConcernDecision.objects.filter(certifier_id=certifier_id, concern=concern)
            .order_by("pk")
            .values_list("certificate_id", "goes_on")
        )
        live = live_certificates(certifier_id, lines).select_related(None).prefetch_related(None)
        asked = ("number", "on_hold_why", "data", "routing", "request__arrival_on")  # whether it lives, and its hold
        for one in live.select_related("request").only(*asked):
            if (one.on_hold_why or is_live(one, today)) and not decided.get(one.pk, False):
                why.setdefault(one.pk, []).append(_sentence(concern, office))
    standing = Certificate.objects.filter(certifier_id=certifier_id, on_hold_since__isnull=False)
    touched = sorted(set(why) | set(standing.values_list("pk", flat=True)))
    for certificate in Certificate.objects.select_for_update().filter(pk__in=touched).defer("data").order_by("pk"):
        sentence = " ".join(why.get(certificate.pk, ()))
        if sentence == certificate.on_hold_why:
            continue
        if bool(sentence) != bool(certificate.on_hold_why):
            record(certificate, "put on hold" if sentence else "hold lifted", by=BY, note=sentence)
        certificate.on_hold_since = (certificate.on_hold_since or now()) if sentence else None
        certificate.on_hold_why = sentence
        certificate.save(update_fields=["on_hold_since", "on_hold_why"])


def _sentence(concern: Concern, office: Office) -> str:
    return _("No new shipments since %(day)s: %(name)s is %(standing)s. The certifier decides.") % {
        "day": words.full_day(office.local(concern.noticed_at).date()),
        "name": concern.name,
        "standing": in_words(concern.standing),
    }


def _locked(concern: Concern) -> Concern:
    fresh = (
        Concern.objects.select_for_update(of=("self",))
        .filter(certifier_id=concern.certifier_id, pk=concern.pk, settled_at=None)
        .first()
    )
    if fresh is None:
        raise Overtaken(concern)
    return fresh
