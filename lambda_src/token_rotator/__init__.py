"""Keeps a fresh access token in an SSM parameter."""

VERSION = "0.1.0"
"""Of the distribution, too: pyproject.toml reads it from here."""
