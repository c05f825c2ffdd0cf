"""The complete system on one machine: a local AWS, a stand-in identity provider and a live view."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
"""The directory of the checkout."""
