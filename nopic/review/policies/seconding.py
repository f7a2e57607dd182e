"""Who may take an approval back that waits for a colleague."""

from django.utils.translation import gettext as _

from nopic.requests.models import RequestLine
from nopic.requests.statuses import LineStatus
from nopic.review.policies import Obstacle
from nopic.tenants.models import User


def obstacles_to_take_approval_back(line: RequestLine, *, by: User) -> list[Obstacle]:
    """An approval that waits for a colleague is taken back by whoever made it."""
    if line.status != LineStatus.SECOND_CHECK:
        return [_("This product does not wait for a second person.")]
    if line.decided_by_id != by.pk:
        return [_("%(name)s approved it; you can confirm it or send it back.") % {"name": line.decided_by}]
    return []
