"""Tests of how agents and backups are recognised by their names."""
