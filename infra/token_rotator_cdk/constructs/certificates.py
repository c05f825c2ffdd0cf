"""The authorities that an identity provider brings along, as the constructs are given them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from token_rotator_cdk.config import certificates
from token_rotator_cdk.config.issues import ConfigIssue, shown
from token_rotator_cdk.constructs.identity_provider import IdentityProvider


def issues_of_certificates(provider: IdentityProvider | None) -> Iterator[ConfigIssue]:
    """Why the file cannot be used."""
    path = None if provider is None else provider.extra_ca_certificates
    if not path:
        return
    if fix := certificates.fix_of_certificates(Path(path), now=datetime.now(UTC)):
        yield ConfigIssue(key="identity_provider.extra_ca_certificates", value=shown(path), fix=fix)


def certificates_of(provider: IdentityProvider | None) -> str:
    """The file's certificates; empty: none."""
    path = None if provider is None else provider.extra_ca_certificates
    return certificates.certificates_of(Path(path)) if path else ""
