"""Files that strangers send: the bad, the odd and the good, made here, none of them live malware.

Each case has a number of the catalogue of bad uploads that it stands for, the name and type under which it is sent, a
function that makes its bytes, and what must come of it: "accepted" or the code of the refusal.
`python -m tests.documents.corpus <folder>` writes them all for other tools.
"""
