"""Work owed by this package: noticing whose standing changed, and reading the standing of suppliers in the registry."""

from celery import shared_task

from nopic.requests.facts import policy_of
from nopic.requests.models import CertificateRequest, Supplier
from nopic.tenants import sync
from nopic.tenants.calendar import Office
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier
from nopic.watch import actions
from nopic.workflow.audit import record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import Claim, Later, handles, owe


@handles("standing", queue="issue")
def notice(claim: Claim) -> None:
    """Compare everybody's standing with what is known already; the subject is the certifier itself."""
    with tenant(claim.certifier_id):
        today = Office(policy_of(claim.certifier_id).rules).local(now()).date()
        actions.notice(certifier_id=claim.certifier_id, today=today)
        claim.finish()


@handles("owed_documents", queue="mail")
def owe_documents(claim: Claim) -> None:
    """What one request still owes after the issue; the subject is the request."""
    with tenant(claim.certifier_id):
        request = CertificateRequest.objects.select_related("policy", "dossier").filter(pk=claim.subject_id).first()
        if request is not None and request.policy is not None:
            today = Office(request.policy.rules).local(now()).date()
            actions.owe_documents(request=request, today=today)
        claim.finish()


@handles("supplier_status", queue="issue")
def ask_about_supplier(claim: Claim) -> Later | None:
    """Read what the registry says about one supplier; one without a NOP ID cannot be asked about."""
    with tenant(claim.certifier_id):
        nop_id = Supplier.objects.values_list("nop_id", flat=True).get(pk=claim.subject_id)
        if not nop_id:
            claim.finish()
            return None
    answer = sync.ask(claim, nop_id, [claim.certifier_id])
    if isinstance(answer, Later):
        return answer
    with tenant(claim.certifier_id):
        claim.finish()
        supplier = Supplier.objects.select_for_update().get(pk=claim.subject_id)
        before, supplier.registry_status = supplier.registry_status, sync.status_of(answer)
        supplier.registry_read_at = now()
        supplier.save(update_fields=["registry_status", "registry_read_at"])
        if supplier.registry_status != before:
            record(supplier, "status read", by="registry", old=before, new=supplier.registry_status)
            sync.standing_changed(claim.certifier_id)
    return None


@shared_task(name="nopic.watch.every_night")
def every_night() -> None:
    """Owe a look at every supplier, at everybody's standing and at open requests: dates pass without anybody's doing."""
    for certifier in Certifier.objects.order_by("pk"):
        with tenant(certifier):
            for supplier_id in (
                Supplier.objects.filter(certifier=certifier).exclude(nop_id="").values_list("pk", flat=True)
            ):
                owe("supplier_status", supplier_id, certifier_id=certifier.pk)
            sync.standing_changed(certifier.pk)
            actions.weigh_again(certifier.pk)
