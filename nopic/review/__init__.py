"""THE DECISION: the queue, the checks confirmed one by one, and what a reviewer may decide."""
