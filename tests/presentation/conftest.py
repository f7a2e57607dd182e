"""The browser for the tests of the look."""

from tests.browser import browser, page_at, server  # noqa: F401
