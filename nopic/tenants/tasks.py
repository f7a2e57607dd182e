"""Work owed by this package: sending invitations, and reading the status of parties in the registry."""

from celery import shared_task

from nopic.tenants import invitations, sync
from nopic.workflow.dispatch import Claim, Later, handles


@handles("invitation", queue="mail")
def send_invitation(claim: Claim) -> Later | None:
    """E-mail the link of an invitation."""
    return invitations.send(claim)


@handles("party", queue="issue")
def ask_about_importer(claim: Claim) -> Later | None:
    """Read what the registry says about one importer."""
    return sync.ask_about_importer(claim)


@handles("exporter_status", queue="issue")
def ask_about_exporter(claim: Claim) -> Later | None:
    """Read what the registry says about one exporter."""
    return sync.ask_about_exporter(claim)


@shared_task(name="nopic.tenants.ask_all")
def ask_all() -> None:
    """Every night: owe a look at every importer and exporter. The rows, not this message, do the work."""
    sync.owe_all()
