"""The ladder at a fiftieth of its time, inside the bounds of the hostile registry; for tests and their processes."""

from typing import Any

SCALE = 0.02
IN_FLIGHT, LAG = 1.25, 0.5  # seconds; together less than the settle time of 90 s × SCALE
TIMES: dict[str, Any] = {
    "TIME_SCALE": SCALE,
    "REGISTRY_READ_SECONDS": 1.0,  # a loaded machine answers more slowly than a fiftieth of 20 s
    "TASK_SECONDS": 3.3,
    "LEASE_SECONDS": 4.0,
    "SWEEP_GRACE_SECONDS": 4.5,
    "SWEEP_SECONDS": 0.6,
    "SETTLE_SECONDS": 90 * SCALE,
}
