"""What can be said of one link of the chain?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from token_rotator.credential.secret_store import Credential
from token_rotator.identity_provider.client import TokenEndpoint
from token_rotator_cli.aws import Aws
from token_rotator_cli.deployment import Deployed, Place


class Result(StrEnum):
    """How a step ended."""

    OK = "ok"
    WARNING = "warning"
    """It works, and will not for long, or not through the next outage."""
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """The caller, or a local AWS, cannot tell; that is no failure."""
    SKIPPED = "skipped"
    """A step that it depends on did not end well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one step found, without a secret in it."""

    says: str
    result: Result = Result.OK
    error: str | None = None
    """The class of the error, as docs/runbook.md lists them."""
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """For programs."""


class CheckContext:
    """What the steps found so far; an attribute is there once its step has ended well."""

    deployed: Deployed
    identity_provider: TokenEndpoint
    secret_value: str | None
    version_id: str
    created_at: datetime
    credential: Credential

    def __init__(self, aws: Aws, place: Place, now: datetime) -> None:
        self.aws = aws
        self.place = place
        self.now = now


def as_json(step: str, finding: Finding) -> dict[str, object]:
    """One element of the list that ``check --json`` prints."""
    return {
        "step": step,
        "result": finding.result,
        "says": finding.says,
        "error": finding.error,
        "facts": dict(finding.facts),
    }
