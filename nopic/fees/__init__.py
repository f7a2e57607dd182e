"""What requests cost: quoted before sending, fixed when sent, owed, waived, added up by month. Never paid here.

`quotes` counts, purely; `models` keeps rows that are only ever added; `actions` writes them, `statements` adds up.
Fees never change what happens to a request.
"""
