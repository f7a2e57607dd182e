"""A case on paper and as an archive: what it rests on in one page, and the same with every file beside it.

The archive is the same bytes for the same case: names in order, one fixed time, no compression of what is compressed.
The rows are read under the tenant's door; files are read and the archive is written after it has closed.
"""

import hashlib
import json
import tempfile
import zipfile
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Final, cast

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certifiers.views.case.opening import request_of
from nopic.delivery.access import handed_out
from nopic.documents import files
from nopic.documents.statuses import DocumentStatus
from nopic.review import actions, queries
from nopic.review.queries import Record
from nopic.tenants.access import PortalRequest, certifier_door, staff_door
from nopic.tenants.context import tenant
from nopic.tenants.statuses import STAFF

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # of every entry: the archive says nothing about when it was made
IN_MEMORY: Final = 4 * 1024 * 1024
PIECE: Final = 256 * 1024


@require_safe
@staff_door
def case_print(request: PortalRequest, reference: str) -> HttpResponse:
    """The whole case as one page to print."""
    found = request_of(request, reference)
    record = queries.record_of(found)
    actions.note_export(request=found, by=request.user, archive=False)
    return render(request, "certifiers/case/record.html", {"record": record, "in_portal": True})


@require_safe
@certifier_door(*sorted(STAFF), opens_tenant=False)
def case_archive(request: PortalRequest, reference: str) -> FileResponse:
    """The case as a zip: page, data, log, originals, certificates, and a manifest with the hash of each."""
    with tenant(request.certifier, request.user):
        found = request_of(request, reference)
        record = queries.record_of(found)
        page = render_to_string("certifiers/case/record_file.html", {"record": record, "certifier": request.certifier})
        texts = {
            "case.html": page.encode(),
            "case.json": _json(queries.record_as_json(record)),
            "log.json": _json(queries.log_as_json(record)),
        }
        wanted = _files_of(record)
        actions.note_export(request=found, by=request.user, archive=True)
    archive = _packed(request.certifier.pk, texts, wanted)
    size = archive.seek(0, 2)
    archive.seek(0)
    headers = files.download_headers(f"{reference}.zip", "application/zip", size)
    return handed_out(archive, headers)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()


def _files_of(record: Record) -> dict[str, tuple[str, str]]:
    """Name in the archive -> (area of the storage, hash). Refused uploads are listed in the data and not packed."""
    wanted = {}
    for document in record.documents:
        if document.status != DocumentStatus.REFUSED:
            name = f"{document.pk:08d}-{document.rule}{PurePosixPath(document.name).suffix.lower()}"
            wanted[f"documents/{name}"] = ("documents", document.sha256)
    for certificate in record.certificates:
        for file in certificate.files.all():
            wanted[f"certificates/{certificate.number}-v{file.version}.pdf"] = ("certificates", file.sha256)
    return wanted


def _packed(certifier_id: int, texts: dict[str, bytes], wanted: dict[str, tuple[str, str]]) -> BinaryIO:
    """The archive in a temporary file. A file that is missing or damaged is named in the manifest, never left out silently."""
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 handed to the response, which closes it
    manifest: list[dict[str, Any]] = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in sorted(texts.items()):
            packed.writestr(_entry(name), data)
            manifest.append({"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        for name, (area, sha256) in sorted(wanted.items()):
            try:
                source = files.open_verified(certifier_id, sha256, area=area)
            except files.Damaged:
                manifest.append({"name": name, "sha256": sha256, "missing": str(_("This file cannot be read."))})
                continue
            with source, packed.open(_entry(name), "w") as target:
                while piece := source.read(PIECE):
                    target.write(piece)
                manifest.append({"name": name, "bytes": source.tell(), "sha256": sha256})
        packed.writestr(_entry("manifest.json"), _json(manifest))
    return cast("BinaryIO", archive)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
