"""A part of the goods leaves later: one act that lowers the certificate and begins the request for the rest."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import limits
from nopic.certificates.actions import revising
from nopic.certificates.models import Certificate
from nopic.requests import actions as requests
from nopic.requests.actions import Part
from nopic.requests.models import CertificateRequest
from nopic.tenants.models import User
from nopic.watch.actions.routing import change_routing
from nopic.workflow.audit import record
from nopic.workflow.transitions import Refused


@transaction.atomic
def split(
    *, certificate: Certificate, part: Part, why: str, by: User, key: UUID, asked: requests.Asked | None = None
) -> CertificateRequest:
    """Ask for a version without the part, record the containers that roll over, and begin the request for the part.

    `asked`: for staff who do it for the exporter. The same `key` again returns the draft that it began. Raises Refused
    with what stands against it (limits.Fault names the answer) and Overtaken when another revision was asked for at this
    moment; then nothing of it is done. The containers are a fact on the quay, whatever becomes of the revision.
    """
    fresh = revising.locked(certificate)
    if begun := begun_with(fresh, key, by=by):
        return begun
    if against := limits.obstacles_to_split(fresh) or limits.faults_of_split(fresh, part):
        raise Refused(against)
    wish = limits.what_stays(fresh, part, why)
    revision = revising.ask(certificate=fresh, wish=wish, by=by)
    if part.containers:
        gone = {each["number"] for each in part.containers}
        staying = [each for each in fresh.containers if each["number"] not in gone]
        note = _("Leave later, under another certificate: %(containers)s") % {"containers": ", ".join(sorted(gone))}
        change_routing(certificate=fresh, values={"containers": staying}, note=note, by=by)
    if asked is not None:
        requests.start_on_behalf(exporter=fresh.request.exporter, by=by, asked=asked, key=key)
    request = requests.start_split(
        line=fresh.line, part=part, stays_kg=wish.net_kg, importer=fresh.importer, by=by, key=key
    )
    record(fresh, "split", by=by, new=request.reference, note=why, version=revision.version, kg=str(part.net_kg))
    return request


def begun_with(certificate: Certificate, key: UUID, *, by: User) -> CertificateRequest | None:
    """The draft that this key of a form has begun already."""
    return CertificateRequest.objects.filter(
        certifier_id=certificate.certifier_id, split_line_id=certificate.line_id, start_key=key, created_by=by
    ).first()
