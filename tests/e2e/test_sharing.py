"""A workload of another account reads the token through the role that trusts it."""

import pytest
from botocore.exceptions import ClientError

from tests.support.local_requests import get
from tests.support.principals import assume, is_refused
from tests.support.system import System
from token_reader import AccessDenied, TokenReader
from token_rotator.contract import StackOutput, output_of

SHARED_WITH = "111122223333"
"""The account in share_with of local/rotators.toml."""
OTHER = "444455556666"


def shared_role(system: System) -> str:
    return system.outputs[output_of(system.rotator.name, StackOutput.SHARED_READER_ROLE_ARN)]


def reader(system: System, account: str, monkeypatch: pytest.MonkeyPatch) -> TokenReader:
    """A reader as in a workload of this account."""
    environment = system.aws.client_environment() | {"AWS_ACCESS_KEY_ID": account}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return TokenReader(system.rotator.parameter_name, role_arn=shared_role(system))


def test_the_named_account_reads_the_token(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    token = reader(system, SHARED_WITH, monkeypatch).get()

    answer = get(system.idp.api("reports"), Authorization=token.authorization)
    assert answer.status == 200


def test_another_account_does_not(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AccessDenied, match="share_with"):
        reader(system, OTHER, monkeypatch).get()

    with pytest.raises(ClientError, match="sts:AssumeRole"):
        assume(system.aws, shared_role(system), caller=OTHER)


def test_the_role_may_read_and_nothing_else(system: System) -> None:
    them = assume(system.aws, shared_role(system), caller=SHARED_WITH)
    name = system.rotator.parameter_name

    assert not is_refused(lambda: them("ssm").get_parameter(Name=name))
    assert is_refused(lambda: them("ssm").get_parameter(Name=f"{name}2"))
    assert is_refused(lambda: them("ssm").get_parameter_history(Name=name))
    assert is_refused(lambda: them("ssm").delete_parameter(Name=name))
