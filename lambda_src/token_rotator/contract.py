"""Names and defaults that the stack and the function agree on. Standard library only.

Whatever two of them share (variables, outputs, event fields, log fields, metrics, the actions
that a role needs) is spelled here and nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

HANDLER: Final = "token_rotator.handler.handle"

AWS_SERVICES: Final = ("secretsmanager", "ssm")
"""The services that the function calls, as botocore names them; its bundle has no other's model."""


class Variable(StrEnum):
    """Environment variables of the function; an optional one that is absent means its default."""

    ROTATOR = "ROTATOR"
    SECRET_ARN = "SECRET_ARN"
    PARAMETER_NAME = "PARAMETER_NAME"
    PARAMETER_KEY_ARN = "PARAMETER_KEY_ARN"
    PARAMETER_TAGS = "PARAMETER_TAGS"
    PROFILE = "PROFILE"
    DISCOVERY_ENDPOINT = "DISCOVERY_ENDPOINT"
    TOKEN_ENDPOINT = "TOKEN_ENDPOINT"
    ALLOWED_TOKEN_HOSTS = "ALLOWED_TOKEN_HOSTS"
    ALLOW_PRIVATE_ADDRESSES = "ALLOW_PRIVATE_ADDRESSES"
    AUDIENCE = "AUDIENCE"
    REQUEST_STYLE = "REQUEST_STYLE"
    ASSERTION_LIFETIME_SECONDS = "ASSERTION_LIFETIME_SECONDS"
    ALGORITHM = "ALGORITHM"
    KEY_ID = "KEY_ID"
    SCOPE = "SCOPE"
    TOKEN_LIFETIME_SECONDS = "TOKEN_LIFETIME_SECONDS"
    VALUE_FORMAT = "VALUE_FORMAT"
    EXPIRATION_GRACE_MINUTES = "EXPIRATION_GRACE_MINUTES"


class StackOutput(StrEnum):
    """Outputs of the stack; all but the first three exist once per rotator."""

    ALARM_TOPIC_ARN = "AlarmTopicArn"
    DASHBOARD_URL = "DashboardUrl"
    READER_LAYER_ARN = "ReaderLayerArn"
    FUNCTION_NAME = "FunctionName"
    PARAMETER_NAME = "ParameterName"
    READER_POLICY_ARN = "ReaderPolicyArn"
    SECRET_ARN = "SecretArn"
    SHARED_READER_ROLE_ARN = "SharedReaderRoleArn"


def output_of(rotator: str, output: str = "") -> str:
    """A rotator's output: ``marketing-data`` and SECRET_ARN make ``MarketingDataSecretArn``."""
    return "".join(part.capitalize() for part in rotator.split("-")) + output


class EventField(StrEnum):
    """Fields of the function's input; every one may be absent."""

    TRIGGER = "trigger"
    MIN_REMAINING_SECONDS = "min_remaining_seconds"


class Trigger(StrEnum):
    """Who called the function."""

    SCHEDULE = "schedule"
    WATCHDOG = "watchdog"
    SECRET_CHANGED = "secret-changed"
    MANUAL = "manual"


class Outcome(StrEnum):
    """How a rotation ended."""

    PUBLISHED = "published"
    KEPT = "kept"
    """The published token had enough life left; nothing was called."""
    SUPERSEDED = "superseded"
    """Somebody published a token that expires later; it stays."""
    WAITING = "waiting"
    """The stack is new: nobody has stored a service account, and nothing is published."""
    FAILED = "failed"


class RotationStep(StrEnum):
    """Steps of a rotation whose durations are logged."""

    READ = "read"
    """Read the published record."""
    SECRET = "secret"
    """Read the credential."""
    TOKEN = "token"
    """Obtain an access token: discovery, assertion, exchange, with retries."""
    PUBLISH = "publish"
    """Write the parameter."""


class LogField(StrEnum):
    """Fields of the JSON line that the function logs for each rotation.

    A field without a value is left out. The last three are there after a failure only.
    """

    LEVEL = "level"
    TIMESTAMP = "timestamp"
    MESSAGE = "message"
    ROTATOR = "rotator"
    TRIGGER = "trigger"
    REQUEST_ID = "function_request_id"
    OUTCOME = "outcome"
    LIFE_LEFT_BEFORE_SECONDS = "life_left_before_seconds"
    TOKEN_REQUESTS = "token_requests"
    MARGIN_SECONDS = "margin_seconds"
    SECRET_VERSION = "secret_version"
    KEY_DAYS_LEFT = "key_days_left"
    PREVIOUS_KEY_USED = "previous_key_used"
    PARAMETER_VERSION = "parameter_version"
    EXPIRES_AT = "expires_at"
    TOKEN_FINGERPRINT = "token_fingerprint"
    WARNINGS = "warnings"
    DURATIONS_MS = "durations_ms"
    """An object: a number of milliseconds for each RotationStep that was begun."""
    ERROR = "error"
    ERROR_MESSAGE = "error_message"
    RETRY_HELPS = "retry_helps"


class AnswerField(StrEnum):
    """Fields of the function's answer to whoever invoked it."""

    OUTCOME = "outcome"
    EXPIRES_AT = "expires_at"
    PARAMETER_VERSION = "parameter_version"


class Metric(StrEnum):
    """Metrics the function emits and the alarms watch."""

    TOKEN_PUBLISHED = "TokenPublished"
    EXPIRY_MARGIN_SECONDS = "ExpiryMarginSeconds"
    PREVIOUS_KEY_USED = "PreviousKeyUsed"
    KEY_DAYS_LEFT = "KeyDaysLeft"


METRIC_NAMESPACE: Final = "TokenRotator"
ROTATOR_DIMENSION: Final = "Rotator"


class Actions:
    """IAM actions that each role needs. The constructs grant them, the live check expects them."""

    READ_SECRET: Final = ("secretsmanager:GetSecretValue",)
    DECRYPT_SECRET: Final = ("kms:Decrypt",)
    WRITE_PARAMETER: Final = ("ssm:GetParameter", "ssm:PutParameter", "ssm:AddTagsToResource")
    ENCRYPT_PARAMETER: Final = ("kms:GenerateDataKey", "kms:Decrypt")
    READ_PARAMETER: Final = ("ssm:GetParameter",)
    DECRYPT_PARAMETER: Final = ("kms:Decrypt",)
    INVOKE_FUNCTION: Final = ("lambda:InvokeFunction",)


class EncryptionContext(StrEnum):
    """Condition keys that confine the use of a key to one parameter, or to one secret."""

    PARAMETER = "kms:EncryptionContext:PARAMETER_ARN"
    """https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"""
    SECRET = "kms:EncryptionContext:SecretARN"
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""


KEY_LIFETIME_DAYS: Final = 730
"""24 months, by which third parties quote Salesforce; Salesforce's own pages do not say it."""

KEY_DAYS_LEFT_REPORTED_BELOW: Final = 60
"""A metric costs money while it is emitted; with more days left than that nobody needs to know."""

MARGIN_REPORTED_BELOW_SECONDS: Final = 60
"""The same for the life that a replaced token had left; the log has every one."""

PLACEHOLDER_FIELD: Final = "waitingForServiceAccount"
"""Marks the JSON that the stack puts into a secret it creates, until somebody stores a key.

Never change it, nor what stands beside it: CloudFormation would overwrite the key in the secret.
"""


class RequestStyle(StrEnum):
    """Where the token request's parameters travel."""

    QUERY = "query"
    FORM = "form"


class ValueFormat(StrEnum):
    """What the parameter holds: the JSON record, or the bare access token."""

    RECORD = "record"
    TOKEN = "token"


class Algorithm(StrEnum):
    """Signature algorithms of the client assertion (RFC 7518 section 3.1)."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    ES256 = "ES256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an identity provider expects where nothing else is configured."""

    request_style: RequestStyle
    assertion_lifetime_seconds: int | None
    """None: the assertion carries no ``exp``."""
    algorithms: tuple[Algorithm, ...]
    """The first one is the default."""
    token_hosts: tuple[str, ...] = ()
    """Hosts a token endpoint may be on besides the discovery endpoint's own."""
    key_lifetime_days: int | None = None
    """How long a key is valid from its creation on; None: nobody says."""
    takes_scope_and_key_id: bool = False
    """Whether a request may carry ``scope`` and an assertion the header ``kid``."""


PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {
        # Salesforce Help, "Generate a JSON Web Token (JWT)", dato_getstarted_token_api_jwt
        "intelligence": Profile(
            request_style=RequestStyle.QUERY,
            assertion_lifetime_seconds=None,
            algorithms=(Algorithm.RS256,),
            token_hosts=("idp.intelligence.salesforce.com",),
            key_lifetime_days=KEY_LIFETIME_DAYS,
        ),
        # RFC 7523 section 2.2 and 3; OpenID Connect Core section 9, private_key_jwt
        "rfc7523": Profile(
            request_style=RequestStyle.FORM,
            assertion_lifetime_seconds=60,
            algorithms=tuple(Algorithm),
            takes_scope_and_key_id=True,
        ),
    }
)


class Default:
    """Values of the settings that neither ``rotators.toml`` nor the profile gives."""

    PROFILE: Final = "intelligence"
    ALLOW_PRIVATE_ADDRESSES: Final = False
    VALUE_FORMAT: Final = ValueFormat.RECORD
    TOKEN_LIFETIME_SECONDS: Final = 300
    EXPIRATION_GRACE_MINUTES: Final = 5
    INTERVAL_MINUTES: Final = 4
    WATCHDOG_MIN_REMAINING_SECONDS: Final = 155
    """Half a token's life and a little: docs/decisions/0011-what-the-full-study-says.md."""
    WATCHDOGS: Final = 2
    """Schedules of a minute each, that fire independently: docs/decisions/0008-two-watchdogs.md."""


SHORTEST_TOKEN_LIFETIME_SECONDS: Final = 30
"""A token that lives shorter cannot be kept fresh by a watchdog that looks once a minute."""

LONGEST_TOKEN_LIFETIME_SECONDS: Final = 30 * 24 * 3600
"""Longer lifetimes are taken for a mistake of the answer, not for good luck."""

FUNCTION_TIMEOUT_SECONDS: Final = 55
"""Below the watchdog's minute: two invocations never queue up behind one that hangs."""
