"""Zip files with the same bytes for the same content."""

import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

FILE_MODE: Final = stat.S_IFREG | 0o644
"""Lambda reads the files as another user, so the umask of whoever builds must not count.

https://repost.aws/knowledge-center/lambda-deployment-package-errors
"""
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip file can hold; the one the AWS CDK uses, too."""
_UNIX: Final = 3


def add(archive: Path, directory: Path, *, under: str = "") -> None:
    """Appends every file of a directory, in a fixed order, with a fixed date and mode."""
    with zipfile.ZipFile(archive, "a") as packed:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                name = PurePosixPath(under, path.relative_to(directory).as_posix())
                entry = zipfile.ZipInfo(str(name), date_time=_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = _UNIX
                entry.external_attr = FILE_MODE << 16
                packed.writestr(entry, path.read_bytes())
