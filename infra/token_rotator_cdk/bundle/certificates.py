"""Adds an identity provider's CA certificates to the function's zip file."""

import hashlib
import shutil
from pathlib import Path

from token_rotator.contract import EXTRA_CA_CERTIFICATES_FILE
from token_rotator_cdk.bundle import archive
from token_rotator_cdk.bundle.build import Bundle
from token_rotator_cdk.bundle.cache import cached


def with_certificates(bundle: Bundle, pem: str) -> Bundle:
    """Returns a bundle with an additional PEM file. Raises BundlingFailed."""

    def build(file: Path) -> None:
        added = file.parent / "added"
        added.mkdir()
        (added / EXTRA_CA_CERTIFICATES_FILE).write_text(pem, encoding="ascii")
        shutil.copyfile(bundle.file, file)
        archive.add(file, added)

    key = hashlib.sha256(f"{bundle.asset_hash} {pem}".encode()).hexdigest()
    return Bundle(file=cached(f"function-with-certificates-{key}.zip", build), asset_hash=key)
