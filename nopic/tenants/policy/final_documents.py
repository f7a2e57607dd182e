"""Until when the definitive transport document is owed after the issue, by mode of transport.

Certisys asks for it "as soon as possible and in any case before custom clearance"; none of the sources names days. So the
figures are the certifier's own: by sea the earlier of some working days after departure and some days before arrival,
otherwise some working days after departure.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from . import reading as read


@dataclass(frozen=True, slots=True)
class FinalDocuments:
    """Days until final documents are due; how long before the due day the exporter is reminded."""

    sea_working_days: int = read.setting(
        5, label=gettext_lazy("By sea: working days after departure"), reads=read.whole_number(1, 60)
    )
    sea_days_before_arrival: int = read.setting(
        2, label=gettext_lazy("By sea: days before arrival at the latest"), reads=read.whole_number(0, 30)
    )
    other_working_days: int = read.setting(
        1, label=gettext_lazy("By air, road or rail: working days after departure"), reads=read.whole_number(1, 30)
    )
