"""The meaning of each AWS error for a workload: the layer that failed, and the fix."""

from typing import Final, NamedTuple

from token_reader.errors import AccessDenied, Layer, TokenError, TokenUnavailable


class Fault(NamedTuple):
    """The meaning of one or more AWS errors."""

    kind: type[TokenError]
    layer: Layer
    message: str
    retry_helps: bool = False


_NO_CREDENTIALS: Final = Fault(
    AccessDenied,
    "credentials",
    "This process has no AWS credentials: attach a role to the workload, or log in on a "
    "workstation. The reader uses credentials as soon as they exist.",
)
_CREDENTIALS_INCOMPLETE: Final = Fault(
    AccessDenied,
    "credentials",
    "This process's AWS credentials are misconfigured: compare its AWS_ variables and AWS "
    "configuration files with the AWS SDKs reference guide.",
)
_CREDENTIALS_REFUSED: Final = Fault(
    AccessDenied,
    "credentials",
    "AWS rejected this process's credentials: they have expired, or were revoked or "
    "mistyped. Renew them. The reader uses new ones, unless a client was passed to it.",
)
_CREDENTIALS_UNAVAILABLE: Final = Fault(
    TokenUnavailable,
    "credentials",
    "The source of this process's AWS credentials (instance metadata, container, "
    "credential_process) did not return any. Try again in a few seconds.",
    retry_helps=True,
)
_LOGGED_OUT: Final = Fault(
    AccessDenied,
    "credentials",
    "The login session of this process's AWS profile has expired: run `aws sso login` or `aws "
    "login`.",
)
_ROLE_TRUST: Final = Fault(
    AccessDenied,
    "trust",
    "This workload may not assume the role in role_arn: the rotator's share_with must include "
    "its account, and its own role needs sts:AssumeRole on the output ...SharedReaderRoleArn.",
)
_OWN_ROLE_TRUST: Final = Fault(
    AccessDenied,
    "trust",
    "This workload's own role does not trust its web identity token: the role's trust policy "
    "must name the cluster's OIDC provider, the namespace and the service account. This is not a "
    "problem of the rotator.",
)
_WEB_IDENTITY: Final = Fault(
    AccessDenied,
    "sts",
    "STS rejected this workload's web identity token: it has expired, or its issuer is not "
    "an OIDC provider of the account. Check AWS_WEB_IDENTITY_TOKEN_FILE and the provider.",
)
_STS_REGION: Final = Fault(
    TokenUnavailable,
    "sts",
    "STS is not activated in this region: ask an administrator of the workload's account.",
)
_NOT_PERMITTED: Final = Fault(
    AccessDenied,
    "permissions",
    "This workload's role may not read the parameter or use its key: attach the policy of the "
    "output ...ReaderPolicyArn of the rotator's stack, or call grant_read(workload) in CDK. The "
    "policy of a VPC endpoint or of the organization may also deny it.",
)
_KEY: Final = Fault(
    AccessDenied,
    "key",
    "The KMS key that encrypts the parameter is disabled, deleted or in another region: ask the "
    "rotator's operators.",
)
_NETWORK: Final = Fault(
    TokenUnavailable,
    "network",
    "AWS could not be reached. Try again in a few seconds. If this persists, check the region, the "
    "security group's outbound rules, DNS and the route: a VPC without internet access needs an "
    "interface endpoint for ssm, and for sts with role_arn.",
    retry_helps=True,
)
_PROXY: Final = Fault(
    TokenUnavailable,
    "network",
    "The proxy in HTTPS_PROXY did not connect to AWS: it is down or denies the host. Hosts in "
    "NO_PROXY bypass it. Try again in a few seconds.",
    retry_helps=True,
)
_TLS: Final = Fault(
    TokenUnavailable,
    "network",
    "The certificate of the AWS endpoint is not trusted: a proxy inspects TLS, or CA "
    "certificates are missing. Set AWS_CA_BUNDLE to a file with the CA certificate.",
)
CLOCK: Final = Fault(
    TokenUnavailable,
    "clock",
    "This machine's clock is wrong, so AWS rejects its signatures: synchronize it.",
)
_PATCHED_LATE: Final = Fault(
    TokenUnavailable,
    "configuration",
    "Infinite recursion. gevent causes it in ssl if monkey.patch_all() runs after the first read: "
    "with gunicorn --preload, do not read the parameter at import time.",
)
_NO_REGION: Final = Fault(
    TokenUnavailable,
    "configuration",
    "The parameter's AWS region is not configured: set AWS_DEFAULT_REGION, or pass "
    'client=boto3.client("ssm", region_name=...).',
)
_CONFIGURATION: Final = Fault(
    TokenUnavailable,
    "configuration",
    "This process's AWS configuration is wrong: compare its AWS_ variables and AWS "
    "configuration files with the AWS SDKs reference guide.",
)
_WRONG_NAME: Final = Fault(
    TokenUnavailable,
    "parameter",
    "Parameter Store rejected the parameter's name: see the output ...ParameterName of the "
    "rotator's stack.",
)
_NOT_FOUND: Final = Fault(
    TokenUnavailable,
    "parameter",
    "The parameter does not exist. Compare its name, account and region with the output "
    "...ParameterName of the rotator's stack. If they are correct, the rotator has never "
    "published a token, or has failed for so long that AWS deleted the parameter: its alarms "
    "should have fired.",
    retry_helps=True,
)
BUSY: Final = Fault(
    TokenUnavailable,
    "service",
    "AWS did not return the parameter. Try again in a few seconds.",
    retry_helps=True,
)
REFUSED: Final = Fault(
    TokenUnavailable,
    "service",
    "AWS denied the read with an error that this version does not know.",
)
_INTERNAL: Final = Fault(
    TokenUnavailable,
    "service",
    "The AWS library failed in an unexpected way. Try again in a few seconds.",
    retry_helps=True,
)

BY_CODE: Final[dict[str, Fault]] = {
    "AssumeRole:AccessDenied": _ROLE_TRUST,
    "AssumeRole:ValidationError": _CONFIGURATION,
    "AssumeRoleWithWebIdentity:AccessDenied": _OWN_ROLE_TRUST,
    "AssumeRoleWithWebIdentity:ExpiredTokenException": _WEB_IDENTITY,
    "AssumeRoleWithWebIdentity:ValidationError": _CONFIGURATION,
    "GetRoleCredentials:ForbiddenException": _LOGGED_OUT,
    "GetRoleCredentials:UnauthorizedException": _LOGGED_OUT,
    "IDPRejectedClaim": _WEB_IDENTITY,
    "InvalidIdentityToken": _WEB_IDENTITY,
    "RegionDisabledException": _STS_REGION,
    **dict.fromkeys(["AccessDenied", "AccessDeniedException"], _NOT_PERMITTED),
    **dict.fromkeys(["InvalidKeyId", "DisabledException", "KMSInvalidStateException"], _KEY),
    "ParameterNotFound": _NOT_FOUND,
    **dict.fromkeys(["ParameterVersionNotFound", "ValidationException"], _WRONG_NAME),
    **dict.fromkeys(
        [
            "RequestExpired",
            "RequestInTheFuture",
            "RequestTimeTooSkewed",
        ],
        CLOCK,
    ),
    **dict.fromkeys(
        [
            "AuthFailure",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "NotAuthorized",
            "OptInRequired",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ],
        _CREDENTIALS_REFUSED,
    ),
    **dict.fromkeys(
        [
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "IDPCommunicationError",
            "InternalError",
            "InternalFailure",
            "InternalServerError",
            "LimitExceededException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "RequestTimeout",
            "RequestTimeoutException",
            "ServiceUnavailable",
            "ServiceUnavailableException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException",
        ],
        BUSY,
    ),
}
"""Faults by AWS error code, or by ``Operation:code``."""

BY_EXCEPTION: Final[dict[str, Fault]] = {
    "BotoCoreError": _CONFIGURATION,
    "ChecksumError": BUSY,
    "ConnectionError": _NETWORK,
    "CredentialRetrievalError": _CREDENTIALS_UNAVAILABLE,
    "FlexibleChecksumError": BUSY,
    "HTTPClientError": _NETWORK,
    "IncompleteReadError": _NETWORK,
    "LoginError": _LOGGED_OUT,
    "MetadataRetrievalError": _CREDENTIALS_UNAVAILABLE,
    "NoAuthTokenError": _LOGGED_OUT,
    "NoCredentialsError": _NO_CREDENTIALS,
    "NoRegionError": _NO_REGION,
    "ParamValidationError": _WRONG_NAME,
    "PartialCredentialsError": _CREDENTIALS_INCOMPLETE,
    "ProfileNotFound": _CREDENTIALS_INCOMPLETE,
    "ProxyConnectionError": _PROXY,
    "RefreshWithMFAUnsupportedError": _CREDENTIALS_INCOMPLETE,
    "SSLError": _TLS,
    "SSOError": _LOGGED_OUT,
    "StubResponseError": _INTERNAL,
    "TokenRetrievalError": _LOGGED_OUT,
    "UnknownCredentialError": _CREDENTIALS_INCOMPLETE,
    "UnknownTokenProviderError": _CREDENTIALS_INCOMPLETE,
    # not from botocore
    "SSLCertVerificationError": _TLS,
    "OSError": _NETWORK,
    "RecursionError": _PATCHED_LATE,
    "HTTPError": _NETWORK,
    "Exception": _INTERNAL,
}
"""Faults by the name of the exception or its nearest base class."""
