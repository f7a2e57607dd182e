"""Who may download a certificate, decided once for every door; and the response that hands the file out."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from nopic.certificates.models import CertificateFile, PublicRecord
from nopic.delivery.mails.sending import AREA
from nopic.delivery.queries import stands
from nopic.documents import files

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reader:
    """Who asks: exactly one of a certifier's staff, an exporter, an importer, a broker, or the bearer of a link."""

    certifier_id: int | None = None
    exporter_id: int | None = None  # together with certifier_id: this exporter only
    importer_id: int | None = None
    broker_id: int | None = None
    link_request_id: int | None = None


def may_download(record: PublicRecord, reader: Reader) -> bool:
    """Whether this reader may have the PDF. The door has hidden foreign rows already; this is the second lock."""
    if not record.file_sha256 and not record.record_sha256 and not record.registry_sha256:
        return False
    if reader.certifier_id is not None:
        ours = record.certifier_id == reader.certifier_id
        return ours and (reader.exporter_id is None or record.request.exporter_id == reader.exporter_id)
    if reader.importer_id is not None:
        return record.importer_id == reader.importer_id
    if reader.broker_id is not None:
        return record.broker_id == reader.broker_id
    return reader.link_request_id is not None and record.request_id == reader.link_request_id


def file_name(record: PublicRecord) -> str:
    """Its state stands in its name too, for whoever sorts files by name."""
    standing = stands(record)
    if standing.replaced:
        return f"{record.number}-REPLACED.pdf"
    return f"{record.number}-CANCELLED.pdf" if standing.name == "not_valid" else f"{record.number}.pdf"


def handed_out(file: IO[bytes], headers: Mapping[str, str]) -> FileResponse:
    """A file under these headers, such as `files.download_headers` makes, and with its own length.

    Given to FileResponse, they would not last: of a file with a name it writes an inline disposition over them.
    """
    response = FileResponse(file)
    for name, value in headers.items():
        if name != "Content-Length":
            response[name] = value
    return response


def the_file(record: PublicRecord) -> FileResponse:
    """The PDF, hashed again on its way out. Raises files.Damaged. Call it when no door is open any more."""
    try:
        file = files.open_verified(record.certifier_id, record.file_sha256, area=AREA)
    except files.Damaged:
        log.error("certificate file %s is damaged", record.file_sha256[:12])
        raise
    response = handed_out(file, files.download_headers(file_name(record), "application/pdf", record.file_size or 0))
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def the_record(record: PublicRecord) -> FileResponse:
    """The newest PDF of what has left under it. Raises files.Damaged. Call it when no door is open any more."""
    return _beside(record, "shipments", record.record_sha256, record.record_size, AREA)


def the_registrys(record: PublicRecord) -> FileResponse:
    """The registry's own PDF, which staff brought from there. Raises files.Damaged. Call it when no door is open."""
    return _beside(record, "integrity", record.registry_sha256, record.registry_size, "documents")


def _beside(record: PublicRecord, what: str, sha256: str, size: int | None, area: str) -> FileResponse:
    headers = files.download_headers(f"{record.number}-{what}.pdf", "application/pdf", size or 0)
    response = handed_out(files.open_verified(record.certifier_id, sha256, area=area), headers)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def hand_out_record(request: HttpRequest, record: PublicRecord) -> HttpResponse | FileResponse:
    """The same for people."""
    try:
        return the_record(record)
    except files.Damaged:
        log.exception("record of shipments %s is damaged", record.record_sha256[:12])
        return render(request, "delivery/damaged.html", {"certifier": record.certifier}, status=500)


def hand_out_registrys(request: HttpRequest, record: PublicRecord) -> HttpResponse | FileResponse:
    """The same for people."""
    try:
        return the_registrys(record)
    except files.Damaged:
        log.exception("the registry's PDF %s is damaged", record.registry_sha256[:12])
        return render(request, "delivery/damaged.html", {"certifier": record.certifier}, status=500)


def hand_out_version(
    request: HttpRequest, record: PublicRecord, version: int, file: CertificateFile
) -> HttpResponse | FileResponse:
    """The marked page of an earlier version, which its name says too."""
    try:
        return _beside(record, f"version-{version}-REPLACED", file.sha256, file.size, AREA)
    except files.Damaged:
        log.exception("certificate file %s is damaged", file.sha256[:12])
        return render(request, "delivery/damaged.html", {"certifier": record.certifier}, status=500)


def hand_out(request: HttpRequest, record: PublicRecord) -> HttpResponse | FileResponse:
    """The same for people: a damaged file is refused with a page that says whom to ask."""
    try:
        return the_file(record)
    except files.Damaged:
        return render(request, "delivery/damaged.html", {"certifier": record.certifier}, status=500)
