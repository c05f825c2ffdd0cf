"""Environment variables of started programs. They get paths and locale of the developer only."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from token_rotator_cdk.bundle import cache

REGION: Final = "eu-west-1"
ACCOUNT: Final = "000000000000"
CREDENTIALS: Final = "local"
"""Access key and secret key. The local AWS accepts any value."""
_PASSED_ON: Final = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH"),
    *("XDG_CACHE_HOME", cache.VARIABLE),
)


def minimal(environment: Mapping[str, str], *, temporary: Path) -> dict[str, str]:
    """The variables without profiles, credentials, proxies and Python settings."""
    passed_on = {name: environment[name] for name in _PASSED_ON if name in environment}
    return {**passed_on, "TMPDIR": str(temporary)}


def trust(certificate: Path) -> dict[str, str]:
    """Variables that make boto3 and Node.js trust a self-signed certificate."""
    return {"AWS_CA_BUNDLE": str(certificate), "NODE_EXTRA_CA_CERTS": str(certificate)}


def iam_enforcement(certificate: Path, private_key: Path) -> dict[str, str]:
    """Variables that make ministack enforce IAM and use TLS.

    Without TLS the bucket policy of the CDK's bootstrap stack would refuse every upload.
    """
    return {
        "AUTH": "true",
        # these credentials have all permissions
        "AWS_ACCESS_KEY_ID": CREDENTIALS,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS,
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(certificate),
        "MINISTACK_SSL_KEY": str(private_key),
        **trust(certificate),
    }


def aws_client(endpoint_url: str, *, trusted: Path | None = None) -> dict[str, str]:
    """Variables that make AWS clients use the local AWS and ignore other settings."""
    return {
        **(trust(trusted) if trusted else {}),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": CREDENTIALS,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
