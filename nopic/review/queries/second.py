"""When an approved line waits for a second person, and the second checks of a case."""

from decimal import Decimal

from django.db.models import Q, QuerySet

from nopic.requests.facts import LineFacts
from nopic.requests.models import CertificateRequest, Correction, Lot, OnBehalf
from nopic.review.models import Decision, SecondCheck, SecondLook
from nopic.review.queries.case import Case


def second_reasons(case: Case, line: LineFacts) -> list[str]:
    """Codes of the policy's reasons that this line meets, in the order in which the policy names them."""
    request, rules = case.request, case.rules.second_person
    met = {
        "first_request": rules.first_request and not _earlier(request).exists(),
        "new_supplier": rules.new_supplier and _has_new_supplier(request, line),
        "weight": bool(rules.above_kg) and (line.line.net_kg or Decimal(0)) > rules.above_kg,
        "override": rules.override and any(each.waived_by for each in case.findings_of(line.line)),
        "late": rules.late and request.late,
        "signed_form": rules.signed_form and _is_signed(request),
        "balance": bool(rules.above_percent) and _share(line) > rules.above_percent,
    }
    return [code for code, holds in met.items() if holds]


def open_second_check(line_id: int, certifier_id: int) -> SecondCheck | None:
    """The approval of a line that waits for a colleague."""
    return (
        SecondCheck.objects.select_related("approved_by")
        .filter(certifier_id=certifier_id, line_id=line_id, settled_at=None)
        .first()
    )


def sent_back(line_id: int, certifier_id: int) -> SecondCheck | None:
    """The last approval of a line that a colleague did not confirm."""
    rows = SecondCheck.objects.select_related("approved_by", "sent_back_by").filter(
        certifier_id=certifier_id, line_id=line_id, sent_back_by__isnull=False
    )
    return rows.order_by("-pk").first()


def second_look(line_id: int, certifier_id: int) -> SecondLook | None:
    """The exporter's wish that a refused line be looked at again, with what it was refused for."""
    rows = SecondLook.objects.select_related("refused_by", "decided_by")
    return rows.filter(certifier_id=certifier_id, line_id=line_id).first()


def gone_on_alone(certifier_id: int) -> "QuerySet[SecondCheck]":
    """What was approved by one person and is to be reviewed, or was found not in order and is to be settled; oldest first."""
    to_do = Q(reviewed_at=None) | (~Q(alarm="") & Q(closed_at=None))
    return approved_alone(certifier_id).filter(to_do).order_by("settled_at", "pk")


def alone_of_line(line_id: int, certifier_id: int) -> SecondCheck | None:
    """How a line was approved by one person alone, if it was."""
    return approved_alone(certifier_id).filter(line_id=line_id).order_by("-pk").first()


def approved_alone(certifier_id: int) -> "QuerySet[SecondCheck]":
    """Every approval that one person made alone, with what its page shows."""
    rows = SecondCheck.objects.filter(~Q(alone_because=""), certifier_id=certifier_id)
    people = ("approved_by", "reviewed_by", "closed_by")
    return rows.select_related(*people, "line__request__exporter", "line__version", "line__certificate")


def passed_by(check: SecondCheck) -> list[tuple[str, str, str]]:
    """What the rules said and somebody let pass when a line was approved alone: the sentence, who and why."""
    of = {"certifier_id": check.certifier_id, "line_id": check.line_id, "outcome": "alone"}
    decision = Decision.objects.filter(**of).only("findings", "waivers").order_by("-pk").first()
    if decision is None:
        return []
    why = {(rule, line_id): reason for rule, line_id, _who, reason, *_seen in decision.waivers}
    found = [each for each in decision.findings if each["waived_by"]]
    return [(each["sentence"], each["waived_by"], why.get((each["rule"], each["line_id"]), "")) for each in found]


def _earlier(request: CertificateRequest) -> "QuerySet[CertificateRequest]":
    return CertificateRequest.objects.filter(
        certifier_id=request.certifier_id, exporter_id=request.exporter_id, pk__lt=request.pk, turn__gt=0
    )


def _is_signed(request: CertificateRequest) -> bool:
    mine = {"certifier_id": request.certifier_id, "request_id": request.pk, "signed_form__isnull": False}
    return any(model.objects.filter(**mine).exists() for model in (OnBehalf, Correction))


def _has_new_supplier(request: CertificateRequest, line: LineFacts) -> bool:
    mine = {lot.supplier_id for lot in line.lots if lot.supplier_id}
    known = Lot.objects.filter(
        certifier_id=request.certifier_id, supplier_id__in=mine, line__request_id__lt=request.pk,
        line__request__turn__gt=0,
    )  # fmt: skip
    return bool(mine - set(known.values_list("supplier_id", flat=True)))


def _share(line: LineFacts) -> Decimal:
    """Percent of the verified quantity that is used with this line; 0 without a limit."""
    account = line.account
    if account is None or not account.allocated:
        return Decimal(0)
    return (account.issued + account.held - line.own_held + (line.line.net_kg or 0)) * 100 / account.allocated
