"""Work owed by this package: drawing the pages of received files, and sweeping what dead uploads left."""

from celery import shared_task

from nopic.documents import actions, files
from nopic.workflow.dispatch import Claim, Later, handles


@handles("pages", queue="documents")
def draw_pages(claim: Claim) -> Later | None:
    """Make the page images and the text of one document."""
    return actions.draw_pages(claim)


@shared_task(name="nopic.documents.sweep")
def sweep() -> None:
    """Delete quarantine files of uploads that died."""
    files.sweep_quarantine()
