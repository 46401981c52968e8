"""Collectors of Linux hosts, a module a subject; none imports another."""
