"""Views of the exporter's door: load, one domain call, and what came of it in words."""
