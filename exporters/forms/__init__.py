"""Shapes of the request's steps: how what was posted becomes nested text, and which fields a step shows."""
