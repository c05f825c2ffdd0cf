"""CDK constructs that deploy token rotators."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from token_rotator.contract import Algorithm, Metric, RequestStyle, ScopeIn, ValueFormat
    from token_rotator_cdk.config.issues import ConfigurationIssues
    from token_rotator_cdk.constructs.identity_provider import IdentityProvider
    from token_rotator_cdk.constructs.monitoring.dashboard import RotatorsDashboard
    from token_rotator_cdk.constructs.reader_layer import ReaderLayer
    from token_rotator_cdk.constructs.token_rotator import TokenRotator
    from token_rotator_cdk.stack import TokenRotatorStack

__all__ = [
    "Algorithm",
    "ConfigurationIssues",
    "IdentityProvider",
    "Metric",
    "ReaderLayer",
    "RequestStyle",
    "RotatorsDashboard",
    "ScopeIn",
    "TokenRotator",
    "TokenRotatorStack",
    "ValueFormat",
]

_NAMES_BY_MODULE = {
    "token_rotator.contract": ("Algorithm", "Metric", "RequestStyle", "ScopeIn", "ValueFormat"),
    "token_rotator_cdk.config.issues": ("ConfigurationIssues",),
    "token_rotator_cdk.constructs.monitoring.dashboard": ("RotatorsDashboard",),
    "token_rotator_cdk.constructs.identity_provider": ("IdentityProvider",),
    "token_rotator_cdk.constructs.reader_layer": ("ReaderLayer",),
    "token_rotator_cdk.constructs.token_rotator": ("TokenRotator",),
    "token_rotator_cdk.stack": ("TokenRotatorStack",),
}


def __getattr__(name: str) -> Any:
    # Imports on first use (PEP 562): importing the AWS CDK starts Node.js, which the CLI does not
    # need.
    for module, names in _NAMES_BY_MODULE.items():
        if name in names:
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
