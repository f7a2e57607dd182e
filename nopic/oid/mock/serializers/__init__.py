"""The shape of what goes in and out; whether it is acceptable is decided in `checks`."""
