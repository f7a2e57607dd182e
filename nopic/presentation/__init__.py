"""What a value looks like: words for days and weights, the word and shape of every status, bars and rulers.

The lowest floor: it knows nothing of requests or certificates and imports nothing of ours. Whoever draws hands in plain
values. Rows of long lists are prepared in Python (`words`, `statuses`), so that no template formats dates fifty times.
"""
