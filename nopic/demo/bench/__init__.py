"""`make bench`: what a certificate and a list cost, as ratios, with the goal beside each figure.

A ratio compares two ways in one run, in turns, because this machine and the next differ and the same machine differs
from minute to minute. Nothing here is a test: no build fails because a neighbour was noisy. What falls short stays in
the table and says so.

`clockwork` measures, `table` prints, `place` and `parties` and `rows` make the databases, `worker` and `registry` run
the real processes; `certificates`, `lists` and `isolation` hold the measurements, and `run` their order.
"""
