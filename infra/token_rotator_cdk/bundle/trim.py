"""Deletes files from installed packages that the function does not need."""

import shutil
from pathlib import Path
from typing import Final

from token_rotator.contract import AWS_SERVICES

NOT_NEEDED: Final = (
    "bin",  # console scripts, which contain paths of this machine
    "*.dist-info/RECORD",  # lists those scripts
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    # cryptography needs only cffi's extension module
    "cffi",
    "pycparser",
    "pycparser-*.dist-info",
    # the function uses the system's CA certificates: token_rotator.transport
    "botocore/cacert.pem",
    # only for paginators, waiters and documentation
    "botocore/data/*/*/examples-1.json*",
    "botocore/data/*/*/paginators-1*.json*",
    "botocore/data/*/*/waiters-2.json*",
)


def trim(installed: Path) -> None:
    """Trims a directory of installed packages."""
    for pattern in NOT_NEEDED:
        for path in installed.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for service in (installed / "botocore" / "data").glob("*/"):
        if service.name not in AWS_SERVICES:
            shutil.rmtree(service)
