"""What does AWS's refusal mean for a consumer, and what should who do?"""

from typing import Final

from token_reader.errors import AccessDenied, TokenError, TokenUnavailable

_NO_CREDENTIALS: Final = AccessDenied(
    "This process has no valid AWS credentials: give the workload a role, or log in."
)
_NO_SUCH_KEY: Final = AccessDenied(
    "The KMS key that encrypts the parameter is disabled, deleted or elsewhere: ask whoever runs "
    "the rotator."
)
_WRONG_NAME: Final = TokenUnavailable(
    "Parameter Store takes that for no parameter's name: see the output ...ParameterName of the "
    "rotator's stack.",
    retry_helps=False,
)
_MEANINGS: Final[dict[str, TokenError]] = {
    "AccessDeniedException": AccessDenied(
        "This workload's role may not read the parameter or use its key: attach the policy of the "
        "output ...ReaderPolicyArn of the rotator's stack, or call grant_read(workload) in CDK."
    ),
    "AccessDenied": AccessDenied(  # STS's word
        "The role of role_arn does not let this workload in: the rotator's share_with has to name "
        "its account, and its own role needs sts:AssumeRole on the output ...SharedReaderRoleArn."
    ),
    "ParameterNotFound": TokenUnavailable(
        "There is no such parameter. Compare name, account and region with the output "
        "...ParameterName of the rotator's stack. If they are right, the rotator has published "
        "nothing yet, or for so long that the parameter was deleted: its alarms should be ringing."
    ),
    "InvalidKeyId": _NO_SUCH_KEY,
    "NoRegionError": TokenUnavailable(
        "Nobody says in which AWS region the parameter is: set AWS_DEFAULT_REGION, or pass "
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
"""By AWS's error code, or by botocore's kind of exception."""


def meaning(exc: Exception) -> TokenError:
    """The error to raise instead, with AWS's code in it where there is no better word."""
    response = getattr(exc, "response", None)
    code = response["Error"]["Code"] if isinstance(response, dict) else type(exc).__name__
    if code in _MEANINGS:
        return _MEANINGS[code].again()
    return TokenUnavailable(
        f"Parameter Store gave no usable answer ({code}). Try again in a few seconds."
    )
