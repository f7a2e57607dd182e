"""Which work Celery does for certificates, and how often and how long it is tried again."""

from typing import Any

from celery import current_app
from celery.signals import worker_process_init

from nopic.certificates import issuance, pdf
from nopic.certificates.issuance import record, statements
from nopic.certificates.shipping import settling
from nopic.workflow.dispatch import Claim, Later, handles

PATIENCE = issuance.Patience(
    base=2,
    cap=300,
    most_tries=12,
    longest=4 * 3600,
    between_not_founds=60,
    rejected_key=300,
    last_look=24 * 3600,
)


@handles("registry", queue="issue")
def registry(claim: Claim) -> Later | None:
    """One operation owed to the registry."""
    return issuance.work(claim, PATIENCE)


@handles("confirm", queue="issue")
def confirm(claim: Claim) -> Later | None:
    """One more look at what was sent twice."""
    return issuance.confirm(claim, PATIENCE)


@handles("render", queue="render")
def render(claim: Claim) -> Later | None:
    """The PDF of one issued certificate."""
    return issuance.render_paper(claim)


@handles("frame", queue="issue")
def frame(claim: Claim) -> Later | None:
    """Warnings, reminders and the release of the rest of one certificate that shipments draw down."""
    settling.look(claim)
    return None


@handles("shipment_record", queue="render")
def shipment_record(claim: Claim) -> Later | None:
    """The dated PDF of what has left under one certificate."""
    record.render_shipments(claim)
    return None


@handles("statement", queue="render")
def statement(claim: Claim) -> Later | None:
    """The PDF of one exporter's fees of one month."""
    statements.render_month(claim)
    return None


@worker_process_init.connect
def warm_up(**_: Any) -> None:
    """Load fonts and templates before the first certificate comes, so that it is not the slow one.

    A worker that does not render never loads the renderer.
    """
    if "render" in current_app.amqp.queues.consume_from:
        pdf.warm_up()
