"""A local AWS on this machine."""
