"""What each AWS error means to a workload: the layer that failed, and the fix."""

from typing import Final, NamedTuple

from token_reader.errors import AccessDenied, Layer, TokenError, TokenUnavailable


class Fault(NamedTuple):
    """What one or more AWS errors mean to a workload."""

    kind: type[TokenError]
    layer: Layer
    says: str
    retry_helps: bool = False


_NO_CREDENTIALS: Final = Fault(
    AccessDenied,
    "credentials",
    "This process has no AWS credentials: attach a role to the workload, or log in on a "
    "workstation. The reader finds credentials that come later.",
)
_CREDENTIALS_INCOMPLETE: Final = Fault(
    AccessDenied,
    "credentials",
    "This process's AWS credentials are configured wrongly: compare its AWS_ variables and AWS "
    "configuration files with the AWS SDKs reference guide.",
)
_CREDENTIALS_REFUSED: Final = Fault(
    AccessDenied,
    "credentials",
    "AWS does not accept this process's credentials: they have expired, or were revoked or "
    "mistyped. Renew them. The reader finds new ones, unless a client was passed to it.",
)
_CREDENTIALS_LATE: Final = Fault(
    TokenUnavailable,
    "credentials",
    "The source of this process's AWS credentials (instance metadata, container, "
    "credential_process) did not return any. Try again in a few seconds.",
    retry_helps=True,
)
_LOGGED_OUT: Final = Fault(
    AccessDenied,
    "credentials",
    "The login that this process's AWS profile uses has ended: run `aws sso login` or `aws login`.",
)
_ROLE_TRUST: Final = Fault(
    AccessDenied,
    "trust",
    "This workload may not assume the role in role_arn: the rotator's share_with has to name "
    "its account, and its own role needs sts:AssumeRole on the output ...SharedReaderRoleArn.",
)
_OWN_ROLE_TRUST: Final = Fault(
    AccessDenied,
    "trust",
    "This workload's own role does not trust its web identity token: the role's trust policy has "
    "to name the cluster's OIDC provider, the namespace and the service account. The rotator is "
    "not involved.",
)
_WEB_IDENTITY: Final = Fault(
    AccessDenied,
    "sts",
    "STS does not accept this workload's web identity token: it has expired, or its issuer is not "
    "an OIDC provider of the account. Compare AWS_WEB_IDENTITY_TOKEN_FILE and the provider.",
)
_STS_REGION: Final = Fault(
    TokenUnavailable,
    "sts",
    "STS is not activated in this region: an administrator of the workload's account activates it.",
)
_NOT_PERMITTED: Final = Fault(
    AccessDenied,
    "permissions",
    "This workload's role may not read the parameter or use its key: attach the policy of the "
    "output ...ReaderPolicyArn of the rotator's stack, or call grant_read(workload) in CDK. The "
    "policy of a VPC endpoint or of the organization may refuse it, too.",
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
    "AWS could not be reached. If this lasts, compare the region, the security group's outgoing "
    "rules, DNS and the route: a VPC without internet access needs an interface endpoint for ssm, "
    "and for sts with role_arn. Try again in a few seconds.",
    retry_helps=True,
)
_PROXY: Final = Fault(
    TokenUnavailable,
    "network",
    "The proxy in HTTPS_PROXY did not connect to AWS: it is down or refuses the address. "
    "Addresses in NO_PROXY are reached without it. Try again in a few seconds.",
    retry_helps=True,
)
_TLS: Final = Fault(
    TokenUnavailable,
    "network",
    "The certificate of the AWS endpoint is not trusted: something between inspects TLS, or the "
    "certificate authorities are missing. Set AWS_CA_BUNDLE to the file that has its authority.",
)
CLOCK: Final = Fault(
    TokenUnavailable,
    "clock",
    "This machine's clock is wrong, so AWS refuses its signatures: synchronise it.",
)
_PATCHED_LATE: Final = Fault(
    TokenUnavailable,
    "configuration",
    "Something calls itself without end. gevent does this to ssl if its monkey.patch_all() comes "
    "after the first read: with gunicorn --preload, do not read the parameter at import time.",
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
    "The AWS configuration of this process is wrong: compare its AWS_ variables and AWS "
    "configuration files with the AWS SDKs reference guide.",
)
_WRONG_NAME: Final = Fault(
    TokenUnavailable,
    "parameter",
    "Parameter Store does not accept the parameter's name: see the output ...ParameterName of the "
    "rotator's stack.",
)
_NOT_FOUND: Final = Fault(
    TokenUnavailable,
    "parameter",
    "There is no such parameter. Compare name, account and region with the output "
    "...ParameterName of the rotator's stack. If they are right, the rotator has not published "
    "a token yet, or not for so long that the parameter was deleted: its alarms should have "
    "fired.",
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
    "AWS refused to return the parameter, for a reason that this version does not know.",
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
"""By the error code in an answer of AWS, or by ``Operation:code``."""

BY_EXCEPTION: Final[dict[str, Fault]] = {
    "BotoCoreError": _CONFIGURATION,
    "ChecksumError": BUSY,
    "ConnectionError": _NETWORK,
    "CredentialRetrievalError": _CREDENTIALS_LATE,
    "FlexibleChecksumError": BUSY,
    "HTTPClientError": _NETWORK,
    "IncompleteReadError": _NETWORK,
    "LoginError": _LOGGED_OUT,
    "MetadataRetrievalError": _CREDENTIALS_LATE,
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
    # not botocore's own
    "SSLCertVerificationError": _TLS,
    "OSError": _NETWORK,
    "RecursionError": _PATCHED_LATE,
    "HTTPError": _NETWORK,
    "Exception": _INTERNAL,
}
"""By the name of the exception or of the nearest base class."""
