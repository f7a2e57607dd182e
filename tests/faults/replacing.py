"""A replacement as people make it: begun from the certificate, corrected, sent, reviewed and approved."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from nopic.certificates import actions
from nopic.certificates.models import Certificate
from nopic.requests import actions as filing
from nopic.requests import queries
from nopic.requests.models import CertificateRequest, RequestLine
from nopic.review import actions as review
from nopic.tenants.context import tenant
from tests import factories
from tests.factories import Side
from tests.faults import lab
from tests.review import cases


def started(side: Side, certificate: Certificate, kg: Decimal = lab.KG) -> CertificateRequest:
    """The draft, complete, for so many kilograms."""
    with tenant(side.certifier, side.sender):
        request = actions.replace(certificate=lab.fresh(certificate), by=side.sender)
        products: dict[str, Any] = deepcopy(request.raw["products"])
        entry = products["lines"][0]
        entry |= {"net": str(kg), "gross": str(kg + 1), "lots": [{**entry["lots"][0], "kg": str(kg)}]}
        filing.revise(request=request, step="products", raw=products, revision=request.revision, by=side.sender)
        for slot in queries.documents(request):
            if slot.must_before_sending:
                factories.paper(request, slot.rule, slot.subject, kind="draft" if slot.kinds else "")
        filing.revise(request=request, step="documents", raw={}, revision=request.revision, by=side.sender)
    return request


def sent(side: Side, certificate: Certificate, kg: Decimal = lab.KG) -> RequestLine:
    """Sent, taken and checked: its line may be approved."""
    request = started(side, certificate, kg)
    with tenant(side.certifier, side.sender):
        filing.submit(request=request, by=side.sender, declared=True, revision=request.revision)
    with tenant(side.certifier, side.reviewer):
        review.take(request=request, by=side.reviewer)
        line = RequestLine.objects.select_related("request").get(request=request)
        cases.say_organic(request, side.reviewer)
        review.judge(
            request=request, line=line, check_id=lab.ONE_CHECK.id, verdict="match", note="", by=side.reviewer
        )  # fmt: skip
        request.refresh_from_db()
        line.request = request
    return line


def approved(side: Side, certificate: Certificate, kg: Decimal = lab.KG) -> Certificate:
    """Its certificate, owed to the registry."""
    line = sent(side, certificate, kg)
    with tenant(side.certifier, side.reviewer):
        return lab.approve(side, line)
