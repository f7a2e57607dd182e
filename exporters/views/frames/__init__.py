"""Time frames as an exporter sees them: what is permitted, what was asked for."""
