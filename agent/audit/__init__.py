"""Targets times collectors, to one sealed audit."""
