"""The mock of the Organic Integrity Database: a separate server process with its own settings and database.

The portal speaks to it over HTTP only and imports nothing from here; the mock shares with the portal the formats of
numbers and the canonical payload, which both sides of an interface have to agree on.
"""
