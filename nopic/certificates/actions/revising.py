"""A certificate's next version under its number, and what really left under it: asked for, decided, owed to the registry.

A revision may lower the weight with its packages, change lots and add remarks, or put one digit right after departure
(nopic.certificates.actions.correcting); anything else is another certificate (requirements §0).
Each act is one transaction of the caller's `tenant()`, without broker and registry. Its approval is what costs.
"""

from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from nopic.certificates import limits, pdf, policies, shipping
from nopic.certificates.issuance.endings import drop_changes
from nopic.certificates.limits import Wish
from nopic.certificates.models import Certificate, RegistryOperation, Revision
from nopic.certificates.statuses import Corrected, OperationKind, RevisionStatus
from nopic.fees import actions as fees
from nopic.oid.payloads import client_ref, fingerprint, plain_decimal, revise_payload, weights_payload
from nopic.requests import snapshot
from nopic.tenants.models import Importer, User
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now, today
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused, advance


@transaction.atomic
def ask(*, certificate: Certificate, wish: Wish, by: User) -> Revision:
    """Ask for the next version and tell the office of it; the second of two clicks gets what the first one asked for.

    Raises Refused (limits.Fault names the answer), Overtaken when another one is open already.
    """
    fresh = locked(certificate)
    said = {
        "net_kg": wish.net_kg, "gross_kg": wish.gross_kg, "packages": wish.packages, "remarks": wish.remarks,
        "lots": [{"code": code, "kg": None if kg is None else plain_decimal(kg)} for code, kg in wish.lots],
        "why": wish.why, "corrects": "", "asked_by": by,
    }  # fmt: skip
    mine = fresh.revisions.filter(certifier_id=fresh.certifier_id, status=RevisionStatus.REQUESTED)
    if asked := mine.filter(**said).first():
        return asked
    if against := policies.obstacles_to_revise(fresh) or limits.faults_of_revision(fresh, wish):
        raise Refused(against)
    policy = fresh.request.policy
    assert policy is not None  # noqa: S101 - a sent request has one
    try:
        with transaction.atomic():
            revision = Revision.objects.create(
                certifier_id=fresh.certifier_id, certificate=fresh, version=fresh.version + 1,
                two_people=policy.rules.second_person.revision, **said,
            )  # fmt: skip
    except IntegrityError as error:
        raise Overtaken(fresh) from error
    record(fresh, "revision asked for", by=by, note=wish.why, version=revision.version, kg=str(wish.net_kg))
    owe("version_asked", revision.pk, certifier_id=fresh.certifier_id)
    return revision


@transaction.atomic
def check(*, revision: Revision, by: User) -> Revision:
    """The first of two people compared it, where the policy asks for two; another one decides. Refused, Overtaken.

    Of a correction: nopic.certificates.actions.correcting.check.
    """
    certificate, fresh = open_revision(revision)
    if fresh.corrects or not fresh.two_people or fresh.checked_by_id:
        raise Overtaken(fresh)
    if against := policies.obstacles_to_revise(certificate, but=fresh):
        raise Refused(against)
    fresh.checked_by, fresh.checked_at = by, now()
    fresh.save(update_fields=["checked_by", "checked_at"])
    record(certificate, "revision checked", by=by, version=fresh.version)
    return fresh


@transaction.atomic
def approve(*, revision: Revision, by: User, note: str = "") -> Revision:
    """Freeze what the next version says and owe it to the registry. Refused, Overtaken."""
    certificate, fresh = open_revision(revision)
    against = policies.obstacles_to_revise(certificate, but=fresh)
    if fresh.corrects:
        against = against or limits.obstacles_to_approve_correction(certificate, fresh, by=by)
    else:
        against = against or limits.obstacles_of_one_person(fresh, by=by)
    against += limits.faults_of_what_left(certificate, fresh.net_kg)
    if against:
        raise Refused(against)
    data = revised_data(certificate, fresh)
    if missing := pdf.unprintable(pdf.CertificateDocument.from_json(data)):
        raise Refused(
            [_("The certificate cannot be printed with these characters: %(them)s") % {"them": " ".join(missing)}]
        )
    advance(
        fresh, RevisionStatus.APPROVED, by=by, note=note, decided_at=now(), decided_by=by, decision_note=note, data=data
    )
    shipping.lower_cap(certificate, fresh.net_kg)
    assert certificate.number is not None  # noqa: S101 - it is issued
    payload = revise_payload(certificate.number, data, version=fresh.version, remarks=fresh.remarks)
    _owe(certificate, OperationKind.REVISE, fresh.version, payload)
    record(certificate, "revision approved", by=by, note=note, version=fresh.version)
    request = certificate.request
    assert request.policy is not None  # noqa: S101 - a sent request has one
    fees.charge_for_revision(
        revision_id=fresh.pk, exporter_id=request.exporter_id, request_id=request.pk,
        line_id=certificate.line_id, reference=certificate.number, policy=request.policy, by=by,
    )  # fmt: skip
    return fresh


@transaction.atomic
def refuse(*, revision: Revision, by: User, note: str) -> Revision:
    """The version that there is stays; the exporter reads why. Overtaken."""
    certificate, fresh = open_revision(revision)
    advance(fresh, RevisionStatus.REFUSED, by=by, note=note, decided_at=now(), decided_by=by, decision_note=note)
    record(certificate, "revision refused", by=by, note=note, version=fresh.version)
    owe("hand_over", certificate.pk, certifier_id=certificate.certifier_id)
    return fresh


@transaction.atomic
def take_back(*, revision: Revision, by: User) -> Revision:
    """Whoever asked for it does not want it any more, before anybody decided. Overtaken.

    Goods that leave later stay on the certificate, and their draft waits for another version or is given up.
    """
    certificate, fresh = open_revision(revision)
    advance(fresh, RevisionStatus.WITHDRAWN, by=by)
    record(certificate, "revision taken back", by=by, version=fresh.version)
    return fresh


@transaction.atomic
def report_weights(
    *, certificate: Certificate, shipments: Iterable[tuple[str, date, Decimal]], by: Actor
) -> RegistryOperation:
    """Owe the registry the actual net kilograms of each shipment (our reference, day, kg) and in total.

    A report is whole: it takes the place of every earlier one, also of one that the registry has not answered yet.
    Refused when the certificate was never published or is no longer in force there, or nothing has left.
    """
    fresh = locked(certificate)
    told = list(shipments)
    total = sum((kg for _reference, _on, kg in told), Decimal(0))
    if not fresh.number or not policies.counts(fresh):
        raise Refused([_("Weights are reported for a certificate that is published and in force.")])
    if total <= 0:
        raise Refused([_("Nothing has left under this certificate yet.")])
    drop_changes(fresh, OperationKind.WEIGHTS, by=by)
    earlier = fresh.operations.filter(certifier_id=fresh.certifier_id, kind=OperationKind.WEIGHTS)
    sequence = max(earlier.values_list("generation", flat=True), default=0) + 1
    payload = weights_payload(fresh.number, sequence=sequence, net_kg=total, shipments=told)
    record(fresh, "weights to be reported", by=by, sequence=sequence, kg=str(total))
    return _owe(fresh, OperationKind.WEIGHTS, sequence, payload)


def revised_data(certificate: Certificate, revision: Revision) -> dict[str, Any]:
    """What the certificate will say: its present data with the changes, the version and its day in it."""
    assert certificate.request.policy is not None  # noqa: S101 - a sent request has one
    data = deepcopy(certificate.data)
    data["net_weight_kg"] = plain_decimal(revision.net_kg)
    data["lots"] = revision.lots
    if (
        "containers" in certificate.routing and not revision.corrects
    ):  # a container that rolled over is not printed twice
        data["transport"]["containers"] = certificate.containers
    if revision.gross_kg is not None:
        data["gross_weight_kg"] = plain_decimal(revision.gross_kg)
    if revision.packages is not None:
        data["packages"]["count"] = revision.packages
    if revision.corrects == Corrected.HTS:
        data["hts"] = revision.corrected_to
    elif revision.corrects == Corrected.IMPORTER:
        data["importer"] = snapshot.importer_block(
            Importer.objects.get(nop_id=revision.corrected_to), certificate.request
        )
    data["revision"] = {
        "version": revision.version,
        "approved_on": today(certificate.request.policy.rules.time_zone).isoformat(),
        "remarks": revision.remarks or None,
    }
    return data


def next_sequence(certificate: Certificate) -> int:
    """The place in the line of a further operation of a certificate."""
    mine = certificate.operations.filter(certifier_id=certificate.certifier_id)
    return max(mine.values_list("sequence", flat=True), default=0) + 1


def locked(certificate: Certificate) -> Certificate:
    """The certificate as it is now, locked, with what the rules ask about."""
    return (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("request__policy", "line__request", "replaces")
        .get(certifier_id=certificate.certifier_id, pk=certificate.pk)
    )


def open_revision(revision: Revision) -> tuple[Certificate, Revision]:
    """Certificate and revision, locked in that order; Overtaken when it is decided."""
    certificate = locked(revision.certificate)
    fresh = Revision.objects.select_related("certificate").get(certifier_id=revision.certifier_id, pk=revision.pk)
    if fresh.status != RevisionStatus.REQUESTED:
        raise Overtaken(fresh)
    return certificate, fresh


def _owe(certificate: Certificate, kind: OperationKind, generation: int, payload: dict[str, Any]) -> RegistryOperation:
    operation = RegistryOperation.objects.create(
        certifier_id=certificate.certifier_id, certificate=certificate, sequence=next_sequence(certificate), kind=kind,
        generation=generation, client_ref=client_ref(certificate.certifier_id, certificate.pk, generation, kind=kind),
        payload=payload, payload_sha256=fingerprint(payload),
    )  # fmt: skip
    owe("registry", operation.pk, certifier_id=certificate.certifier_id)
    return operation
