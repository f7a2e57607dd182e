"""HOW THINGS CHANGE: one writer of statuses, the append-only audit chain, and the list of what is owed next."""
