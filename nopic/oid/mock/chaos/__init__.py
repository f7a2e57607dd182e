"""Hostility on demand: /chaos/, opened by OID_CHAOS=1, orders faults that the next calls meet.

Faults before the work leave nothing behind; faults after it have already committed. `random` mixes follow a seed, so a
run can be repeated: the same seed gives the same fault to the same call of the same endpoint.
"""
