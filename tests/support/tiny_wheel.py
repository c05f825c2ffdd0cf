"""A package of nobody's, in place of the function's: bundles of it need no index and no time."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

from token_rotator_cdk.bundle.sources import INSTALLED, Sources


def a_tiny_wheel(mirror: Path) -> Path:
    """A wheel in a new directory, where pip finds it with ``find-links``."""
    mirror.mkdir()
    file = mirror / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("tiny.py", "")
        packed.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        packed.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        packed.writestr("tiny-1.0.dist-info/RECORD", "")
    return file


def pinning(wheel: Path, *, digest: str | None = None) -> Sources:
    """The installed sources, with this wheel as all that the function imports."""
    pins = wheel.with_name("requirements.txt")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest() if digest is None else digest
    pins.write_text(f"tiny==1.0 --hash=sha256:{found}\n")
    return replace(INSTALLED, pins=pins)
