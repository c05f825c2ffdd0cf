"""What wheels contain and the function does not need."""

import shutil
from pathlib import Path
from typing import Final

from token_rotator.contract import AWS_SERVICES

NOT_NEEDED: Final = (
    "bin",  # console scripts; they hold paths of this machine
    "*.dist-info/RECORD",  # lists those scripts
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    # cryptography imports cffi's extension module, and nothing of its compiler
    "cffi",
    "pycparser",
    "pycparser-*.dist-info",
    # the function trusts the certificates of the system: token_rotator.transport
    "botocore/cacert.pem",
    # botocore loads these for paginators, waiters and documentation only
    "botocore/data/*/*/examples-1.json*",
    "botocore/data/*/*/paginators-1*.json*",
    "botocore/data/*/*/waiters-2.json*",
)


def trim(installed: Path) -> None:
    """Deletes what is not needed from a directory of installed packages."""
    for pattern in NOT_NEEDED:
        for path in installed.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for service in (installed / "botocore" / "data").glob("*/"):
        if service.name not in AWS_SERVICES:
            shutil.rmtree(service)
