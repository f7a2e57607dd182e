"""Fumigation or irradiation on the way: the weight stays used and is marked as not organic; the rest lives on."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from nopic.certificates import projection
from nopic.certificates.models import Certificate
from nopic.certificates.shipping import office_of
from nopic.presentation import words
from nopic.watch.models import Treatment, TreatmentReport
from nopic.watch.policies import left_organic, obstacles_to_report_treatment
from nopic.workflow.audit import Actor, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Fault, Refused

LONG_BEFORE = timedelta(days=365)  # in store they may have been treated before anybody asked; a wrong year is a slip


@transaction.atomic
def report_treatment(
    *,
    certificate: Certificate,
    treatment: Treatment,
    agent: str,
    treated_on: date,
    place: str,
    kg: Decimal,
    note: str,
    reported_as: str,
    by: Actor,
) -> TreatmentReport:
    """Mark kilograms of a certificate as treated; they are never certified again, also not after a cancellation.

    Raises Refused with a sentence: more kilograms than are left, a day that has not come or is long over.
    The same report twice
    (double click) is one.
    """
    fresh = Certificate.objects.select_for_update(of=("self",)).select_related("request__policy", "line").get(
        certifier_id=certificate.certifier_id, pk=certificate.pk
    )  # fmt: skip
    facts = {
        "treatment": treatment, "agent": agent, "treated_on": treated_on, "place": place, "kg": kg, "note": note,
        "reported_as": reported_as, "by": str(by),
    }  # fmt: skip
    again = TreatmentReport.objects.filter(certifier_id=fresh.certifier_id, certificate=fresh, **facts).first()
    if again is not None:
        return again
    if against := obstacles_to_report_treatment(fresh):
        raise Refused(against)
    office, sent = office_of(fresh), fresh.request.submitted_at
    if treated_on > office.local(now()).date():
        raise Refused([Fault(_("Enter the day of the treatment, today or earlier"), "treated_on")])
    if sent is not None and treated_on < office.local(sent).date() - LONG_BEFORE:
        sentence = _("%(day)s is more than a year before the certificate was asked for. Enter the day of the treatment")
        raise Refused([Fault(sentence % {"day": words.full_day(treated_on)}, "treated_on")])
    if kg > left_organic(fresh):
        sentence = _("Enter at most %(kg)s kg: that is what the certificate still counts as organic")
        raise Refused([Fault(sentence % {"kg": words.kg(left_organic(fresh))}, "kg")])
    report = TreatmentReport.objects.create(certifier_id=fresh.certifier_id, certificate=fresh, **facts)
    fresh.non_organic_kg += kg
    fresh.save(update_fields=["non_organic_kg"])
    record(
        fresh, "treatment reported", by=by, note=note, treatment=treatment, agent=agent, place=place, kg=str(kg),
        treated_on=treated_on.isoformat(), reported_as=reported_as,
    )  # fmt: skip
    projection.refresh(fresh)
    owe("treatment_reported", report.pk, certifier_id=fresh.certifier_id)
    return report
