"""The environment of jsii, which runs the AWS CDK on Node.js."""

from types import MappingProxyType
from typing import Final

ENVIRONMENT: Final = MappingProxyType({"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"})
"""jsii prints a dozen lines about Node.js 20. docs/deploy/troubleshooting.md names the versions
that work."""
