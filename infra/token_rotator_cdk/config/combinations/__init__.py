"""Checks of settings that are valid alone but conflict with each other."""
