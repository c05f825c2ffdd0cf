"""What do the programs we start know of the developer's machine? Paths and locale, nothing else."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

REGION: Final = "eu-west-1"
ACCOUNT: Final = "000000000000"
CREDENTIALS: Final = "local"
"""Access key and secret key; the local AWS takes any."""
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "XDG_CACHE_HOME")


def bare(environment: Mapping[str, str], *, temporary: Path) -> dict[str, str]:
    """No profile, credentials, proxy or Python setting of the developer gets through."""
    kept = {name: environment[name] for name in _KEPT if name in environment}
    return {**kept, "TMPDIR": str(temporary)}


def trust(certificate: Path) -> dict[str, str]:
    """What makes boto3 and Node.js believe a self-signed certificate."""
    return {"AWS_CA_BUNDLE": str(certificate), "NODE_EXTRA_CA_CERTS": str(certificate)}


def enforcing_iam(certificate: Path, private_key: Path) -> dict[str, str]:
    """The local AWS asks IAM. And speaks TLS, or the CDK's bucket would refuse every upload."""
    return {
        "AUTH": "true",
        # who these are may do everything
        "AWS_ACCESS_KEY_ID": CREDENTIALS,
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS,
        "USE_SSL": "1",
        "MINISTACK_SSL_CERT": str(certificate),
        "MINISTACK_SSL_KEY": str(private_key),
        **trust(certificate),
    }


def aws_client(endpoint_url: str, *, trusted: Path | None = None) -> dict[str, str]:
    """What any AWS client needs to talk to the local AWS, and nothing that leads elsewhere."""
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
