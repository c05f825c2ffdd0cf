"""Names that the stack and the function agree on. Standard library only.

Whatever two of them share (variables, outputs, event fields, log fields, metrics, the actions
that a role needs) is spelled here and nowhere else.
"""

from enum import StrEnum
from typing import Final

VERSION = "0.1.0"
"""The version of both distributions: each pyproject.toml reads it from here."""

HANDLER: Final = "token_rotator.handler.handle"

AWS_SERVICES: Final = ("secretsmanager", "ssm")
"""The services that the function calls, as botocore names them; its bundle has no other's model."""


class Variable(StrEnum):
    """Environment variables of the function. The stack renders every one of them.

    The function has no defaults: a variable that is missing is an error. One that says so may be
    empty, which has a meaning of its own.
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
    """Empty: the discovered one."""
    ALLOWED_TOKEN_HOSTS = "ALLOWED_TOKEN_HOSTS"
    """Separated by commas. Empty: the discovery endpoint's host only."""
    ALLOW_PRIVATE_ADDRESSES = "ALLOW_PRIVATE_ADDRESSES"
    """``true`` or ``false``."""
    EXTRA_CA_CERTIFICATES = "EXTRA_CA_CERTIFICATES"
    """A file in the bundle, EXTRA_CA_CERTIFICATES_FILE. Empty: only the system's authorities."""
    AUDIENCE = "AUDIENCE"
    """Empty: the discovered issuer, else the origin of the token endpoint."""
    PROFILE = "PROFILE"
    """Which fixes an error names; what the profile implies is rendered into the others."""
    GRANT_TYPE = "GRANT_TYPE"
    REQUEST_STYLE = "REQUEST_STYLE"
    ASSERTION_LIFETIME_SECONDS = "ASSERTION_LIFETIME_SECONDS"
    """Empty: the assertion has no ``exp``."""
    ASSERTION_BACKDATE_SECONDS = "ASSERTION_BACKDATE_SECONDS"
    ALGORITHM = "ALGORITHM"
    KEY_ID = "KEY_ID"
    """Empty: the assertion has no ``kid``."""
    SCOPE = "SCOPE"
    """Empty: no scope is asked for."""
    SCOPE_IN = "SCOPE_IN"
    SUBJECT = "SUBJECT"
    """Empty: the service account itself, as ``iss``."""
    CLAIMS = "CLAIMS"
    """A JSON object: further claims of the assertion."""
    HEADERS = "HEADERS"
    """A JSON object: further headers of the assertion."""
    KEY_LIFETIME_DAYS = "KEY_LIFETIME_DAYS"
    """How long a key is valid from its creation on. Empty: nobody says."""
    TOKEN_LIFETIME_SECONDS = "TOKEN_LIFETIME_SECONDS"
    VALUE_FORMAT = "VALUE_FORMAT"
    EXPIRATION_GRACE_MINUTES = "EXPIRATION_GRACE_MINUTES"


class StackOutput(StrEnum):
    """Outputs of the stack; all but the first three exist once per rotator."""

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
    """A rotator's output: ``marketing-data`` and SECRET_ARN make ``MarketingDataSecretArn``."""
    return "".join(part.capitalize() for part in rotator.split("-")) + output


class EventField(StrEnum):
    """Fields of the function's input; every one may be absent."""

    TRIGGER = "trigger"
    MIN_REMAINING_SECONDS = "min_remaining_seconds"


class Trigger(StrEnum):
    """Who called the function."""

    SCHEDULE = "schedule"
    """The schedule: always obtains a new token."""
    WATCHDOG = "watchdog"
    """A watchdog: obtains a new token if the published one has little life left."""
    SECRET_CHANGED = "secret-changed"
    """An event: a new key was stored."""
    PARAMETER_CHANGED = "parameter-changed"
    """An event: somebody has written or deleted the parameter."""
    MANUAL = "manual"
    """A person or a program: ``check``, ``rotate``, or an invocation without a trigger."""


class Outcome(StrEnum):
    """How a rotation ended."""

    PUBLISHED = "published"
    """A new token was published."""
    KEPT = "kept"
    """The published token had enough life left; nothing was called."""
    SUPERSEDED = "superseded"
    """Another rotation published a token that expires later. That token stays."""
    WAITING = "waiting"
    """The stack is new: nobody has stored a service account, and nothing is published."""
    NOTED = "noted"
    """An event was received; nothing was called. The next run acts on it."""
    FAILED = "failed"
    """The rotation failed. The published token stays."""


class RotationStep(StrEnum):
    """Steps of a rotation, in their order."""

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
    """How a step ended. A step that was not reached has none."""

    OK = "ok"
    FAILED = "failed"


class StepField(StrEnum):
    """What the report of a rotation says of each step."""

    RESULT = "result"
    """``ok`` or ``failed``."""
    DURATION_MS = "duration_ms"
    """The duration in milliseconds, all attempts together."""
    ERROR = "error"
    """The class of the last failure, also if a later attempt succeeded."""


class ReportField(StrEnum):
    """Fields of the report of one rotation.

    The function logs it as one line of JSON, and answers whoever invoked it with the same. A field
    without a value is left out. The first three are in the line only, the last three are there
    after a failure only, which has no answer but an error.
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
    KEY = "key"
    """Type and size of the private key."""
    KEY_AGE_DAYS = "key_age_days"
    """Days since this version of the secret was stored."""
    KEY_DAYS_LEFT = "key_days_left"
    """Days until the key expires, if its lifetime is known."""
    TOKEN_ENDPOINT = "token_endpoint"
    """The token endpoint, without a query."""
    CLOCK_SKEW_SECONDS = "clock_skew_seconds"
    """The identity provider's clock minus the function's; negative: the provider is behind."""
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
    """An object: each step that was reached, and an object with its result and duration."""
    ERROR = "error"
    """The class of the error."""
    ERROR_MESSAGE = "error_message"
    """What happened, why, and what to do."""
    RETRY_HELPS = "retry_helps"
    """Whether another attempt may succeed without any change."""


class Metric(StrEnum):
    """Metrics the function emits and the alarms watch."""

    TOKEN_PUBLISHED = "TokenPublished"
    """1 for each token that was published."""
    EXPIRY_MARGIN_SECONDS = "ExpiryMarginSeconds"
    """The life that the replaced token had left. Emitted if it is below 60 s."""
    PREVIOUS_KEY_USED = "PreviousKeyUsed"
    """1 for each token that was obtained with the previous version of the secret."""
    KEY_DAYS_LEFT = "KeyDaysLeft"
    """Days until the key expires. Emitted if fewer than 60 are left."""


EXTRA_CA_CERTIFICATES_FILE: Final = "extra-ca-certificates.pem"
"""Beside the package in the function's bundle: authorities of the identity provider alone."""

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
    CREATE_INTERFACE: Final = ("ec2:CreateNetworkInterface",)
    MANAGE_INTERFACES: Final = (
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    )
    """Lambda itself needs this one and the one before it, to attach the function to a VPC."""

    OPERATE_FUNCTION: Final = (
        *INVOKE_FUNCTION,
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionConcurrency",
    )
    READ_LOG: Final = ("logs:FilterLogEvents",)
    SEE_KEY: Final = ("kms:DescribeKey", "kms:GetKeyPolicy")
    SEE_ROLE: Final = ("iam:GetRole",)
    SEE_RULE: Final = ("events:DescribeRule",)
    SEE_SCHEDULE: Final = ("scheduler:GetSchedule",)
    SEE_STACK: Final = (
        "cloudformation:DescribeStacks",
        "cloudformation:DescribeStackResourceDrifts",
        "cloudformation:ListStackResources",
    )
    SEE_TOPIC: Final = ("sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic")
    LIST: Final = (
        "cloudwatch:DescribeAlarms",
        "events:ListRuleNamesByTarget",
        "lambda:GetAccountSettings",
        "lambda:ListFunctions",
        "logs:DescribeLogGroups",
        "scheduler:ListSchedules",
    )
    """What an operator needs for all resources: AWS has no smaller permission for it."""


class EncryptionContext(StrEnum):
    """Condition keys that confine the use of a key to one parameter, or to one secret."""

    PARAMETER = "kms:EncryptionContext:PARAMETER_ARN"
    """https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"""
    SECRET = "kms:EncryptionContext:SecretARN"
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""


KEY_DAYS_LEFT_REPORTED_BELOW: Final = 60
"""A metric costs money while it is emitted; with more days left than that nobody needs to know."""

MARGIN_REPORTED_BELOW_SECONDS: Final = 60
"""The same for the life that a replaced token had left; the log has every one."""

PLACEHOLDER_FIELD: Final = "waitingForServiceAccount"
"""Marks the JSON that the stack puts into a secret it creates, until somebody stores a key.

Never change it, nor what stands beside it: CloudFormation would overwrite the key in the secret.
"""


class Profile(StrEnum):
    """Kinds of identity providers."""

    INTELLIGENCE = "intelligence"
    RFC7523 = "rfc7523"
    JWT_BEARER = "jwt-bearer"


class GrantType(StrEnum):
    """What a token is asked for with."""

    CLIENT_CREDENTIALS = "client_credentials"
    """The assertion authenticates the client (RFC 7523 section 2.2)."""
    JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    """The assertion is the grant itself (RFC 7523 section 2.1)."""


class ScopeIn(StrEnum):
    """Where a scope is asked for."""

    PARAMETER = "parameter"
    """In the token request (RFC 6749 section 3.3)."""
    CLAIM = "claim"
    """In the claim ``scope`` of the assertion, and not in the request."""


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


SHORTEST_TOKEN_LIFETIME_SECONDS: Final = 30
"""A shorter-lived token cannot be kept fresh by a watchdog that runs once a minute."""

LONGEST_TOKEN_LIFETIME_SECONDS: Final = 30 * 24 * 3600
"""A longer lifetime in a configuration is taken for a mistake."""

LONGEST_ASSERTION_BACKDATE_SECONDS: Final = 60
"""By how much an assertion may claim to be older than it is."""

FUNCTION_TIMEOUT_SECONDS: Final = 55
"""Less than the watchdog's minute, so that invocations do not queue behind one that hangs."""
