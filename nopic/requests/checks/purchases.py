"""What was bought: each purchased lot has its proof, and a transaction certificate is not spent twice.

Same certifier: the purchase invoice is enough. Another certifier: the lot names its transaction certificate, whose
kilograms on the register are drawn down. Own production needs nothing.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from nopic.ledger.inputs import output_of
from nopic.presentation.words import full_day, kg
from nopic.requests.checks.finding import Finding, Moment, Severity
from nopic.requests.facts import Facts, LineFacts
from nopic.requests.lending import lent_inputs

RULE = "purchases_are_covered"


def suppliers_have_a_certificate_on_file(facts: Facts, moment: Moment) -> list[Finding]:
    """The organic certificate of whoever sold a lot is on file and holds on the day of departure.

    The office knows the certificates that it issued itself; of those only the last day is looked at.
    """
    if facts.certificates is None:
        return []
    request, found = facts.request, []
    leaves = request.last_departure_on if facts.time_frame else request.departure_on
    severity: Severity = "note" if moment in ("draft", "submit") else "question"
    for supplier in facts.suppliers:
        files = [one for one in facts.certificates.get(supplier.pk, ()) if one.removed_at is None]
        until, words = supplier.certificate_to, {"supplier": supplier.name}
        if not files and not supplier.same_certifier:
            sentence = _("%(supplier)s: its organic certificate is not on file. Add it under Suppliers") % words
            staff = _("%(supplier)s: its organic certificate is not on file") % words
        elif until is not None and until < (leaves or facts.today):
            words["day"] = full_day(until)
            sentence = _(
                "%(supplier)s: its organic certificate ends on %(day)s, before the goods leave. Add the new one under Suppliers"
            )
            sentence %= words
            staff = _("%(supplier)s: its organic certificate ends on %(day)s, before departure") % words
        else:
            continue
        inputs = {
            "supplier": supplier.pk,
            "number": supplier.certificate_number,
            "until": until.isoformat() if until else None,
            "files": [one.sha256 for one in files],
        }
        found.append(
            Finding("suppliers_have_a_certificate_on_file", 12, severity, sentence, staff, inputs, can_be_waived=True)
        )
    return found


def purchases_are_covered(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """Every lot bought from somebody with another certifier names a transaction certificate that still covers it."""
    found = []
    for at, lot in enumerate(line.lots):
        if lot.supplier is None or lot.supplier.same_certifier:
            continue
        certificate = line.inputs.get(lot.pk)
        words = {"product": line.name, "lot": lot.code, "number": lot.proof, "supplier": lot.supplier.name}
        field = line.at(f"lots-{at}-proof")
        inputs = {"lot": lot.code, "supplier": lot.supplier.name, "number": lot.proof}
        if not lot.proof:
            sentence = _(
                "%(product)s: enter the number of the transaction certificate of lot %(lot)s, from %(supplier)s"
            )
            severity: Severity = "note" if moment in ("draft", "submit") else "question"
            found.append(Finding(RULE, 12, severity, sentence % words, sentence % words, inputs, field=field))
        elif certificate is None:
            sentence = _(
                "%(product)s: transaction certificate %(number)s of %(supplier)s is not in the register. Add it under "
                "Suppliers, with its kilograms"
            )
            found.append(Finding(RULE, 12, "stop", sentence % words, sentence % words, inputs, field=field))
        elif line.kg_of(lot) is None:
            sentence = _("%(product)s: enter the kilograms of lot %(lot)s, so that they are taken off its certificate")
            found.append(
                Finding(RULE, 12, "stop", sentence % words, sentence % words, inputs, field=line.at(f"lots-{at}-kg"))
            )
        elif certificate.valid_to is not None and certificate.valid_to < facts.today:
            words["day"] = full_day(certificate.valid_to)
            sentence = _("%(product)s: transaction certificate %(number)s was valid until %(day)s")
            found.append(Finding(RULE, 12, "question", sentence % words, sentence % words, inputs, field=field))
    return found + _overdrawn(facts, line)


def transaction_certificate_is_no_second_entry(facts: Facts, line: LineFacts, moment: Moment) -> list[Finding]:
    """The number that a lot names stands in the register once: under another issuer's name it may be the same paper,
    entered twice, whose kilograms would be spent twice. Names that are alike are refused when they are entered."""
    found = []
    for at, lot in enumerate(line.lots):
        mine = line.inputs.get(lot.pk)
        if mine is None:
            continue
        for other in (line.namesakes or {}).get(lot.pk, ()):
            words = {
                "number": lot.proof, "issuer": mine.issuer, "other": other.issuer, "exporter": other.exporter,
                "kg": kg(other.kg),
            }  # fmt: skip
            found.append(
                Finding("transaction_certificate_is_no_second_entry", 12, "question",
                        _("Transaction certificate %(number)s: a reviewer compares it with another one of this number") % words,
                        _("Transaction certificate %(number)s of %(issuer)s is also in the register as issued by %(other)s "
                          "(%(exporter)s, %(kg)s kg). Is it the same paper?") % words,
                        {"number": lot.proof, "issuer": mine.issuer, "also": other.issuer, "entry": other.pk},
                        field=line.at(f"lots-{at}-proof"), can_be_waived=True)
            )  # fmt: skip
    return found


def _overdrawn(facts: Facts, line: LineFacts) -> list[Finding]:
    """A sentence for each certificate on which too little is left: how much that is, and where the rest went."""
    found = []
    lent = lent_inputs(facts.request, line.line, [each.line for each in facts.lines])
    for certificate, wanted in line.drawn.values():
        left = certificate.left + facts.inputs_held.get((line.line.pk, certificate.pk), 0 * wanted)
        left += lent.get(certificate.pk, 0 * wanted)
        left -= facts.drawn_before(line, certificate.pk)
        if wanted <= left:
            continue
        at = next(n for n, lot in enumerate(line.lots) if line.inputs.get(lot.pk) == certificate)
        where, factor = facts.went_to(certificate), line.version.input_factor if line.version else Decimal(1)
        there = max(left, Decimal(0))
        words = {
            "product": line.name, "number": certificate.number, "wanted": kg(wanted), "left": kg(there),
            "all": kg(certificate.kg), "where": ", ".join(f"{ref} ({kg(used)} kg)" for ref, used in where),
            "possible": kg(output_of(there, factor)), "factor": f"{factor.normalize():f}",
        }  # fmt: skip
        parts = [
            _(
                "%(product)s needs %(wanted)s kg, but %(left)s kg of %(all)s kg are left on transaction certificate %(number)s"
            )
        ]
        if factor != 1:  # both figures are of what was bought, and the exporter types what is sold
            parts.append(_("At a yield of %(factor)s that makes %(possible)s kg of this product"))
        if where:
            parts.append(_("The rest went to %(where)s"))
        sentence = ". ".join(parts) % words
        inputs = {
            "number": certificate.number,
            "wanted_kg": str(wanted),
            "left_kg": str(left),
            "kg": str(certificate.kg),
        }
        found.append(Finding(RULE, 12, "stop", sentence, sentence, inputs, field=line.at(f"lots-{at}-proof")))
    return found
