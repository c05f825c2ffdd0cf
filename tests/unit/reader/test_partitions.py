"""The consumers' library asks AWS in the partition of its region, with FIPS if it is told."""

import pytest

from token_reader import clients


@pytest.mark.parametrize(
    ("region", "variables", "endpoint"),
    [
        ("us-gov-west-1", {}, "https://ssm.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", {}, "https://ssm.cn-north-1.amazonaws.com.cn"),
        ("eusc-de-east-1", {}, "https://ssm.eusc-de-east-1.amazonaws.eu"),
        (
            "us-east-1",
            {"AWS_USE_FIPS_ENDPOINT": "true"},
            "https://ssm-fips.us-east-1.amazonaws.com",
        ),
    ],
)
def test_the_environment_says_where_the_parameter_is_read(
    monkeypatch: pytest.MonkeyPatch, region: str, variables: dict[str, str], endpoint: str
):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name, value in {"AWS_DEFAULT_REGION": region, **variables}.items():
        monkeypatch.setenv(name, value)

    assert clients.shared(None).meta.endpoint_url == endpoint
