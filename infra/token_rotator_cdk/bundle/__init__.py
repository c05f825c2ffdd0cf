"""Builds Lambda zip files without Docker and caches them per user."""
