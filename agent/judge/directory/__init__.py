"""Directories: who is in which group, who may do what, and by which way."""
