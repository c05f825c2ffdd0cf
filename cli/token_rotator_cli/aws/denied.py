"""Parses AccessDenied messages: the denied action may differ from the called one."""

import re
from typing import Final

_ACTION: Final = re.compile(r"not authorized to perform: ([a-z0-9-]+:[A-Za-z]+)")
_POLICIES: Final = (
    "identity-based policy",
    "resource-based policy",
    "permissions boundary",
    "service control policy",
    "resource control policy",
    "session policy",
    "VPC endpoint policy",
)
"""Kinds of policy that the message may name.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""
_KMS_DENIED: Final = re.compile(r"Access to KMS is not allowed|refers to a customer master key")
"""Messages of Secrets Manager and Parameter Store if KMS denied access. They name no action."""


def denied(called: str, message: str) -> str:
    """The permission to ask for.

    The rest of AWS's message is omitted, because it quotes the request.
    """
    named = _ACTION.search(message)
    action = named[1] if named else _kms_action(called) if _KMS_DENIED.search(message) else called
    where = " on the key" if action.startswith("kms:") else ""
    reason = _policy_reason(message)
    return (
        f"Your credentials do not allow {_described(called, action)}: ask for {action}{where}"
        + (f" ({reason})" if reason else "")
    )


def _described(called: str, action: str) -> str:
    return "it" if action == called else f"{action}, which it needs"


def _kms_action(called: str) -> str:
    return "kms:GenerateDataKey" if called.partition(":")[2].startswith("Put") else "kms:Decrypt"


def _policy_reason(message: str) -> str:
    for policy in _POLICIES:
        if f"because no {policy} allows" in message:
            return f"AWS: no {policy} allows it"
        if re.search(f"with an explicit deny in an? {policy}", message):
            return f"AWS: an explicit deny in a {policy}"
    return ""
