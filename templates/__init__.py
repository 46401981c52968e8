"""Jinja2 templates and style sheets."""
