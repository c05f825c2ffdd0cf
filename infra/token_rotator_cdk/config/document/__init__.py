"""Reads and checks TOML documents against pydantic models."""
