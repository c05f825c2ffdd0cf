"""The reader in another account signs with the assumed role's credentials, not with its own."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from token_reader import AccessDenied, TokenReader, clients

ROLE = "arn:aws:iam::111122223333:role/shared-reader"


@pytest.fixture(autouse=True)
def aws() -> Iterator[pytest.MonkeyPatch]:
    # moto sets credentials too: the changes made here are undone before moto restores them
    with mock_aws(), pytest.MonkeyPatch.context() as within:
        within.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        within.setenv("AWS_EC2_METADATA_DISABLED", "true")
        within.setenv("AWS_ACCESS_KEY_ID", "AKIAOWN")
        yield within


def test_it_signs_with_the_roles_credentials():
    signed_with: list[str] = []
    ssm = clients.shared(ROLE)
    ssm.meta.events.register(
        "before-send.ssm.*",
        lambda request, **_: signed_with.append(str(request.headers["Authorization"])),
    )

    ssm.describe_parameters()
    ssm.describe_parameters()

    assert len(signed_with) == 2
    assert not [header for header in signed_with if "AKIAOWN" in header]


def test_without_own_credentials_the_error_says_so(aws: pytest.MonkeyPatch):
    aws.delenv("AWS_ACCESS_KEY_ID")
    aws.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    aws.setenv("AWS_CONFIG_FILE", "/nowhere")

    with pytest.raises(AccessDenied, match="no AWS credentials"):
        TokenReader("/a", role_arn=ROLE).get()
