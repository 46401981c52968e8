"""What documents tell of a directory."""
