"""WHAT WAS UPLOADED: acceptance, sandboxed inspection, page images. Bytes are kept unchanged."""
