"""Switches that make the identity provider, AWS or the key fail under a running rotator."""
