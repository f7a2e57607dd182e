"""Who sends and who receives: both certified, and somebody to write to."""

from django.utils.translation import gettext as _

from nopic.presentation.words import day as in_words
from nopic.presentation.words import moment as time_in_words
from nopic.requests.checks.finding import Finding, Moment, Severity
from nopic.requests.facts import Facts
from nopic.tenants.models import Importer
from nopic.tenants.statuses import FRESH, Certification


def exporter_is_certified(facts: Facts, moment: Moment) -> list[Finding]:
    """Certified today under the strengthened rule, and still on the day of departure: by this office and in the registry.

    At issue what was remembered of the registry gives way to the question asked live.
    """
    exporter, departure = facts.request.exporter, facts.request.departure_on
    inputs = {
        "nop_id": exporter.nop_id,
        "status": exporter.status,
        "registry_status": exporter.registry_status,
        "registry_read_at": exporter.registry_read_at.isoformat() if exporter.registry_read_at else None,
        "certified_from": exporter.certified_from.isoformat(),
        "certified_to": exporter.certified_to.isoformat() if exporter.certified_to else None,
        "soe_compliant": exporter.soe_compliant,
    }
    words = {"certifier": facts.certifier, "exporter": exporter.name}
    last_day = max(facts.today, departure) if departure else facts.today
    if exporter.status != Certification.CERTIFIED or exporter.certified_from > facts.today:
        sentence = _("Your certification with %(certifier)s is not in force today") % words
        staff = _("%(exporter)s is not certified today") % words
    elif exporter.registry_objects and moment != "issue":
        words |= {"status": exporter.get_registry_status_display()}
        sentence = (
            _("INTEGRITY does not list your certification as in force: %(status)s. Contact %(certifier)s") % words
        )
        staff = _("%(exporter)s is not certified, says INTEGRITY: %(status)s") % words
    elif not exporter.soe_compliant:
        sentence = _(
            "Your certification does not cover the rule for exports in force since 2024. Contact %(certifier)s"
        )
        sentence %= words
        staff = _("%(exporter)s is not certified under the strengthened rule (SOE)") % words
    elif exporter.certified_to is not None and exporter.certified_to < last_day:
        words |= {"day": in_words(exporter.certified_to, facts.today)}
        sentence = _("Your certification ends on %(day)s, before the goods leave. Contact %(certifier)s") % words
        staff = _("The certification of %(exporter)s ends on %(day)s, before departure") % words
    else:
        return []
    return [Finding("exporter_is_certified", 4, "stop", sentence, staff, inputs=inputs)]


def importer_is_certified(facts: Facts, moment: Moment) -> list[Finding]:
    """What the registry says of the importer: certified, not certified, or not known well enough."""
    importer = facts.request.importer
    if importer is None:
        if moment == "draft":
            return []
        sentence = _("Choose or add the importer")
        return [Finding("importer_is_certified", 5, "stop", sentence, sentence, field="importer#contact")]
    contact = facts.request.contact
    name = importer.name or (contact.name if contact else "") or importer.nop_id
    words = {"importer": name, "nop_id": importer.nop_id}
    inputs = {
        "nop_id": importer.nop_id,
        "status": importer.status,
        "certified_to": importer.certified_to.isoformat() if importer.certified_to else None,
        "read_at": importer.read_at.isoformat() if importer.read_at else None,
    }

    def found(severity: Severity, sentence: str, staff: str) -> list[Finding]:
        return [Finding("importer_is_certified", 5, severity, sentence, staff, inputs=inputs, field="importer#contact")]

    if _is_known_not_certified(importer, facts):
        severity: Severity = "note" if moment == "draft" else "stop"
        if importer.status == Certification.NOT_FOUND:
            sentence = _("We did not find %(nop_id)s. Compare it with the importer's certificate") % words
            return found(severity, sentence, _("INTEGRITY lists no operation %(nop_id)s") % words)
        sentence = _("%(importer)s is not certified. Choose another importer or ask them to contact their certifier")
        if importer.certified_to:
            words["day"] = in_words(importer.certified_to, facts.today)
            sentence = _(
                "%(importer)s is not certified since %(day)s. "
                "Choose another importer or ask them to contact their certifier"
            )
        return found(severity, sentence % words, _("%(importer)s is not certified, says INTEGRITY") % words)
    doubt: Severity = "stop" if moment == "issue" else "question"
    if importer.status == Certification.UNKNOWN or importer.read_at is None:
        sentence = _("We have not yet read in INTEGRITY whether %(importer)s is certified") % words
        return found(doubt, sentence, sentence)
    if facts.now - importer.read_at > FRESH:
        words["moment"] = time_in_words(importer.read_at, facts.rules.time_zone, today=facts.today)
        sentence = _("%(importer)s: certified when last read, %(moment)s. We will read it again") % words
        return found(doubt, sentence, sentence)
    return []


def _is_known_not_certified(importer: Importer, facts: Facts) -> bool:
    if importer.status in (Certification.UNKNOWN, ""):
        return False
    ended = importer.certified_to is not None and importer.certified_to < facts.today
    return importer.status != Certification.CERTIFIED or ended


def suppliers_are_certified(facts: Facts, moment: Moment) -> list[Finding]:
    """What the registry says of those who sold a lot: known not certified is a stop until a reviewer lets it pass.

    What was bought while they were certified may be sold: the reviewer looks at the dates on the guarantee.
    """
    bad = [
        supplier
        for supplier in facts.suppliers
        if supplier.registry_status not in (Certification.CERTIFIED, Certification.UNKNOWN)
    ]
    findings = []
    for supplier in bad:
        words = {"supplier": supplier.name, "status": supplier.get_registry_status_display().lower()}
        findings.append(
            Finding(
                "suppliers_are_certified",
                13,
                "question" if moment in ("draft", "submit") else "stop",
                _("%(supplier)s is not certified at present, says INTEGRITY: %(status)s") % words,
                _("%(supplier)s is not certified at present, says INTEGRITY: %(status)s. Was it when it sold?") % words,
                inputs={"nop_id": supplier.nop_id, "status": supplier.registry_status},
                can_be_waived=True,
            )
        )
    return findings


def recipients_are_named(facts: Facts, moment: Moment) -> list[Finding]:
    """The certificate goes to somebody: the importer's address, and the broker's when one is named."""
    request = facts.request
    missing: list[tuple[str, str, int | None]] = []
    if not request.importer_email:
        missing.append(("importer_email", _("Enter the importer's e-mail"), 5))
    if request.broker_name and not request.broker_email:
        missing.append(("broker_email", _("Enter the broker's e-mail"), None))
    return [
        Finding("recipients_are_named", box, "stop", sentence, sentence, field=f"importer#{name}")
        for name, sentence, box in missing
    ]
