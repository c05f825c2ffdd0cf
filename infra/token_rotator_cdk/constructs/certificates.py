"""Additional CA certificates of an identity provider, as arguments of constructs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from token_rotator_cdk.config import certificates
from token_rotator_cdk.config.issues import ConfigIssue, shown
from token_rotator_cdk.constructs.identity_provider import IdentityProvider


def issues_of_certificates(provider: IdentityProvider | None) -> Iterator[ConfigIssue]:
    """Issues of the PEM file."""
    path = None if provider is None else provider.extra_ca_certificates
    if not path:
        return
    if fix := certificates.fix_of_certificates(Path(path), now=datetime.now(UTC)):
        yield ConfigIssue(key="identity_provider.extra_ca_certificates", value=shown(path), fix=fix)


def certificates_of(provider: IdentityProvider | None) -> str:
    """The file's certificates; empty if there is no file."""
    path = None if provider is None else provider.extra_ca_certificates
    return certificates.certificates_of(Path(path)) if path else ""
