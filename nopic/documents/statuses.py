"""What may follow what in the life of an uploaded file."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentStatus(models.TextChoices):
    """`unscanned`: looked at, but no virus scanner was there to ask. `unreadable`: its pages cannot be drawn."""

    RECEIVED = "received", _("Received")
    INSPECTING = "inspecting", _("Being inspected")
    CLEAN = "clean", _("Received, no virus found")
    UNSCANNED = "unscanned", _("Received, not scanned for viruses")
    UNREADABLE = "unreadable", _("Received, cannot be shown")
    REFUSED = "refused", _("Not accepted")


NEXT: dict[str, frozenset[str]] = {
    DocumentStatus.RECEIVED: frozenset({DocumentStatus.INSPECTING, DocumentStatus.REFUSED}),
    DocumentStatus.INSPECTING: frozenset(
        {DocumentStatus.CLEAN, DocumentStatus.UNSCANNED, DocumentStatus.UNREADABLE, DocumentStatus.REFUSED}
    ),
    DocumentStatus.CLEAN: frozenset(),
    DocumentStatus.UNSCANNED: frozenset(),
    DocumentStatus.UNREADABLE: frozenset(),
    DocumentStatus.REFUSED: frozenset(),
}


class Organic(models.TextChoices):
    """Whether the text of a document names a product as organic."""

    FOUND = "found", _("Named as organic in its text")
    NOT_FOUND = "not_found", _("Not named as organic in its text")
    NOT_IN_PART = "in_part", _("Not named as organic in the part of its text that was read")
    NO_TEXT = "no_text", _("A picture without text: look at it")


class RulingKind(models.TextChoices):
    """What a reviewer says of a row of the document list; `open` takes back what was said before."""

    ACCEPTED = "accepted", _("Accepted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    NOT_NEEDED = "not_needed", _("Not needed")
    OPEN = "open", _("Open again")
