"""What must hold at the moment of sending, asked of the registry itself: both parties certified, the goods not departed."""

from django.utils.translation import gettext as _

from nopic.certificates import policies
from nopic.certificates.issuance.desk import Desk, NeedsPerson, Note
from nopic.oid.client import Operation, Unavailable
from nopic.tenants.context import tenant
from nopic.workflow.dispatch import Later


def ask_live(desk: Desk) -> str | Later:
    """What must hold at the moment of sending: both parties certified, the goods not departed. Raises NeedsPerson."""
    obstacles = desk.obstacles
    if obstacles is None:
        with tenant(desk.claim.certifier_id):
            obstacles = policies.obstacles_to_publish(desk.certificate)
    if obstacles:
        raise NeedsPerson(" ".join(obstacles))
    said = []
    for party in ("exporter", "importer"):
        nop_id = desk.certificate.data[party]["nop_id"]
        try:
            operation = desk.ask(desk.registry.operation, nop_id)
        except Unavailable as failure:
            return desk.unanswered("operation", failure)
        if fault := _fault(operation, party):
            desk.write(Note("operation", "refused", desk.registry.evidence, text=f"{party} {nop_id}"))
            raise NeedsPerson(fault % {"name": desk.certificate.data[party]["name"], "nop_id": nop_id})
        said.append(f"{party} {nop_id} certified")
    return ", ".join(said)


def _fault(operation: Operation | None, party: str) -> str:
    if operation is None:
        return _("The registry lists no operation with NOP ID %(nop_id)s (%(name)s).")
    if not operation.is_certified:
        return _("According to the registry, %(name)s (NOP ID %(nop_id)s) is not certified at present.")
    if not (operation.exports if party == "exporter" else operation.imports):
        return {
            "exporter": _("The registry does not list %(name)s (NOP ID %(nop_id)s) as an exporter."),
            "importer": _("The registry does not list %(name)s (NOP ID %(nop_id)s) as an importer."),
        }[party]
    return ""


def look_at_parties(desk: Desk) -> Later:
    """Nothing was ever sent, so a look asks what stood against it: the reason stays as long as it holds."""
    asked = ask_live(desk)
    if isinstance(asked, Later):
        return asked
    desk.write(Note("operation", "found", desk.registry.evidence, text=asked))
    raise NeedsPerson(_("Nothing was ever sent to the registry, and nothing stands against it now. Press “Try again”."))
