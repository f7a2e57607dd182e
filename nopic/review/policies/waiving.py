"""What a reviewer may let pass."""

from django.utils.translation import gettext as _

from nopic.review.policies import Obstacle
from nopic.review.queries import Case


def obstacles_to_waive(case: Case, rule: str, line_id: int | None) -> list[Obstacle]:
    """A rule that says something that may be waived, and that nobody has let pass for these facts."""
    if case.may_pass(rule, line_id):
        return []
    if (passed := case.passed(rule, line_id)) is not None:
        return [_("%(name)s let it pass already: %(why)s") % {"name": passed.waived_by, "why": passed.waived_why}]
    return [_("Nothing stands here that could be let pass.")]
