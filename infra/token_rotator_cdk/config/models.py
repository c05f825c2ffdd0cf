"""What is a deployment? What its stacks share, and one table of settings per credential.

The fields below are the keys of ``rotators.toml``: the annotation is the type, the metadata
holds the rule and the description, and the environment variable of a rotator's key is its name in
capitals (``contract.Variable``).
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from token_rotator.contract import (
    LONGEST_TOKEN_LIFETIME_SECONDS,
    SHORTEST_TOKEN_LIFETIME_SECONDS,
    Algorithm,
    Default,
    RequestStyle,
    ValueFormat,
)
from token_rotator_cdk.config import aws_rules, rules
from token_rotator_cdk.config.rules import Rule, between

MOST_EMAILS: Final = 15
"""Each is a resource of every stack: what ``distribution`` counts leaves room for so many."""

REQUIRED: Final = MISSING
"""What ``default_of`` answers for a key that has no default."""


def _says(description: str, rule: Rule = rules.anything, *, default: str = "") -> dict[str, Any]:
    """What a key is for, which values it takes, and its default where no value stands for it."""
    return {"description": description, "rule": rule, "default": default}


def default_of(setting: "Field[Any]") -> Any:
    """The value a key has where the file does not name it."""
    if setting.default_factory is not MISSING:
        return setting.default_factory()
    return setting.default


@dataclass(frozen=True, slots=True, kw_only=True)
class StackConfig:
    """The table ``[stack]``: what all rotators of a deployment share."""

    name: str = field(
        metadata=_says("stack of the rotators that name no other", aws_rules.stack_name)
    )
    alarm_emails: tuple[str, ...] = field(
        default=(),
        metadata=_says(
            "who is told when an alarm fires",
            rules.each(
                rules.email, at_most=MOST_EMAILS, else_="a mailing list, or alarm_topic_arn"
            ),
        ),
    )
    alarm_topic_arn: str | None = field(
        default=None,
        metadata=_says(
            "ARN of an SNS topic that alarms go to",
            aws_rules.topic_arn,
            default="the stack creates a topic",
        ),
    )
    dashboard: bool = field(
        default=True, metadata=_says("a CloudWatch dashboard with one row per rotator")
    )
    reader_layer: bool = field(
        default=False,
        metadata=_says("a Lambda layer with `token_reader`, for consumers in Python"),
    )
    account: str | None = field(
        default=None,
        metadata=_says("AWS account to deploy to", aws_rules.account, default="the caller's"),
    )
    region: str | None = field(
        default=None,
        metadata=_says("AWS region to deploy to", aws_rules.region, default="the caller's"),
    )
    tags: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}),
        metadata=_says("tags of every resource and parameter", aws_rules.tags),
    )
    permissions_boundary: str | None = field(
        default=None,
        metadata=_says(
            "ARN of the policy that bounds every role", aws_rules.policy_arn, default="no boundary"
        ),
    )
    log_key: bool = field(
        default=False,
        metadata=_says("encrypt the logs with the stack's key; `false`: with CloudWatch's own"),
    )
    secret_access_alerts: bool = field(
        default=False,
        metadata=_says(
            "tell the alarm topic who else reads a rotator's secret; needs a CloudTrail trail"
        ),
    )
    code_signing_config_arn: str | None = field(
        default=None,
        metadata=_says(
            "ARN of the Lambda code signing config of every function",
            aws_rules.code_signing_config_arn,
            default="code is not checked for a signature",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RotatorConfig:
    """A table ``[rotators.NAME]``: one credential and the parameter its token goes to."""

    name: str
    """The table's own name. It appears in alarms, metrics and logs."""
    parameter_name: str = field(
        metadata=_says("SSM parameter that holds the token", aws_rules.parameter_name)
    )
    stack: str | None = field(
        default=None,
        metadata=_says(
            "CloudFormation stack this rotator is in",
            aws_rules.stack_name,
            default="`name` of `[stack]`",
        ),
    )
    secret_arn: str | None = field(
        default=None,
        metadata=_says(
            "complete ARN of the secret that holds the service account",
            aws_rules.secret_arn,
            default="the stack creates the secret `<stack name>/<rotator name>`",
        ),
    )
    secret_key_arn: str | None = field(
        default=None,
        metadata=_says(
            "ARN of the customer key that encrypts the secret of `secret_arn`",
            aws_rules.key_arn,
            default="the secret is encrypted with `aws/secretsmanager`",
        ),
    )
    profile: str = field(
        default=Default.PROFILE,
        metadata=_says("what the identity provider expects", rules.profile),
    )
    discovery_endpoint: str | None = field(
        default=None,
        metadata=_says(
            "address of the discovery document",
            rules.endpoint,
            default="the secret's `discoveryEndpoint`",
        ),
    )
    token_endpoint: str | None = field(
        default=None,
        metadata=_says(
            "address that trades assertions for tokens; skips discovery",
            rules.endpoint,
            default="the discovered one",
        ),
    )
    allowed_token_hosts: tuple[str, ...] = field(
        default=(),
        metadata=_says(
            "hosts a token endpoint may be on besides the discovery endpoint's own",
            rules.each(rules.host),
            default="those of the profile",
        ),
    )
    allow_private_addresses: bool = field(
        default=Default.ALLOW_PRIVATE_ADDRESSES,
        metadata=_says("whether the identity provider may be in a private network"),
    )
    audience: str | None = field(
        default=None,
        metadata=_says(
            "`aud` of the assertion",
            rules.one_line,
            default="the discovered issuer, else the origin of the token endpoint",
        ),
    )
    request_style: RequestStyle | None = field(
        default=None,
        metadata=_says("where the request's parameters travel", default="the profile's"),
    )
    assertion_lifetime_seconds: int | None = field(
        default=None,
        metadata=_says(
            "adds `exp` to the assertion, this far ahead",
            between(10, 3600, "seconds"),
            default="the profile's",
        ),
    )
    algorithm: Algorithm | None = field(
        default=None,
        metadata=_says("signature algorithm of the assertion", default="the profile's first"),
    )
    key_id: str | None = field(
        default=None,
        metadata=_says("`kid` header of the assertion", rules.one_line, default="no `kid`"),
    )
    scope: str | None = field(
        default=None, metadata=_says("scope to ask for", rules.scope, default="no scope")
    )
    token_lifetime_seconds: int = field(
        default=Default.TOKEN_LIFETIME_SECONDS,
        metadata=_says(
            "how long a token lives; taken where the answer does not say, and checked against "
            "the interval",
            between(SHORTEST_TOKEN_LIFETIME_SECONDS, LONGEST_TOKEN_LIFETIME_SECONDS, "seconds"),
        ),
    )
    interval_minutes: int = field(
        default=Default.INTERVAL_MINUTES,
        metadata=_says("a fresh token is obtained this often", between(1, 720, "minutes")),
    )
    watchdog_min_remaining_seconds: int = field(
        default=Default.WATCHDOG_MIN_REMAINING_SECONDS,
        metadata=_says(
            "each minute, a token with less life left than this is replaced; 0: no watchdog",
            rules.watchdog,
        ),
    )
    value_format: ValueFormat = field(
        default=Default.VALUE_FORMAT,
        metadata=_says("what the parameter holds: JSON, or the bare token"),
    )
    share_with: tuple[str, ...] = field(
        default=(),
        metadata=_says(
            "accounts, organizational units or organizations whose workloads may read the token",
            rules.each(aws_rules.shareable),
        ),
    )
    expiration_grace_minutes: int = field(
        default=Default.EXPIRATION_GRACE_MINUTES,
        metadata=_says(
            "SSM deletes the parameter this long after its token expired",
            between(1, 1440, "minutes"),
        ),
    )
    memory_mb: int = field(
        default=256, metadata=_says("memory of the function", between(128, 10240, "MB"))
    )
    reserve_concurrency: bool = field(
        default=True,
        metadata=_says("reserve a concurrency of 1; `false` where the account has none to spare"),
    )
    log_retention_days: int = field(
        default=30, metadata=_says("CloudWatch keeps the logs this long", aws_rules.retention)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What one file deploys."""

    stack: StackConfig
    rotators: tuple[RotatorConfig, ...]

    def stack_name(self, rotator: RotatorConfig) -> str:
        """Which stack a rotator is in."""
        return rotator.stack or self.stack.name

    def by_stack(self) -> "tuple[Deployment, ...]":
        """One deployment per CloudFormation stack, each complete in itself."""
        rotators: dict[str, list[RotatorConfig]] = {}
        for rotator in self.rotators:
            rotators.setdefault(self.stack_name(rotator), []).append(rotator)
        return tuple(
            Deployment(stack=replace(self.stack, name=name), rotators=tuple(those))
            for name, those in rotators.items()
        )
