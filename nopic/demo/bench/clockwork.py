"""How cost is measured: CPU seconds (user and system), variants in turns, medians of the ratios of each round.

CPU and not wall time, because other processes of the machine make everything wait. Of PostgreSQL's backends and of
Celery's workers the kernel's own account is read (Linux), since they are other processes than the one that measures.
"""

import resource
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

NANO = 1e-9
Cost = TypeVar("Cost")


def own_cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def cpu_of(pid: int) -> float:
    """CPU seconds of all threads of a process that somebody else started; Linux counts them to the nanosecond."""
    spent = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        spent += int((thread / "schedstat").read_text().split()[0])
    return spent * NANO


def family(pid: int) -> list[int]:
    """The process and its children, and theirs."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += family(int(child))
    return found


def memory_of(pid: int) -> int:
    """Bytes of a process that are in memory (RSS)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


@dataclass(frozen=True)
class Ratio:
    """Medians over rounds: of the ratio of two costs measured in the same round, and of both costs in seconds."""

    figure: float
    low: float
    high: float
    cost: float
    base: float


def in_turns(ways: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Call every way once a round, each round beginning with another one, and collect what each says it cost."""
    names = list(ways)
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            costs[name].append(ways[name]())
    return costs


def ratio(costs: Sequence[float], base: Sequence[float]) -> Ratio:
    """Compare two ways round by round; both lists are of the same rounds."""
    each = [a / b for a, b in zip(costs, base, strict=True)]
    return Ratio(median(each), min(each), max(each), median(costs), median(base))
