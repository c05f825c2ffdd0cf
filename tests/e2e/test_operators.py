"""Alarms and dashboard queries match the metrics and log fields of the deployed function."""

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local.aws.deployment import Deployment, deployed_rotators
from local.followed_log import FollowedLog
from local.idp import faults
from local.idp.faults import Endpoint
from tests.support.emitted import identities, watched
from tests.support.runbook import Section, Shell
from tests.support.system import System, eventually
from token_rotator.contract import Metric, Variable
from token_rotator.credential.secret_store import Credential
from token_rotator.handler import invoke
from token_rotator.parameter.record import Record
from token_rotator.rotation import CredentialSource
from token_rotator.steps import Steps
from token_rotator.wiring import build, utc_now
from token_rotator_cdk.config.defaults import KEY_LIFETIME_DAYS

ELSEWHERE = "/elsewhere/access-token"

NEW_STACK = """\
[stack]
name = "new-stack"

[rotators.demo]
parameter_name = "/new-stack/access-token"
"""


@dataclass(frozen=True)
class Aged:
    """The deployed secret with an older creation date."""

    real: CredentialSource
    age: timedelta

    def current(self, steps: Steps) -> Credential:
        return replace(self.real.current(steps), created_at=utc_now() - self.age)

    def previous(self, steps: Steps) -> Credential | None:
        return self.real.previous(steps)


@pytest.fixture
def log_of_an_old_key(
    system: System, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Log lines of a rotation with an old key, run in this process with the deployed settings.

    The local AWS cannot hold an old secret. The rotation uses the deployed system, except for the
    secret's creation date and the parameter, whose token is about to expire.
    """
    aws_client = system.aws.client_environment()
    for name, value in aws_client.items():
        monkeypatch.setenv(name, value)
    deployed = system.aws.client("lambda").get_function_configuration(
        FunctionName=system.rotator.function_name
    )
    about_to_expire = Record(
        access_token="old", issued_at=utc_now(), expires_at=utc_now() + timedelta(seconds=20)
    )
    system.aws.client("ssm").put_parameter(
        Name=ELSEWHERE, Type="SecureString", Value=about_to_expire.to_json(), Overwrite=True
    )
    app = build(
        aws_client | deployed["Environment"]["Variables"] | {Variable.PARAMETER_NAME: ELSEWHERE}
    )
    old = Aged(app.rotation.credentials, timedelta(days=KEY_LIFETIME_DAYS - 20))
    app = replace(app, rotation=replace(app.rotation, credentials=old))
    capsys.readouterr()
    invoke(app, {}, remaining=timedelta(seconds=50))
    return capsys.readouterr().out.splitlines()


def resources(system: System, kind: str) -> list[dict[str, Any]]:
    """Properties of the deployed resources of a type."""
    answer = system.aws.client("cloudformation").get_template(StackName=system.stack_name)
    body = answer["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    found = template["Resources"].values()
    return [resource["Properties"] for resource in found if resource["Type"] == kind]


def test_every_alarm_watches_a_metric_that_the_function_or_lambda_emits(
    system: System, log_of_an_old_key: list[str]
) -> None:
    good, refused = system.account, system.generate()
    system.idp.reject(refused)
    system.store(refused)
    system.rotation(lambda entry: entry.previous_key_used, what="a rotation with the previous key")
    system.store(good)

    emitted = identities(json.dumps(line) for line in system.logged('"_aws"'))
    assert {one.name for one in emitted} >= {Metric.TOKEN_PUBLISHED, Metric.PREVIOUS_KEY_USED}
    emitted |= identities(log_of_an_old_key)
    alarms = resources(system, "AWS::CloudWatch::Alarm")
    ours = {watched(alarm) for alarm in alarms if watched(alarm).namespace != "AWS/Lambda"}
    assert len(alarms) == 6
    assert ours == emitted
    lambdas = {watched(alarm) for alarm in alarms} - ours
    assert {one.name for one in lambdas} == {"Errors", "Invocations"}
    assert {name for one in lambdas for name, _ in one.dimensions} == {"FunctionName"}


def test_the_dashboards_queries_use_fields_that_the_function_logs(system: System) -> None:
    system.idp.fail(Endpoint.TOKEN, faults.status(503, retry_after="120"), times=None)
    system.rotation(lambda entry: entry.outcome == "failed", what="a failed rotation")

    (dashboard,) = resources(system, "AWS::CloudWatch::Dashboard")
    asked = set(
        re.findall(r"\bsteps\.[a-z]+\.[a-z_]+|\b(?:[a-z]+_)+[a-z_]+", json.dumps(dashboard))
    )
    logged: set[str] = set()
    for line in system.logged('"outcome"'):
        logged |= line.keys() | {f"steps.{step}.duration_ms" for step in line["steps"]}
    assert asked - logged == {"life_left_seconds"}, "the query defines this name"
    assert len(asked & logged) > 5


def test_a_new_stack_waits_for_its_key_and_the_runbook_says_how_to_store_it(
    system: System, tmp_path: Path
) -> None:
    config = tmp_path / "rotators.toml"
    config.write_text(NEW_STACK)
    deployment = Deployment(system.aws, config=config, directory=tmp_path)
    deployment.synthesize()
    outputs = deployment.deploy()
    (rotator,) = deployed_rotators(system.aws, config=config, outputs=outputs)
    log = FollowedLog(system.aws.client("logs"), log_group=rotator.log_group)

    entries = eventually(lambda: log.new_rotations() or None, what="a rotation of a new stack")
    file = tmp_path / "downloaded.txt"
    file.write_text(system.idp.new_service_account().as_downloaded(), encoding="utf-8")
    done = Shell(tmp_path / "shell", config=config).run(
        Section.all()["Nobody has stored a key"].commands,
        {"FILE": str(file)},
        system.aws.client_environment(),
    )
    deployment.destroy()

    assert done.returncode == 0
    assert {entry.outcome for entry in entries} == {"waiting"}
