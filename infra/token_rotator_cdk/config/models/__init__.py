"""The tables of ``rotators.toml``."""
