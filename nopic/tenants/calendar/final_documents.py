"""When documents that follow the issue are due: the definitive transport document by mode, others by their own date."""

from datetime import date, timedelta

from nopic.tenants.calendar.office import Office

SEA = "sea"


def final_document_due(office: Office, *, mode: str, departure: date, arrival: date | None) -> date:
    """The day until whose end the definitive transport document is owed; never before the departure itself.

    By sea the earlier of the policy's working days after departure and its days before arrival; else the policy's
    working days after departure. Source: requirements §0, the days are each certifier's own.
    """
    terms = office.rules.final_documents
    if mode != SEA:
        return _after(office, departure, terms.other_working_days)
    due = _after(office, departure, terms.sea_working_days)
    if arrival is not None:
        due = min(due, arrival - timedelta(days=terms.sea_days_before_arrival))
    return max(due, departure)


def _after(office: Office, departure: date, count: int) -> date:
    """The departure day does not count, whether the office works on it or not."""
    return office.working_days_after(departure + timedelta(days=1), count - 1)


def reminders(*, departure: date, due: date) -> tuple[date, ...]:
    """The days on which the exporter is reminded: the day after departure, the day before it is due, the day itself."""
    days = {departure + timedelta(days=1), due - timedelta(days=1), due}
    return tuple(sorted(day for day in days if departure < day <= due))
