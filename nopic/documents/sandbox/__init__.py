"""The child process in which a stranger's file is opened: a cage, a look at its structure, its pages as pictures.

Started as `python -m nopic.documents.sandbox '<job as JSON>'` with the file as standard input; it writes one JSON
object per line. Nothing in this package imports Django or any other part of the portal: a small start-up is paid
at every upload, and code that is not loaded cannot be misused.
"""
