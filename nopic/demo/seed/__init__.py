"""The demo's data as tables, and how they are told by the real actions: begin with `telling`, then `stories`."""
