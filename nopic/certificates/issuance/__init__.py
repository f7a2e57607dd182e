"""Issuing: the ladder that makes one certificate in the registry out of one approved line, never none, never two.

    claim → look up → ask live → write down that it is sent → send → read back → record → render

Each step is a commit of its own and is skipped when it was done; no transaction is open while HTTP or the renderer
runs. `work` does what is owed to the registry (issue or cancel), `render_paper` what is owed to the reader. What no
promise of the registry can settle stands as `needs_attention`, never guessed.
"""

from nopic.certificates.issuance.confirming import confirm
from nopic.certificates.issuance.ladder import work
from nopic.certificates.issuance.paper import render_paper
from nopic.certificates.issuance.patience import Patience

__all__ = ["Patience", "confirm", "render_paper", "work"]
