"""What lies in a dossier, as the document list and the case page ask for it."""

from collections import defaultdict

from nopic.documents.models import Document, Dossier, SlotAnswer

SlotKey = tuple[str, str]  # rule and subject, as in tenants.policy.documents.DocumentRow.key


def by_slot(dossier: Dossier) -> dict[SlotKey, list[Document]]:
    """The files that stand in each slot now, in the order in which they came. One query."""
    slots: defaultdict[SlotKey, list[Document]] = defaultdict(list)
    for document in Document.objects.filter(
        certifier_id=dossier.certifier_id, dossier=dossier, removed_at=None
    ).order_by("pk"):
        slots[document.rule, document.subject].append(document)
    return dict(slots)


def answers_by_slot(dossier: Dossier) -> dict[SlotKey, SlotAnswer]:
    """What the exporter says instead of a file, for each slot where anything was said. One query."""
    said = SlotAnswer.objects.filter(certifier_id=dossier.certifier_id, dossier=dossier)
    return {(one.rule, one.subject): one for one in said}
