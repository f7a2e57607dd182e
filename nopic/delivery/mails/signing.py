"""What a receipt says of a request that staff sent with the form that somebody of the exporter signed."""

from django.utils.translation import gettext as _

from nopic.presentation.words import day
from nopic.requests.models import CertificateRequest, OnBehalf


def signed_lines(request: CertificateRequest) -> list[str]:
    """Who signed, on which day, and who sent it; nothing where the exporter sent it with a click."""
    filings = OnBehalf.objects.filter(certifier_id=request.certifier_id, request=request, signed_form__isnull=False)
    filing = filings.select_related("staff").first()
    if filing is None or filing.signed_on is None:
        return []
    said = {"staff": filing.staff, "who": filing.signed_by, "day": day(filing.signed_on)}
    return [_("%(staff)s sent it for you, with the form that %(who)s signed on %(day)s.") % said]
