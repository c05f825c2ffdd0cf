"""Reproducible zip files: the same content gives the same bytes."""

import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

FILE_MODE: Final = stat.S_IFREG | 0o644
"""Readable by all, whatever the umask of the build: Lambda reads the files as another user.

https://repost.aws/knowledge-center/lambda-deployment-package-errors
"""
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip file can hold. The AWS CDK uses it too."""
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
