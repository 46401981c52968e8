"""handover.yaml: the parties, dates, sources and secret references of one transition."""
