"""What can be done with permissions and shipments. Every verb runs inside the caller's `tenant()`.

Permissions: ask, grant, refuse, withdraw. Shipments: open_allowance, record_shipment, depart, arrive, correct, undo, close, settle.
"""

from nopic.frames.actions.permitting import Twice, ask, grant, refuse, withdraw
from nopic.frames.actions.saying import LooksTheSame, Said, standing_entries
from nopic.frames.actions.shipping import (
    arrive,
    close,
    correct,
    depart,
    lock,
    open_allowance,
    record_shipment,
    settle,
    undo,
)

__all__ = [
    "LooksTheSame",
    "Said",
    "Twice",
    "arrive",
    "ask",
    "close",
    "correct",
    "depart",
    "grant",
    "lock",
    "open_allowance",
    "record_shipment",
    "refuse",
    "settle",
    "standing_entries",
    "undo",
    "withdraw",
]
