"""A recorded company: what some hosts of the demonstration answered, and who takes part."""
