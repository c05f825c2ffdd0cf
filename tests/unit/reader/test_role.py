"""A reader of another account signs with the role's credentials, and never with its own."""

from collections.abc import Iterator

import pytest
from botocore.config import Config
from moto import mock_aws

from token_reader import AccessDenied, TokenReader, role

ROLE = "arn:aws:iam::111122223333:role/shared-reader"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with mock_aws():
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAOWN")
        yield


def test_it_signs_with_the_roles_credentials():
    signed_with: list[str] = []
    ssm = role.client(ROLE, Config())
    ssm.meta.events.register(
        "before-send.ssm.*",
        lambda request, **_: signed_with.append(str(request.headers["Authorization"])),
    )

    ssm.describe_parameters()
    ssm.describe_parameters()

    assert len(signed_with) == 2
    assert not [header for header in signed_with if "AKIAOWN" in header]


def test_without_credentials_of_its_own_the_error_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")

    with pytest.raises(AccessDenied, match="no valid AWS credentials"):
        TokenReader("/a", role_arn=ROLE).get()
