"""What can be done with permissions and shipments. Every verb runs inside the caller's `tenant()`.

Permissions: ask, grant, refuse, withdraw. Shipments: open_allowance, plan_or_depart, depart, arrive, correct, undo, close, settle.
"""

from nopic.frames.actions.permitting import Twice, ask, grant, refuse, withdraw

__all__ = ["Twice", "ask", "grant", "refuse", "withdraw"]
