"""The SSM parameter: its record, and reading and writing it."""
