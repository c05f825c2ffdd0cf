"""The command ``plan``."""
