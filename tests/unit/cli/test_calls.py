"""What AWS or the network answers becomes one sentence that says what the caller can do."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    ProxyConnectionError,
    RefreshWithMFAUnsupportedError,
    SSLError,
)

from token_rotator_cli.aws.calls import calling
from token_rotator_cli.errors import CallerError

URL = "https://ssm.eu-west-1.amazonaws.com"
WHO = "User: arn:aws:sts::111122223333:assumed-role/ops/me is not authorized to perform: "


def told(error: Exception, action: str = "ssm:GetParameter") -> CallerError:
    with pytest.raises(CallerError) as caught, calling(action):
        raise error
    return caught.value


def denied(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "Call")


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("", "ask for ssm:GetParameter, or"),
        (f"{WHO}ssm:GetParameter on resource: sentinel because no", "ask for ssm:GetParameter, or"),
        (f"{WHO}kms:Decrypt on resource: sentinel", "ask for kms:Decrypt, or"),
        (
            f"{WHO}ssm:GetParameter with an explicit deny in a service control policy",
            "AWS names a service control policy as the reason.",
        ),
        (
            f"{WHO}ssm:GetParameter because no permissions boundary allows it",
            "AWS names a permissions boundary as the reason.",
        ),
        (
            "The ciphertext refers to a customer master key that you are not allowed to access.",
            "ask for kms:Decrypt, besides ssm:GetParameter",
        ),
    ],
)
def test_the_action_that_aws_denies_is_passed_on_and_nothing_else_of_its_text(
    message: str, said: str
):
    error = told(denied(message))

    assert error.denied
    assert said in str(error)
    assert "sentinel" not in str(error)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SSLError(endpoint_url=URL, error=OSError("self-signed certificate")), "AWS_CA_BUNDLE"),
        (ProxyConnectionError(proxy_url="http://me:sentinel@proxy"), "The proxy that HTTPS_PROXY"),
        (EndpointConnectionError(endpoint_url=URL), "may want a proxy in HTTPS_PROXY"),
        (RefreshWithMFAUnsupportedError(), "needs a terminal"),
        (EOFError(), "needs a terminal"),
    ],
)
def test_the_setting_or_the_terminal_that_helps_is_named(error: Exception, said: str):
    found = told(error)

    assert said in str(found)
    assert not found.denied
    assert "sentinel" not in str(found)


@pytest.mark.parametrize("error", [ValueError(), KeyError("x")])
def test_what_is_neither_aws_nor_the_network_passes_through(error: Exception):
    with pytest.raises(type(error)), calling("ssm:GetParameter"):
        raise error
