"""Collectors of this machine itself, where the Linux collectors do not run: macOS, Windows, BSD."""
