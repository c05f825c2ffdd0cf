"""Generates files and parts of the documentation."""
