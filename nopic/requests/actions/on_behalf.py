"""Staff fill in a request for an exporter who asked by phone, on paper or in a Word form; the exporter confirms and sends.

Who of the staff may is who began it, while it is a draft. Nobody of the certifier sends it: only the exporter says that
the products are organic. Every event of the log names both (workflow.audit.acting_for).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nopic.documents.models import Document
from nopic.requests.actions.drafting import lock, start
from nopic.requests.checks import Finding
from nopic.requests.facts import load
from nopic.requests.models import CertificateRequest, Correction, OnBehalf
from nopic.requests.policies import obstacles_to_confirm, obstacles_to_confirm_on_paper
from nopic.requests.statuses import RequestStatus
from nopic.requests.steps import cleaned
from nopic.tenants.models import Exporter, User
from nopic.workflow.audit import acting_for, record
from nopic.workflow.clock import now
from nopic.workflow.dispatch import owe
from nopic.workflow.transitions import Overtaken, Refused


@dataclass(frozen=True)
class Asked:
    """Who of the exporter asked, by which means (OnBehalf.Means), on which day, and why staff do it."""

    by: str
    means: str
    on: date
    reason: str


@transaction.atomic
def start_on_behalf(*, exporter: Exporter, by: User, asked: Asked, key: UUID | None = None) -> CertificateRequest:
    """A draft of the exporter's that `by` may fill in for it; `key` as in `start`. Raises Refused about what is missing."""
    request = start(exporter=exporter, by=by, key=key)
    said = as_asked(asked, load(request).today)
    filing, created = OnBehalf.objects.get_or_create(
        certifier_id=request.certifier_id, request=request, defaults={"staff": by, **said}
    )
    if created:
        with acting_for(filing.in_words):
            record(request, "started on behalf", by=by, new=filing.asked_by, note=filing.reason, means=filing.means)
    return request


NO_REASON_TO_FILL_IN = gettext_lazy("Enter why you fill it in for them")
NO_REASON_TO_CORRECT = gettext_lazy("Enter why you correct it for them")


def as_asked(asked: Asked, today: date, *, no_reason: Promise = NO_REASON_TO_FILL_IN) -> dict[str, Any]:
    """The columns that say who asked, as they are kept. Raises Refused about what is missing, without a why in the words of
    `no_reason`.
    """
    who, why = (" ".join(str(cleaned(text)).split()) for text in (asked.by, asked.reason))
    if not who:
        raise _refused("asked_by", _("Enter who asked you"))
    if not why:
        raise _refused("reason", str(no_reason))
    if asked.means not in OnBehalf.Means.values:
        raise _refused("means", _("Choose how they asked you"))
    if asked.on > today:
        raise _refused("asked_on", _("Enter the day on which they asked, today or earlier"))
    return {"asked_by": who[:200], "means": asked.means, "asked_on": asked.on, "reason": why[:500]}


@transaction.atomic
def ask_to_confirm(*, request: CertificateRequest, by: User, seen: int | None = None) -> None:
    """Ask the exporter by e-mail to look at the draft and send it. Asked twice it writes twice, but once for each page:
    `seen` is how often the page knew that it was asked. Raises Overtaken.
    """
    lock(request)
    filing = OnBehalf.objects.filter(certifier_id=request.certifier_id, request=request).first()
    if filing is None or request.status != RequestStatus.DRAFT:
        raise Overtaken(request)
    if seen is not None and filing.times_asked > seen:
        return
    filing.asked_to_confirm_at = now()
    filing.times_asked += 1
    filing.save(update_fields=["asked_to_confirm_at", "times_asked"])
    record(request, "asked to confirm", by=by, old=filing.asked_by)
    owe("request_to_confirm", request.pk, certifier_id=request.certifier_id)


@dataclass(frozen=True)
class Signed:
    """The paper or form that somebody of the exporter signed: the file in the request's dossier, who, and on which day."""

    document: Document
    by: str
    on: date


def confirm(*, request: CertificateRequest, by: User, signed: Signed | None = None) -> None:
    """The exporter sends what was filled in for it, in the transaction of sending; or staff do, with the signed form.

    Raises Refused for who filled it in, and for a form where the policy does not take one.
    """
    filing = OnBehalf.objects.filter(certifier_id=request.certifier_id, request=request, confirmed_at=None).first()
    if filing is None:
        return
    sign(filing, by=by, signed=signed)
    filing.confirmed_at = now()
    filing.save(update_fields=["confirmed_at", *SIGNATURE])
    if signed is None:
        record(request, "confirmed", by=by, old=filing.in_words)


SIGNATURE = ("confirmed_by", "signed_form", "signed_by", "signed_on")


def sign(filing: Correction | OnBehalf, *, by: User, signed: Signed | None) -> None:
    """Note who of the exporter confirms, by a click or on paper; the caller saves SIGNATURE. Raises Refused."""
    if signed is None:
        if against := obstacles_to_confirm(filing, by):
            raise _unconfirmed(against)
        filing.confirmed_by = by
        return
    against = obstacles_to_confirm_on_paper(filing, by)
    name = " ".join(str(cleaned(signed.by)).split())
    if not name:
        against.append(_("Enter who signed it"))
    if signed.on > load(filing.request).today:
        against.append(_("Enter the day on which it was signed, today or earlier"))
    if against:
        raise _unconfirmed(against)
    filing.signed_form, filing.signed_by, filing.signed_on = signed.document, name[:200], signed.on
    record(
        filing.request, "confirmed by a signed form", by=by, old=filing.in_words, new=filing.signed_by,
        note=signed.document.name, document=signed.document.pk, on=signed.on.isoformat(),
    )  # fmt: skip


def _unconfirmed(against: list[str]) -> Refused:
    return Refused([Finding("exporter_confirms", None, "stop", each, each, field="check#declared") for each in against])


def _refused(name: str, sentence: str) -> Refused:
    return Refused([Finding("filing_says_who_asked", None, "stop", sentence, sentence, field=f"filing#{name}")])
