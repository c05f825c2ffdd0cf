"""The sources of the zip files, wherever token-rotator is installed."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The directories and files that a build reads."""

    function: Path
    """The package ``token_rotator``."""
    pins: Path
    """What the function imports besides, as a hashed requirements file."""
    reader: Path
    """The package ``token_reader``."""
    builder: Path
    """The package that makes the zip files: this one."""

    @classmethod
    def installed(cls) -> Self:
        """The sources that belong to the running code, in a checkout or in ``site-packages``."""
        here = Path(__file__).parent
        copy = (
            here / "token_reader"
        )  # the wheel has one, because the reader is its own distribution
        return cls(
            function=_package("token_rotator"),
            pins=here / "requirements.txt",
            reader=copy if copy.is_dir() else _package("token_reader"),
            builder=here,
        )


def modules(package: Path) -> list[Path]:
    """Every file of a package but compiled ones, in a fixed order."""
    return sorted(
        path
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.relative_to(package).parts
    )


def _package(name: str) -> Path:
    return Path(str(files(name)))


INSTALLED: Final = Sources.installed()
