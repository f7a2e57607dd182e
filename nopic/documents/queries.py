"""What lies in a dossier, as the document list and the case page ask for it."""

from collections import defaultdict

from nopic.documents.models import Document, Dossier, Ruling, SlotAnswer, TemplateFile

SlotKey = tuple[str, str]  # rule and subject, as in tenants.policy.documents.DocumentRow.key


def by_slot(dossier: Dossier) -> tuple[dict[SlotKey, list[Document]], dict[SlotKey, list[Document]]]:
    """The files of each slot: those that stand there, in the order in which they came; and those that were replaced or
    taken off, newest first. One query."""
    standing: defaultdict[SlotKey, list[Document]] = defaultdict(list)
    earlier: defaultdict[SlotKey, list[Document]] = defaultdict(list)
    for document in Document.objects.filter(certifier_id=dossier.certifier_id, dossier=dossier).order_by("pk"):
        if document.removed_at is None:
            standing[document.rule, document.subject].append(document)
        else:
            earlier[document.rule, document.subject].insert(0, document)
    return dict(standing), dict(earlier)


def answers_by_slot(dossier: Dossier) -> dict[SlotKey, SlotAnswer]:
    """What the exporter says instead of a file, for each slot where anything was said. One query."""
    said = SlotAnswer.objects.filter(certifier_id=dossier.certifier_id, dossier=dossier)
    return {(one.rule, one.subject): one for one in said}


def rulings_by_slot(dossier: Dossier) -> dict[SlotKey, Ruling]:
    """The newest ruling of a reviewer on each slot where there is one. One query."""
    rulings = Ruling.objects.filter(certifier_id=dossier.certifier_id, dossier=dossier).order_by("pk")
    return {(one.rule, one.subject): one for one in rulings}


def current_templates(certifier_id: int) -> dict[str, TemplateFile]:
    """The form that is handed out for each document row, by the row's key. One query."""
    kept = TemplateFile.objects.filter(certifier_id=certifier_id).order_by("pk")
    return {one.rule: one for one in kept}
