"""Removes names and identifiers of the account, the deployment and people from text."""

import re
from collections.abc import Mapping
from typing import Final

from token_rotator import urls
from token_rotator_cli.live_check.context import LiveCheckContext

_PATTERNS: Final = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "EMAIL"),
    (re.compile(r"arn:[\w-]+:[\w-]*:[\w-]*:\w*:[^\s,;()]*[^\s,;().:]"), "ARN"),
    (re.compile(r"https?://[^\s,;()]+"), "URL"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"\b(subnet|vpc|sg|eni|rtb|nat|tgw|igw|vpce|pcx|i)-[0-9a-f]{8,}\b"), r"\1-ID"),
    (re.compile(r"\b\d{12}\b"), "ACCOUNT"),
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b"), "ADDRESS"),
)
"""Patterns of identifiers."""


class Anonymizer:
    """Replaces names that the live check knows, and everything that matches a pattern."""

    def __init__(self, context: LiveCheckContext) -> None:
        names = {name: replacement for name, replacement in _names(context).items() if name}
        longest_first = sorted(names, key=len, reverse=True)
        self._replacements = names
        self._names = re.compile(
            "|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in longest_first) or r"(?!)"
        )

    def __call__(self, text: str) -> str:
        """Returns the anonymous text."""
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return self._names.sub(lambda found: self._replacements[found[0]], text)


def _names(context: LiveCheckContext) -> Mapping[str, str]:
    """The account's names and their replacements."""
    names = {context.target.stack or "": "STACK", context.target.rotator or "": "ROTATOR"}
    for output in getattr(context, "outputs", {}).values():
        names[output] = "OUTPUT"
        names[re.split(r"[:/]", output)[-1]] = "NAME"
    for schedule in getattr(context, "schedules", ()):
        names |= {schedule.name: "SCHEDULE", _last(schedule.role_arn): "ROLE"}
    for alarm in getattr(context, "alarms", {}).values():
        for action in alarm.get("AlarmActions", ()):
            names[action.rpartition(":")[2]] = "TOPIC"
    if (deployed := getattr(context, "deployed", None)) is None:
        return names
    settings = deployed.settings
    secret = settings.secret_arn.rpartition(":")[2]
    names |= dict.fromkeys(settings.rotator.split("/"), "NAME")
    names |= {
        _last(deployed.role_arn): "ROLE",
        deployed.function_arn.rpartition(":")[2]: "FUNCTION",
        deployed.log_group: "LOG-GROUP",
        secret: "SECRET",
        secret[:-7]: "SECRET",
        _last(settings.parameter_key_arn): "KEY",
        settings.parameter_name: "PARAMETER",
        settings.rotator: "ROTATOR",
    }
    for endpoint in (settings.discovery_endpoint, settings.token_endpoint, settings.audience):
        if endpoint:
            names[urls.host(endpoint) or endpoint] = "HOST"
    return names


def _last(arn: str) -> str:
    return arn.rpartition("/")[2]
