"""`make run ONCE=1` without a token ends after 180 seconds with exit code 1 and the cause."""

import json
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local import __main__ as command
from local.aws import deployment
from local.aws.deployment import Rotator
from local.process.environment import REGION
from local.run import start
from local.run.run import Run
from local.run.start import Start

LOG_GROUP = "/aws/lambda/rotator"


class Moto:
    """A local AWS on moto. Deployed functions never run there."""

    endpoint_url = "http://127.0.0.1:0"

    def __init__(self, *, directory: Path, port: int, **_: object) -> None:
        assert directory.is_dir()
        assert port == 0

    def __enter__(self) -> "Moto":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    def client_environment(self) -> dict[str, str]:
        return {}


class Clock:
    """A virtual clock on which every pause takes a minute. It fails after an hour."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, _: float) -> None:
        self.seconds += 60
        assert self.seconds < 3600, "the command does not stop waiting"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The command's clock. The command uses moto and free ports."""
    clock = Clock()
    timed = partial(Run, seconds=lambda: clock.seconds, sleep=clock.sleep)
    monkeypatch.setattr(command, "Run", timed)
    monkeypatch.setattr(start, "LocalAws", Moto)
    monkeypatch.setattr(start, "FaultProxy", lambda **_: nullcontext())
    monkeypatch.setattr("sys.argv", ["local", "--once"])
    for port in ("LOCAL_AWS_PORT", "IDENTITY_PROVIDER_PORT"):
        monkeypatch.setenv(port, "0")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    with mock_aws():
        yield clock
    for number, handler in handlers.items():
        signal.signal(number, handler)


def a_rotator_that_fails(*_: object) -> tuple[Rotator, Mapping[str, Any]]:
    logs = boto3.client("logs", region_name=REGION)
    logs.create_log_group(logGroupName=LOG_GROUP)
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName="s")
    line = {"outcome": "failed", "error": "IdentityProviderDown", "error_message": "status 503"}
    event = {"timestamp": int(time.time() * 1000), "message": json.dumps(line)}
    logs.put_log_events(logGroupName=LOG_GROUP, logStreamName="s", logEvents=[event])  # type: ignore[list-item]
    secret = boto3.client("secretsmanager", region_name=REGION).create_secret(Name="a/secret")
    rotator = Rotator(
        name="marketing",
        function_name="rotator",
        parameter_name="/a/token",
        secret_arn=secret["ARN"],
        log_group=LOG_GROUP,
    )
    return rotator, {}


def test_without_a_token_it_ends_after_180_seconds_with_the_rotations_error(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Start, "_deploy", a_rotator_that_fails)

    code = command.main()

    assert (code, clock.seconds) == (1, 180)
    assert capsys.readouterr().err == (
        "No working token was in /a/token within 180 seconds. IdentityProviderDown: status 503\n"
    )


def test_it_cannot_draw_a_picture_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["local", "--once", "--picture", "live-view.svg"])
    monkeypatch.delattr(command, "Run")

    with pytest.raises(SystemExit, match="2"):
        command.main()

    assert "--picture: not allowed with argument --once" in capsys.readouterr().err


def test_a_cdk_command_that_hangs_is_ended_after_180_seconds(
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cdk = tmp_path / "cdk"
    cdk.write_text("#!/bin/sh\necho about to hang\nexec sleep 20\n")
    cdk.chmod(0o755)
    monkeypatch.setattr(deployment, "CDK", cdk)

    def slowly(moto: Moto) -> Moto:
        clock.seconds = 179.5
        return moto

    monkeypatch.setattr(Moto, "__enter__", slowly)

    code = command.main()

    assert code == 1
    assert "did not end within" in (said := capsys.readouterr().err)
    assert "about to hang" in said
