"""The two ways in which starting ends early: a reason to tell the person, or the person's own wish."""


class CannotStart(Exception):
    """Something is missing or in the way; the text is one sentence for the person at the keyboard, without a traceback."""


class Stopping(Exception):
    """Somebody asked us to stop (Ctrl-C, SIGTERM, SIGHUP) while something was still starting."""
