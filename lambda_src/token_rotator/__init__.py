"""Keeps a fresh access token in an SSM parameter."""

from typing import Final

VERSION: Final = "0.1.0"
