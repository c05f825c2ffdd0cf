"""Every command says where it works before it does anything, and works nowhere else."""

import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.idp.service_account import ServiceAccount
from tests.support.operated_aws import STACK
from tests.support.operating import FUNCTION, OperatedRotator
from tests.support.verbs import NAMED, VERBS, command_line, named
from tests.unit.cli.test_deployment import deploy
from token_rotator_cli.__main__ import main
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.errors import CallerError

OURS, THEIRS = "123456789012", "444455556666"
"""moto's account, and its twin."""

CALL_NO_AWS = {"costs", "key-policy", "package", "try"}
SAYS_ITS_SETTINGS = {"try"}
"""It works on this machine: its step `settings` says with whose settings."""

PLACE = f"Account {OURS}, region eu-west-1, stack {STACK}, rotator marketing."
NO_KMS = (
    f"User: arn:aws:sts::{OURS}:assumed-role/operator/sentinel is not authorized to perform: "
    f"kms:Decrypt on resource: arn:aws:kms:eu-west-1:{OURS}:key/sentinel because no "
    "identity-based policy allows the kms:Decrypt action"
)


def interrupt() -> None:
    raise KeyboardInterrupt


def deny() -> None:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": NO_KMS}}, "Call")


def untouched() -> None:
    pytest.fail("AWS was called")


class Client:
    """A client whose every call, and paginator, does the same."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call

    def __getattr__(self, operation: str) -> Any:
        return lambda *_, **__: self._call()


class Run:
    """Runs commands whose clients all do the same, and counts how often they connect."""

    def __init__(self, account: ServiceAccount, directory: Path) -> None:
        self._account, self._directory = account, directory
        self.connected: list[dict[str, Any]] = []
        self.call: Callable[[], Any] = untouched

    def __call__(self, verb: str, *options: str) -> int:
        line = command_line(verb, self._directory, downloaded=self._account.as_downloaded())
        return main([*line, *options], connect=self._connect)

    def _connect(self, **asked: Any) -> Aws:
        def refuse(_: str) -> Aws:
            raise CallerError("sts:AssumeRole", code="AccessDenied", fix="")

        self.connected.append(asked)
        aws = Aws(region="eu-west-1")
        for name, attribute in vars(Aws).items():
            if isinstance(attribute, cached_property):
                vars(aws)[name] = Client(self.call)
        vars(aws).update(account=OURS, assuming=refuse)
        return aws


@pytest.fixture
def run(account: ServiceAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JSII_NODE", "none")  # `package` ends where it would synthesize
    return Run(account, tmp_path)


@pytest.mark.parametrize("verb", VERBS)
def test_it_says_where_it_works_before_it_does_anything(
    run: Run, verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    where = ('region = "eu-west-1"', f'account = "{OURS}"')
    named(tmp_path, *where, stack=STACK)
    run.call = interrupt

    code = run(verb)

    first = capsys.readouterr().err.partition("\n")[0]
    assert bool(run.connected) is (verb not in CALL_NO_AWS)
    if run.connected:
        assert (code, first) == (130, PLACE)
    elif verb not in SAYS_ITS_SETTINGS:
        assert first == f"Does not call AWS: {PLACE[0].lower()}{PLACE[1:]}"


@pytest.mark.parametrize("verb", VERBS)
def test_a_program_is_told_in_the_document(
    run: Run, verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    where = ('region = "eu-west-1"', f'account = "{OURS}"')
    named(tmp_path, *where, stack=STACK)
    run.call = deny

    run(verb, "--json")

    document = json.loads(capsys.readouterr().out)
    assert {key: document[key] for key in ("account", "region", "stack", "rotator")} == {
        "account": OURS,
        "region": "eu-west-1",
        "stack": STACK,
        "rotator": "marketing",
    }


@pytest.mark.parametrize("verb", VERBS)
def test_with_credentials_of_another_account_it_calls_nothing_and_names_both(
    run: Run, verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    named(tmp_path, 'region = "eu-west-1"', f'account = "{THEIRS}"', stack=STACK)
    run.call = untouched

    code = run(verb)

    said = "".join(capsys.readouterr())
    if run.connected:
        assert code == 1
        assert f"names account {THEIRS}, but your credentials are for account {OURS}" in said
    else:
        assert verb in CALL_NO_AWS


@pytest.mark.parametrize("verb", VERBS)
def test_the_region_of_the_environment_counts_where_the_file_names_none(
    run: Run, verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    named(tmp_path, f'account = "{OURS}"', stack=STACK)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_REGION", "ap-south-1")
    run.call = interrupt

    run(verb)

    assert [Aws(**asked).region for asked in run.connected] == (
        [] if verb in CALL_NO_AWS else ["ap-south-1"]
    )


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in CALL_NO_AWS])
def test_the_action_that_aws_denied_is_the_one_to_ask_for(
    run: Run, verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    named(tmp_path, 'region = "eu-west-1"', stack=STACK)
    run.call = deny

    run(verb)

    said = "".join(capsys.readouterr())
    assert "ask for kms:Decrypt on the key (AWS: no identity-based policy allows it)" in said
    assert "sentinel" not in said


def test_without_a_way_to_sts_the_function_says_the_account(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def offline(_: Aws) -> str:
        raise CallerError(
            "sts:GetCallerIdentity", code="ConnectTimeoutError", fix="", unreachable=True
        )

    deploy(rotator, MarketingFunctionName=FUNCTION)
    monkeypatch.setattr(Aws, "account", property(offline))

    assert rotator.run("status", "--stack", STACK, "--json") == 0

    out, err = capsys.readouterr()
    assert err == f"Account not known, region eu-west-1, stack {STACK}.\n"
    document = json.loads(out)
    assert (document["account"], document["rotator"]) == (OURS, "marketing")


def test_what_a_file_says_of_many_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "many.toml"
    tables = [f'[rotators.r{n}]\nparameter_name = "/p/{n}"\nstack = "s{n}"' for n in range(5)]
    file.write_text("\n".join(['[stack]\nname = "s"', *tables]))

    assert main(["costs", "--config", str(file), "--json"]) == 0

    out, err = capsys.readouterr()
    assert err == (
        "Does not call AWS: stacks s0, s1, s2 and 2 more, rotators r0, r1, r2 and 2 more.\n"
    )
    assert json.loads(out)["stack"] is json.loads(out)["rotator"] is None


def test_a_region_beside_the_arn_of_another_one_is_refused(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    code = rotator.run("status", "--function", rotator.function_arn, "--region", "us-east-1")

    assert code == 2
    assert "is in eu-west-1, but --region is us-east-1" in capsys.readouterr().err


def test_a_stack_that_is_elsewhere_is_named_with_both_regions(
    rotator: OperatedRotator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    named(tmp_path, 'region = "us-east-1"', stack="elsewhere")
    deploy(rotator)

    code = rotator.run("status", "--config", str(tmp_path / NAMED), "--region", "eu-west-1")

    assert code == 1
    said = capsys.readouterr().err
    assert (
        "The stack elsewhere does not exist in eu-west-1, but the configuration names us-east-1"
        in said
    )
