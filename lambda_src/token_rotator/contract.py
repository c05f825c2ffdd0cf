"""Names that the stack, the function and the CLI share. Uses the standard library only.

These are the only definitions of environment variables, outputs, event fields, log fields and
metrics.
"""

from enum import StrEnum
from typing import Final

VERSION = "0.1.0"
"""The version of both distributions: each pyproject.toml reads it from here."""

HANDLER: Final = "token_rotator.handler.handle"

AWS_SERVICES: Final = ("secretsmanager", "ssm")
"""botocore's names of the services that the function calls. The bundle has only their models."""


class Variable(StrEnum):
    """Environment variables of the function. The stack sets all of them.

    A missing variable is an error, because the function has no defaults. A variable may be empty
    only if its description allows it.
    """

    ROTATOR = "ROTATOR"
    SECRET_ARN = "SECRET_ARN"
    PARAMETER_NAME = "PARAMETER_NAME"
    PARAMETER_KEY_ARN = "PARAMETER_KEY_ARN"
    PARAMETER_TAGS = "PARAMETER_TAGS"
    """A JSON object."""
    DISCOVERY_ENDPOINT = "DISCOVERY_ENDPOINT"
    """Empty: the secret's discoveryEndpoint."""
    TOKEN_ENDPOINT = "TOKEN_ENDPOINT"
    """Empty: the discovered endpoint."""
    ALLOWED_TOKEN_HOSTS = "ALLOWED_TOKEN_HOSTS"
    """Separated by commas. Empty: the discovery endpoint's host only."""
    ALLOW_PRIVATE_ADDRESSES = "ALLOW_PRIVATE_ADDRESSES"
    """``true`` or ``false``."""
    EXTRA_CA_CERTIFICATES = "EXTRA_CA_CERTIFICATES"
    """A file in the bundle, EXTRA_CA_CERTIFICATES_FILE. Empty: only the system's CA
    certificates."""
    AUDIENCE = "AUDIENCE"
    """Empty: the discovered issuer, else the origin of the token endpoint."""
    PROFILE = "PROFILE"
    """Selects the fixes in error messages. The profile's defaults are in the other variables."""
    GRANT_TYPE = "GRANT_TYPE"
    REQUEST_STYLE = "REQUEST_STYLE"
    ASSERTION_LIFETIME_SECONDS = "ASSERTION_LIFETIME_SECONDS"
    """Empty: the assertion has no ``exp``."""
    ASSERTION_BACKDATE_SECONDS = "ASSERTION_BACKDATE_SECONDS"
    ALGORITHM = "ALGORITHM"
    KEY_ID = "KEY_ID"
    """Empty: the assertion has no ``kid``."""
    SCOPE = "SCOPE"
    """Empty: no scope is requested."""
    SCOPE_IN = "SCOPE_IN"
    SUBJECT = "SUBJECT"
    """Empty: the service account itself, as ``iss``."""
    CLAIMS = "CLAIMS"
    """A JSON object: additional claims of the assertion."""
    HEADERS = "HEADERS"
    """A JSON object: additional headers of the assertion."""
    KEY_LIFETIME_DAYS = "KEY_LIFETIME_DAYS"
    """Days from a key's creation to its expiry. Empty: unknown."""
    TOKEN_LIFETIME_SECONDS = "TOKEN_LIFETIME_SECONDS"
    VALUE_FORMAT = "VALUE_FORMAT"
    EXPIRATION_GRACE_MINUTES = "EXPIRATION_GRACE_MINUTES"


class StackOutput(StrEnum):
    """Outputs of the stack. All except the first three exist once per rotator."""

    ALARM_TOPIC_ARN = "AlarmTopicArn"
    """The topic that the alarms notify."""
    DASHBOARD_URL = "DashboardUrl"
    """The dashboard in the console. Absent in the isolated partitions, whose console AWS does not
    document."""
    READER_LAYER_ARN = "ReaderLayerArn"
    """The Lambda layer with the consumers' library, with ``reader_layer``."""
    FUNCTION_NAME = "FunctionName"
    """The rotator function."""
    PARAMETER_NAME = "ParameterName"
    """The parameter that consumers read."""
    OPERATOR_POLICY_ARN = "OperatorPolicyArn"
    """The managed policy for operators: ``check``, ``status`` and ``rotate``."""
    READER_POLICY_ARN = "ReaderPolicyArn"
    """The managed policy for consumers of this account: read this parameter, decrypt it."""
    SECRET_ARN = "SecretArn"
    """The secret that holds the service account."""
    SHARED_READER_ROLE_ARN = "SharedReaderRoleArn"
    """The role that consumers of other accounts assume, with ``share_with``."""


def output_of(rotator: str, output: str = "") -> str:
    """The name of a rotator's output, such as ``MarketingDataSecretArn`` for ``marketing-data``."""
    return "".join(part.capitalize() for part in rotator.split("-")) + output


class EventField(StrEnum):
    """Fields of the function's event. All are optional."""

    TRIGGER = "trigger"
    MIN_REMAINING_SECONDS = "min_remaining_seconds"


class Trigger(StrEnum):
    """What invoked the function."""

    SCHEDULE = "schedule"
    """The schedule: always obtains a new token."""
    WATCHDOG = "watchdog"
    """A watchdog: obtains a new token if the published one has little life left."""
    SECRET_CHANGED = "secret-changed"
    """An event: a new key was stored."""
    PARAMETER_CHANGED = "parameter-changed"
    """An event reports that the parameter was written or deleted."""
    MANUAL = "manual"
    """A person or a program: ``check``, ``rotate``, or an invocation without a trigger."""


class Outcome(StrEnum):
    """How a rotation ended."""

    PUBLISHED = "published"
    """A new token was published."""
    KEPT = "kept"
    """The published token was valid for long enough, so no token was requested."""
    SUPERSEDED = "superseded"
    """The parameter already holds a token that expires later. It was kept."""
    WAITING = "waiting"
    """No service account is stored yet, and no token is published."""
    NOTED = "noted"
    """An event was received. The next run acts on it."""
    FAILED = "failed"
    """The rotation failed. The published token stays."""


class RotationStep(StrEnum):
    """Steps of a rotation, in order."""

    READ = "read"
    """Read the published record."""
    SECRET = "secret"
    """Read the secret."""
    KEY = "key"
    """Find a usable service account in it."""
    DISCOVERY = "discovery"
    """Find the token endpoint."""
    ASSERTION = "assertion"
    """Sign the client assertion."""
    EXCHANGE = "exchange"
    """Exchange it for an access token."""
    PUBLISH = "publish"
    """Write the parameter."""


class StepResult(StrEnum):
    """The result of a step. A step that was not reached has none."""

    OK = "ok"
    FAILED = "failed"


class StepField(StrEnum):
    """Fields of each step in a rotation's report."""

    RESULT = "result"
    """``ok`` or ``failed``."""
    DURATION_MS = "duration_ms"
    """Total duration of all attempts, in milliseconds."""
    ERROR = "error"
    """The class of the last failure, even if a later attempt succeeded."""


class ReportField(StrEnum):
    """Fields of the report of one rotation.

    The function logs the report as one line of JSON and returns it to the caller. Fields without a
    value are omitted. The first three are only in the log. The last three exist only after a
    failure, when the function raises an error instead of returning the report.
    """

    LEVEL = "level"
    """``INFO``, ``WARNING`` (the rotation succeeded with warnings) or ``ERROR``."""
    TIMESTAMP = "timestamp"
    """When the line was written, in ISO 8601, UTC."""
    MESSAGE = "message"
    """Always ``rotation``."""
    ROTATOR = "rotator"
    """The rotator: ``STACK/ROTATOR``."""
    TRIGGER = "trigger"
    """Who called the function."""
    REQUEST_ID = "function_request_id"
    """The request ID of the invocation, as in Lambda's own lines."""
    OUTCOME = "outcome"
    """How the rotation ended."""
    LIFE_LEFT_BEFORE_SECONDS = "life_left_before_seconds"
    """The life that the published token had left at the start. Negative: it had expired. Absent:
    none was published."""
    TOKEN_REQUESTS = "token_requests"
    """How many token requests were sent."""
    MARGIN_SECONDS = "margin_seconds"
    """The life that the replaced token had left when the new one was published."""
    SECRET_VERSION = "secret_version"
    """The version of the secret that was used."""
    FAILED_SECRET_VERSION = "failed_secret_version"
    """The current version of the secret, if it failed and ``secret_version`` is another one or
    absent."""
    KEY = "key"
    """Type and size of the private key."""
    KEY_AGE_DAYS = "key_age_days"
    """Days since the version of the secret was stored."""
    KEY_DAYS_LEFT = "key_days_left"
    """Days until the key expires, if its lifetime is known."""
    TOKEN_ENDPOINT = "token_endpoint"
    """The token endpoint, without a query."""
    CLOCK_SKEW_SECONDS = "clock_skew_seconds"
    """The identity provider's clock minus the function's. Negative: the provider's is behind."""
    PREVIOUS_KEY_USED = "previous_key_used"
    """Whether the previous version of the secret was used because the current one failed."""
    PARAMETER_VERSION = "parameter_version"
    """The version of the parameter that this rotation published."""
    TOKEN_LIFETIME_SECONDS = "token_lifetime_seconds"
    """The lifetime of the new token."""
    EXPIRES_AT = "expires_at"
    """When the new token expires, in ISO 8601, UTC."""
    TOKEN_FINGERPRINT = "token_fingerprint"
    """The first 12 hexadecimal digits of the SHA-256 of the new token."""
    WARNINGS = "warnings"
    """Failures that did not stop the rotation."""
    STEPS = "steps"
    """An object with one entry for each RotationStep that was reached; see StepField."""
    ERROR = "error"
    """The class of the error."""
    ERROR_MESSAGE = "error_message"
    """What happened, why, and what to do."""
    RETRY_HELPS = "retry_helps"
    """Whether another attempt may succeed without any change."""


class Metric(StrEnum):
    """Metrics that the function emits and the alarms use."""

    TOKEN_PUBLISHED = "TokenPublished"
    """1 for each token that was published."""
    EXPIRY_MARGIN_SECONDS = "ExpiryMarginSeconds"
    """The life that the replaced token had left. Emitted if it is below 60 s."""
    PREVIOUS_KEY_USED = "PreviousKeyUsed"
    """1 for each token that was obtained with the previous version of the secret."""
    KEY_DAYS_LEFT = "KeyDaysLeft"
    """Days until the key expires. Emitted if fewer than 60 are left."""


EXTRA_CA_CERTIFICATES_FILE: Final = "extra-ca-certificates.pem"
"""A file in the function's bundle with CA certificates, used only for the identity provider."""

METRIC_NAMESPACE: Final = "TokenRotator"
ROTATOR_DIMENSION: Final = "Rotator"


KEY_DAYS_LEFT_REPORTED_BELOW: Final = 60
"""KeyDaysLeft is emitted only below this, because each emitted metric costs money."""

MARGIN_REPORTED_BELOW_SECONDS: Final = 60
"""The margin's metric is emitted only below this. The log has every value."""

RESTORE: Final = "deploy the stack again with --revert-drift"
"""The fix for what was changed or deleted manually: without this option, CloudFormation only
compares templates, and does not restore it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
"""

PLACEHOLDER_FIELD: Final = "waitingForServiceAccount"
"""Marks the placeholder in a new secret until a key is stored.

Never change the placeholder: CloudFormation would overwrite the key in the secret.
"""


class Profile(StrEnum):
    """Kinds of identity providers."""

    INTELLIGENCE = "intelligence"
    RFC7523 = "rfc7523"
    JWT_BEARER = "jwt-bearer"


class GrantType(StrEnum):
    """OAuth grant types of the token request."""

    CLIENT_CREDENTIALS = "client_credentials"
    """The assertion authenticates the client (RFC 7523 section 2.2)."""
    JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    """The assertion is the grant itself (RFC 7523 section 2.1)."""


class ScopeIn(StrEnum):
    """Where the scope is sent."""

    PARAMETER = "parameter"
    """In the token request (RFC 6749 section 3.3)."""
    CLAIM = "claim"
    """In the claim ``scope`` of the assertion, and not in the request."""


class RequestStyle(StrEnum):
    """Where the token request carries its parameters."""

    QUERY = "query"
    FORM = "form"


class ValueFormat(StrEnum):
    """The parameter's value: the JSON record, or the bare access token."""

    RECORD = "record"
    TOKEN = "token"


class Algorithm(StrEnum):
    """Signature algorithms of the client assertion (RFC 7518 section 3.1)."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    ES256 = "ES256"


MIN_TOKEN_LIFETIME_SECONDS: Final = 30
"""A shorter-lived token cannot be kept fresh by a watchdog that runs once a minute."""

MAX_TOKEN_LIFETIME_SECONDS: Final = 30 * 24 * 3600
"""A longer configured lifetime is rejected as a mistake."""

MAX_ASSERTION_BACKDATE_SECONDS: Final = 60
"""Maximum value of assertion_backdate_seconds."""

FUNCTION_TIMEOUT_SECONDS: Final = 55
"""Less than the watchdog's minute, so that invocations do not queue behind a hanging one."""
