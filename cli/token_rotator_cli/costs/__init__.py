"""The command ``costs``."""
