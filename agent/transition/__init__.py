"""The access-transfer checklist: items, and what proves them done. No I/O."""
