"""A web page in a browser of this machine cannot call the local AWS, nor by the fault proxy."""

import urllib.request
from http import HTTPStatus
from urllib.error import HTTPError

import pytest

from local.process import environment
from tests.faults.deployed_function import DeployedFunction

OF_A_PAGE = {"Content-Type": "text/plain", "Origin": "https://evil.example"}
"""A browser asks no server beforehand whether it may send this."""


def asked(url: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(
        f"{url}/2015-03-31/functions", data=b"{}", headers=headers, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(HTTPError) as answered:
        opener.open(request, timeout=30)
    with answered.value:
        return answered.value.code


@pytest.mark.parametrize("way", ["directly", "by the proxy"])
def test_a_web_page_cannot_call_the_local_aws(function: DeployedFunction, way: str) -> None:
    url = function.system.aws.endpoint_url if way == "directly" else function.aws.url
    credentials = f"AWS4-HMAC-SHA256 Credential={environment.CREDENTIALS}/x/eu-west-1/lambda/x"

    refused = asked(url, {**OF_A_PAGE, "Authorization": credentials})
    of_a_program = asked(url, {"Authorization": credentials})

    assert refused == HTTPStatus.FORBIDDEN
    assert of_a_program == HTTPStatus.BAD_REQUEST, "the function has no name"
