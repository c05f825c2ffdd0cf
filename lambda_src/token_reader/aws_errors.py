"""Translation of AWS errors into token errors that say what to do."""

from typing import Final

from token_reader.errors import AccessDenied, TokenError, TokenUnavailable

_NO_CREDENTIALS: Final = AccessDenied(
    "This process has no valid AWS credentials: attach a role to the workload, or log in."
)
_NO_SUCH_KEY: Final = AccessDenied(
    "The KMS key that encrypts the parameter is disabled, deleted or in another region: ask the "
    "rotator's operators."
)
_WRONG_NAME: Final = TokenUnavailable(
    "Parameter Store does not accept the parameter's name: see the output ...ParameterName of the "
    "rotator's stack.",
    retry_helps=False,
)
_TOKEN_ERRORS: Final[dict[str, TokenError]] = {
    "AccessDeniedException": AccessDenied(
        "This workload's role may not read the parameter or use its key: attach the policy of the "
        "output ...ReaderPolicyArn of the rotator's stack, or call grant_read(workload) in CDK."
    ),
    "AccessDenied": AccessDenied(  # STS's code
        "This workload may not assume the role in role_arn: the rotator's share_with has to name "
        "its account, and its own role needs sts:AssumeRole on the output ...SharedReaderRoleArn."
    ),
    "ParameterNotFound": TokenUnavailable(
        "There is no such parameter. Compare name, account and region with the output "
        "...ParameterName of the rotator's stack. If they are right, the rotator has not published "
        "a token yet, or not for so long that the parameter was deleted: its alarms should have "
        "fired."
    ),
    "InvalidKeyId": _NO_SUCH_KEY,
    "NoRegionError": TokenUnavailable(
        "The parameter's AWS region is not configured: set AWS_DEFAULT_REGION, or pass "
        'client=boto3.client("ssm", region_name=...).',
        retry_helps=False,
    ),
    "ParamValidationError": _WRONG_NAME,
    "ValidationException": _WRONG_NAME,
    **dict.fromkeys(
        [
            "CredentialRetrievalError",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "NoCredentialsError",
            "PartialCredentialsError",
            "ProfileNotFound",
            "TokenRetrievalError",
            "UnrecognizedClientException",
        ],
        _NO_CREDENTIALS,
    ),
}
"""By AWS error code or name of the botocore exception."""


def token_error(exc: Exception) -> TokenError:
    """The error to raise instead. An unknown AWS error code becomes a part of the message."""
    response = getattr(exc, "response", None)
    code = response["Error"]["Code"] if isinstance(response, dict) else type(exc).__name__
    if code in _TOKEN_ERRORS:
        return _TOKEN_ERRORS[code].fresh_copy()
    return TokenUnavailable(
        f"Parameter Store did not return the parameter ({code}). Try again in a few seconds."
    )
