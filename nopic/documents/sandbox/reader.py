"""How XML parts of an office file are read: by what the parser tells, never as a tree.

Names are compared without their namespaces, in which the two dialects of the format differ.
"""

from nopic.documents.sandbox.verdict import Unacceptable


def local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


class Reader:
    """What is told about an XML part while it is read. Subclasses add `start`, `end` and `data` as they need them."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """No office program writes one; it is there to define entities, which grow or read files."""
        raise Unacceptable("active")

    def close(self) -> None:
        """The part is over."""
