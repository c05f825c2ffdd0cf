"""The command ``upload``."""
