"""Keeps a fresh access token in an SSM parameter."""
