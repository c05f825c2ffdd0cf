"""The verb ``costs``."""
