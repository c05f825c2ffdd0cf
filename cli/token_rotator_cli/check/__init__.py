"""The verb ``check``."""
