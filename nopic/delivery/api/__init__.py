"""/api/v1/: an organisation reads its own requests and certificates with a key. Nothing is written through it.

Every list and every object is read inside the door of the key's organisation: an exporter's within its certifier and
its own rows, an importer's through the public records alone. The OpenAPI document is readable by holders of a key.
"""
