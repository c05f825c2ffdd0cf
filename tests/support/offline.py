"""An environment for programs from which nothing but this machine can be reached."""

import os
from pathlib import Path
from typing import Final

from token_rotator_cdk import jsii
from token_rotator_cdk.bundle import cache

DEAD_END: Final = "http://127.0.0.1:9"


def offline(home: Path) -> dict[str, str]:
    """No network, Docker, credentials or settings; what was built before is there."""
    proxies = {
        name: DEAD_END
        for proxy in ("http_proxy", "https_proxy", "all_proxy")
        for name in (proxy, proxy.upper())
    }
    named = {name: os.environ[name] for name in ("PYTHON313",) if name in os.environ}
    return {
        **named,
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        cache.VARIABLE: str(cache.directory()),
        # jsii unpacks the CDK's library there, which takes seconds
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / ".cache/aws/jsii/package-cache"),
        **jsii.ENVIRONMENT,
        "CDK_VALIDATION": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        "DOCKER_HOST": DEAD_END,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": DEAD_END,
        **proxies,
    }
