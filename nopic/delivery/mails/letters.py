"""What every e-mail says, from what is true at the moment of sending (source: ux.md §8).

The reference or the number comes first in the subject, which has 60 characters at most; the first line says who must do
what by when; twelve lines at most. How a letter is set (text, small HTML) is templates/emails/<version>/.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from nopic.certificates.models import Certificate, PublicRecord
from nopic.delivery.mails.costing import price_lines
from nopic.delivery.mails.own_words import own_paragraph
from nopic.delivery.mails.signing import signed_lines
from nopic.delivery.models import Mail
from nopic.presentation.words import city_of, day, kg, moment
from nopic.requests.models import CertificateRequest, RequestLine, RequestVersion
from nopic.tenants.policy.reasons import refusal_text

LONGEST_SUBJECT = 60
MOST_POINTS = 5
MOST_LOTS = 12
MOCK = "MOCK: not valid for customs entry"


@dataclass
class Letter:
    """A letter before it is set: `first` is the line that says what to do; `facts` are (label, value) to copy."""

    subject: str
    first: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    link: tuple[str, str] | None = None  # (what it opens, address)
    attach: bool = False  # the certificate's PDF goes along
    language: str = field(default_factory=lambda: get_language() or "en")  # in which it was written

    def set(self, version: str) -> tuple[str, str]:
        """Text and HTML."""
        text = render_to_string(f"emails/{version}/letter.txt", {"letter": self})
        return text.strip() + "\n", render_to_string(f"emails/{version}/letter.html", {"letter": self})


class NotNeeded(Exception):
    """The letter would say something that is no longer true: it is not sent."""


@dataclass
class Case:
    """What a letter may speak of: the e-mail's row, its request, and the certificate if it is about one."""

    mail: Mail
    request: CertificateRequest
    certificate: Certificate | None
    record: PublicRecord | None
    link: Callable[[], str]  # makes the recipient's link when the letter wants one

    @property
    def office(self) -> str:
        """The certifier and how to reach it."""
        certifier = self.request.certifier
        return ", ".join(part for part in (certifier.name, certifier.phone, certifier.email) if part)

    @property
    def page(self) -> str:
        """The exporter's page of the request."""
        return f"{settings.BASE_URL}/{self.request.certifier.slug}/requests/{self.request.reference}/"


def write(case: Case) -> Letter:
    """The letter of the row's template. Raises NotNeeded."""
    kind = case.mail.template.partition("/")[2]
    letter = WRITERS[kind](case)
    letter.lines[:0] = own_paragraph(kind, case.request, case.record)
    return letter


def first_that_fits(*subjects: str) -> str:
    """The first subject of at most 60 characters; the last one is cut if none fits."""
    for subject in subjects:
        if len(subject) <= LONGEST_SUBJECT:
            return subject
    return subjects[-1][: LONGEST_SUBJECT - 1] + "…"


def _published(case: Case) -> PublicRecord:
    if case.record is None:
        raise NotNeeded("no certificate")
    return case.record


def issued(case: Case) -> Letter:
    """The certificate is there: to the exporter with what comes next, to importer and broker with what to enter."""
    record = _published(case)
    if record.cancelled_at or record.replaced_by:
        raise NotNeeded("cancelled or replaced before it was sent")
    if case.mail.recipient_kind == "exporter":
        return _issued_to_exporter(case, record)
    data, request = record.data, case.request
    supplier = str(request.exporter)
    container = next((one["number"] for one in data["transport"].get("containers", [])), "")
    arriving = _("arriving %(day)s") % {"day": day(record.arrival_on)} if record.arrival_on else ""
    # A mailbox with ten of them tells them apart by the container and the day, else by the number; never by the name alone.
    parts = [part for part in (container, arriving) if part]
    whose = [", ".join([_("Organic certificate for %(who)s") % {"who": supplier}, *parts])] if parts else []
    which = [", ".join([_("Organic certificate"), *parts])] if container else []
    subject = first_that_fits(*whose, *which, _("Organic certificate %(number)s") % {"number": record.number})
    if case.mail.recipient_kind == "broker":
        first = _("Enter this number in ACE before the goods arrive.")
        if record.arrival_on:
            first = _("Enter this number in ACE before the goods arrive on %(day)s.") % {"day": day(record.arrival_on)}
    else:
        first = _("Give these values to your customs broker before the goods arrive.")
        if record.arrival_on:
            first = _("Give these values to your customs broker before the goods arrive on %(day)s.") % {
                "day": day(record.arrival_on)
            }
    lines = [
        _(
            "ACE: message set OR2. Enter the 21 characters with the dashes."
            " A 10-digit NOP ID is not a certificate number."
        ),
        _("The PDF is attached. The link has the values to copy, a CSV file, and says whether it is still valid."),
        _("Questions: %(office)s") % {"office": case.office},
    ]
    if settings.OID_IS_MOCK:
        lines.insert(0, MOCK)
    return Letter(subject, first, to_copy(record), lines, (_("Open the consignment"), case.link()), attach=True)


def to_copy(record: PublicRecord) -> list[tuple[str, str]]:
    """The values for customs' form; of a time frame each shipment has its own, which stand on the page."""
    same = [(_("Number"), record.number), (_("HTS"), record.data["hts"])]
    if record.time_frame:
        most = _("up to %(kg)s kg in several shipments; enter the weight and lots of yours, as its page says them")
        return [*same, (_("Net weight"), most % {"kg": kg(record.data["net_weight_kg"])})]
    codes = [str(lot["code"]) for lot in record.data["lots"]]
    lots = ", ".join(codes[:MOST_LOTS])
    if len(codes) > MOST_LOTS:
        more = len(codes) - MOST_LOTS
        lots += ngettext(" and %(n)s more in the PDF", " and %(n)s more in the PDF", more) % {"n": more}
    return [*same, (_("Net weight"), f"{kg(record.data['net_weight_kg'])} kg"), (_("Lots"), lots)]


def _issued_to_exporter(case: Case, record: PublicRecord) -> Letter:
    request = case.request
    names = [name for name in (str(record.importer), request.broker_name or request.broker_email) if name]
    lines = [_("Sent to: %(who)s") % {"who": "; ".join(names)}]
    if record.final_document_owed:
        lines.append(
            _("Next: send the final transport document before US customs clearance: %(page)s")
            % {"page": f"{case.page}documents/"}
        )
    if settings.OID_IS_MOCK:
        lines.append(MOCK)
    lines.append(_("Questions: %(office)s") % {"office": case.office})
    return Letter(
        first_that_fits(
            _("%(ref)s: certificate %(number)s issued") % {"ref": request.reference, "number": record.number},
            _("Certificate %(number)s issued") % {"number": record.number},
        ),
        _("The certificate is issued and its PDF is attached. Pass its data on with the shipping documents."),
        to_copy(record),
        lines,
        (_("Open the consignment"), case.link()),
        attach=True,
    )


def new_link(case: Case) -> Letter:
    """Asked for on the page of a link whose 90 days are over."""
    return Letter(
        first_that_fits(_("A new link to your organic certificates")),
        _("Open this link within 90 days. You, or somebody with your old link, asked for it."),
        lines=[_("Questions: %(office)s") % {"office": case.office}],
        link=(_("Open the consignment"), case.link()),
    )


def request_sent(case: Case) -> Letter:
    """The receipt."""
    request, reference = case.request, {"ref": case.request.reference}
    subject = _("%(ref)s received") % reference
    when = _("A reviewer is going to look at it.")
    if request.decide_by and request.policy:
        zone = request.policy.rules.time_zone
        subject = _("%(ref)s received, decision by %(day)s") % {
            "ref": request.reference,
            "day": day(request.decide_by.astimezone(ZoneInfo(zone)).date()),
        }
        when = _("Decision by %(when)s.") % {"when": moment(request.decide_by, zone, city_of(zone))}
    count = request.lines.filter(certifier_id=request.certifier_id, removed=False).count()
    return Letter(
        first_that_fits(subject, _("%(ref)s received") % reference),
        _("Nothing to do now. %(when)s") % {"when": when},
        lines=[
            *signed_lines(request),
            ngettext(
                "%(n)s certificate asked for, to %(importer)s.", "%(n)s certificates asked for, to %(importer)s.", count
            )
            % {"n": count, "importer": str(request.importer or request.contact).removesuffix(".")},
            *price_lines(request, count),
            _("Questions: %(office)s") % {"office": case.office},
        ],
        link=(_("Open the request"), case.page),
    )


def request_returned(case: Case) -> Letter:
    """What the reviewer wants changed, box by box."""
    request = case.request
    version = RequestVersion.objects.filter(
        certifier_id=request.certifier_id, request=request, number=case.mail.context["turn"]
    ).first()
    points = version.return_points if version else []
    lines = [
        _("%(n)s. Box %(box)s: %(text)s") % {"n": at, "box": point["box"], "text": shorten(point["text"])}
        if point.get("box")
        else _("%(n)s. %(text)s") % {"n": at, "text": shorten(point["text"])}
        for at, point in enumerate(points[:MOST_POINTS], 1)
    ]
    if (more := len(points) - MOST_POINTS) > 0:
        lines.append(ngettext("%(n)s more on the page.", "%(n)s more on the page.", more) % {"n": more})
    lines.append(_("Questions: %(office)s") % {"office": case.office})
    count = max(1, len(points))
    return Letter(
        first_that_fits(
            ngettext("%(ref)s: %(n)s point to change", "%(ref)s: %(n)s points to change", count)
            % {"ref": request.reference, "n": count}
        ),
        _("Change what is named here and send the request again. Nothing is checked until then."),
        lines=lines,
        link=(_("Open the request"), case.page),
    )


def line_refused(case: Case) -> Letter:
    """The refusal: the reason, what the exporter can do, whom to call."""
    request = case.request
    line = RequestLine.objects.select_related("version").get(
        certifier_id=request.certifier_id, pk=case.mail.context["line"]
    )
    product = line.version.wording if line.version else ""
    why, citation = line.reason_text, ""
    if request.policy:
        try:
            reason = request.policy.rules.refusal(line.reason_code)
        except KeyError:
            reason = None
        if reason:
            citation = reason.citation
            why = " ".join(part for part in (refusal_text(reason), line.reason_text) if part)
    lines = [
        _("Reason: %(why)s") % {"why": shorten(why, 400)},
        *([_("Rule: %(rule)s") % {"rule": citation}] if citation else []),
        _("Do not ship these goods as organic."),
        _("What you can do: put it right and send a new request, or ask once for a second look on its page."),
        _("Whom to call: %(office)s") % {"office": case.office},
    ]
    return Letter(
        first_that_fits(_("%(ref)s: certificate not issued") % {"ref": request.reference}),
        _("No certificate is issued for: %(product)s.") % {"product": shorten(product)},
        lines=lines,
        link=(_("Open the request"), case.page),
    )


def shorten(text: str, most: int = 160) -> str:
    """One line of at most so many characters; the page has the rest."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


WRITERS: dict[str, Callable[[Case], Letter]] = {
    writer.__name__: writer for writer in (issued, new_link, request_sent, request_returned, line_refused)
}
