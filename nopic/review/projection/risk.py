"""Which sent requests are low risk and all green: a small row per request, written when it was sent or changed.

The row is believed only while it speaks of the request's present turn and revision, so that a change that nobody weighed
again takes the request out of the view instead of leaving it in.
"""

from dataclasses import dataclass
from datetime import timedelta

from nopic.certificates.models import Certificate
from nopic.requests import facts as loading
from nopic.requests.checks import weigh
from nopic.requests.models import CertificateRequest, Lot
from nopic.requests.statuses import OPEN_REQUEST
from nopic.review.models import CheckVerdict, RequestRisk, Verdict
from nopic.workflow.clock import now


@dataclass(frozen=True)
class Risk:
    """What was looked at: open findings, certificates issued before, differences found lately, suppliers never seen before."""

    open_findings: int
    issued: int
    differences: int
    new_suppliers: int
    late: bool
    least_issued: int  # certificates before which an exporter's requests are no routine, by the policy

    @property
    def is_low(self) -> bool:
        """Nothing stands open and the exporter's requests are routine."""
        routine = self.issued >= self.least_issued and not self.differences and not self.new_suppliers
        return routine and not self.open_findings and not self.late


def weigh_risk(request: CertificateRequest) -> Risk:
    """The risk of a sent request, as the rules and the exporter's history say now; a fixed number of statements."""
    mine = {"certifier_id": request.certifier_id}
    facts = loading.load(request)
    rules, found = facts.rules.low_risk, weigh(facts, moment="approval")
    suppliers = set(
        Lot.objects.filter(
            **mine, line__request_id=request.pk, line__removed=False, supplier__isnull=False
        ).values_list("supplier_id", flat=True)
    )
    known = set(
        Lot.objects.filter(
            **mine, supplier_id__in=suppliers, line__request_id__lt=request.pk, line__request__turn__gt=0
        ).values_list("supplier_id", flat=True)
    )
    return Risk(
        open_findings=sum(one.severity != "note" for one in found),
        issued=Certificate.objects.filter(
            **mine, request__exporter_id=request.exporter_id, issued_at__isnull=False
        ).count(),
        differences=CheckVerdict.objects.filter(
            **mine,
            request__exporter_id=request.exporter_id,
            verdict=Verdict.DIFFERS,
            at__gte=now() - timedelta(days=rules.days),
        ).count(),
        new_suppliers=len(suppliers - known),
        late=request.late,
        least_issued=rules.least_issued,
    )


def keep(request: CertificateRequest) -> None:
    """Write the row of an open request; a closed one keeps none. In the caller's transaction."""
    mine = RequestRisk.objects.filter(certifier_id=request.certifier_id, request_id=request.pk)
    if request.status not in OPEN_REQUEST:
        mine.delete()
        return
    risk = weigh_risk(request)
    RequestRisk.objects.update_or_create(
        certifier_id=request.certifier_id,
        request=request,
        defaults={"turn": request.turn, "revision": request.revision, "is_low": risk.is_low, "weighed_at": now()},
    )
