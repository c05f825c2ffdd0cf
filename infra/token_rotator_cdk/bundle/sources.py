"""Locations of the sources that the zip files are built from."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Directories and files that a build reads."""

    function: Path
    """The package ``token_rotator``."""
    pins: Path
    """The function's dependencies, a requirements file with hashes."""
    reader: Path
    """The package ``token_reader``."""
    builder: Path
    """This package, which builds the zip files."""

    @classmethod
    def installed(cls) -> Self:
        """Finds the sources of the running code, in a checkout or in ``site-packages``."""
        this_package = Path(__file__).parent
        bundled_reader = (
            this_package / "token_reader"
        )  # the wheel contains a copy, because the reader is a separate distribution
        return cls(
            function=_package("token_rotator"),
            pins=this_package / "requirements.txt",
            reader=bundled_reader if bundled_reader.is_dir() else _package("token_reader"),
            builder=this_package,
        )


def modules(package: Path) -> list[Path]:
    """Every file of a package except bytecode, in a fixed order."""
    return sorted(
        path
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.relative_to(package).parts
    )


def _package(name: str) -> Path:
    return Path(str(files(name)))


INSTALLED: Final = Sources.installed()
