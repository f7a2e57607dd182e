"""What people note about certificates after their issue, and what they decide about concerns.

Each verb is one transaction of the caller's `tenant()`: change_routing, report_treatment; notice, decide, settle.
"""

from .concerns import decide, notice, settle
from .routing import change_routing
from .treatments import report_treatment

__all__ = ["change_routing", "decide", "notice", "report_treatment", "settle"]
