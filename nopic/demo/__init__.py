"""The first look: the launcher behind `make demo`, and the seed that walks the real actions. Imported by nobody."""
