"""Values that are good by themselves and do not go together."""
