"""The command asks AWS in the partition of its region, and at the FIPS endpoints if it is told."""

from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pytest

from token_rotator_cli.aws.clients import Aws

DOMAINS = {
    "eu-west-1": "amazonaws.com",
    "us-gov-west-1": "amazonaws.com",
    "cn-north-1": "amazonaws.com.cn",
    "eusc-de-east-1": "amazonaws.eu",
}
CLIENTS = {name for name, one in vars(Aws).items() if isinstance(one, cached_property)} - {
    "account"
}


@pytest.fixture(autouse=True)
def _somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def endpoints(region: str) -> dict[str, str]:
    """What each client of the command calls; of STS, what it was about to call."""
    aws = Aws(region=region)
    found = {name: getattr(aws, name).meta.endpoint_url for name in CLIENTS}

    def answer(params: dict[str, Any], **_: object) -> tuple[SimpleNamespace, dict[str, str]]:
        found["sts"] = params["url"].rstrip("/")
        return SimpleNamespace(status_code=200), {"Account": "111122223333"}

    vars(aws)["_session"].events.register("before-call.sts", answer)
    assert aws.account == "111122223333"
    return found


@pytest.mark.parametrize(("region", "domain"), DOMAINS.items())
def test_every_service_is_asked_in_the_region_and_its_partition(region: str, domain: str):
    found = endpoints(region)

    assert {"sts", "iam", "schedules", "parameters", "secrets"} < found.keys()
    for name, endpoint in found.items():
        assert endpoint.endswith(f".{domain}"), name
        # IAM has one endpoint for its partition
        assert name == "iam" or f".{region}." in endpoint, name


@pytest.mark.parametrize(
    ("region", "parameters"),
    [
        ("us-east-1", "https://ssm-fips.us-east-1.amazonaws.com"),
        ("us-gov-west-1", "https://ssm.us-gov-west-1.amazonaws.com"),
    ],
)
def test_the_sdks_variable_leads_to_the_fips_endpoints(
    monkeypatch: pytest.MonkeyPatch, region: str, parameters: str
):
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")

    found = endpoints(region)

    assert found["parameters"] == parameters
    assert found["secrets"] == f"https://secretsmanager-fips.{region}.amazonaws.com"
