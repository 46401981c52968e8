"""What the facts mean: access paths, footprint, coverage, findings. No I/O."""
