"""Shapes of input about issued certificates: what happens on the way, and what shall change under the number."""
