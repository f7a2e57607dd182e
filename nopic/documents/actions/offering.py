"""Forms that a certifier offers for its document rows: taken in like any file, kept by hash, the newest handed out."""

from nopic.documents import acceptance, files, inspection
from nopic.documents.acceptance import NotAccepted
from nopic.documents.actions.receiving import Upload
from nopic.documents.models import TemplateFile
from nopic.tenants.context import tenant
from nopic.tenants.models import Certifier, User
from nopic.workflow.audit import record

FORMS = ("pdf", "xlsx", "docx")  # what can be filled in: a photo cannot


def offer_template(*, certifier: Certifier, rule: str, upload: Upload, by: User) -> TemplateFile:
    """Hand out this form for a document row from now on; the forms before it stay kept. Call outside any transaction.

    The same bytes again are the same form. Raises `NotAccepted`, whose sentence is for the sender.
    """
    with files.quarantine(upload.stream) as file:
        kind = acceptance.kind_of(upload.name, upload.declared, file.head)
        if kind.code not in FORMS:
            raise NotAccepted("type_of_row")
        inspection.inspect(file.file, kind.code)
        stored = file.keep(certifier.pk)
    name = acceptance.display_name(upload.name)
    with tenant(certifier, by):
        newest = TemplateFile.objects.filter(certifier=certifier, rule=rule).order_by("-pk").first()
        if newest is not None and (newest.sha256, newest.name) == (stored.sha256, name):
            return newest
        made = TemplateFile.objects.create(
            certifier=certifier, rule=rule, name=name, media_type=kind.served_as, size=stored.size,
            sha256=stored.sha256, added_by=str(by),
        )  # fmt: skip
        record(made, "form offered", by=by, new=name, rule=rule, sha256=stored.sha256)
    return made
