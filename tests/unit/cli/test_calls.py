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


def test_what_aws_denied_is_known_as_such():
    assert told(denied(f"{WHO}kms:Decrypt on resource: sentinel")).denied


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SSLError(endpoint_url=URL, error=OSError("self-signed certificate")), "AWS_CA_BUNDLE"),
        (ProxyConnectionError(proxy_url="http://me:sentinel@proxy"), "The proxy in HTTPS_PROXY"),
        (EndpointConnectionError(endpoint_url=URL), "may require a proxy in HTTPS_PROXY"),
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
