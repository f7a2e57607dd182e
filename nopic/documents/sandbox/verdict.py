"""What the looks at a file raise when it may not be received."""


class Unacceptable(Exception):
    """The file may not be received; `code` is one of those that `acceptance.py` has a sentence for."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
