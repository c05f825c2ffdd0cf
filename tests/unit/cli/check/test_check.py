"""`check` names the step that is wrong, and no other."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from tests.support.operated_aws import Denying, Refusing
from tests.support.operating import OperatedRotator
from tests.unit.cli.check.broken_rotators import BROKEN
from tests.unit.cli.check.checking import results, steps
from token_rotator.contract import RotationStep, Trigger, Variable
from token_rotator_cdk.config.defaults import KEY_LIFETIME_DAYS

broken = pytest.mark.parametrize("name", BROKEN)


@broken
def test_the_step_that_is_wrong_is_named_with_what_to_do(
    rotator: OperatedRotator, name: str, capsys: pytest.CaptureFixture[str]
):
    make, step, error, said = BROKEN[name]
    make(rotator)

    for_programs = rotator.run("check", "--json"), capsys.readouterr().out
    for_people = rotator.run("check"), capsys.readouterr().out

    answer = json.loads(for_programs[1])
    (found,) = [one for one in answer["steps"] if one["result"] == "wrong"]
    assert answer["wrong"] == [step]
    assert (found["step"], found["error"]) == (step, error)
    assert said in found["message"]
    lines = for_people[1].splitlines()
    (wrong,) = [line for line in lines if line.startswith("WRONG")]
    assert wrong.split()[1] == step
    assert said in wrong
    assert lines[-1].startswith(f"Wrong: {step}.")
    assert for_programs[0] == for_people[0] == 1


STEPS = (
    *("rotator", "function", "state", "invocation"),
    *RotationStep,
    *("record", "encryption_key", "writers", "schedules", "triggered", "rules", "roles"),
    *("alarms", "subscribers", "log", "concurrency", "drift"),
)


def test_a_healthy_rotator_passes_and_gets_a_fresh_token_that_is_published(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    requests = len(rotator.idp.token_requests)

    code = rotator.run("check", "--json")

    answer = json.loads(capsys.readouterr().out)
    found = {one["step"]: one for one in answer["steps"]}
    assert (code, answer["wrong"]) == (0, [])
    assert results(found) == {"drift": "skipped"}, "the stack is unknown"
    assert tuple(found) == STEPS
    assert len(rotator.idp.token_requests) == requests + 1
    assert rotator.published()["Version"] == found["record"]["facts"]["version"] == 2
    assert found["publish"]["facts"]["parameter_version"] == 2
    assert found["key"]["message"].startswith("RSA key (2048 bits), stored 0 days ago; at most ")
    assert found["discovery"]["facts"]["token_endpoint"] == rotator.idp.token_endpoint
    assert found["exchange"]["message"].startswith("accepted; the token lives 300 s (")


def test_neither_the_secret_nor_the_tokens_value_is_read(
    rotator: OperatedRotator, monkeypatch: pytest.MonkeyPatch
):
    secrets, parameters, keys = rotator.aws.secrets, rotator.aws.parameters, rotator.aws.keys
    rotator.start(secrets=secrets, parameters=parameters)
    decrypted: list[bool] = []
    real = parameters.get_parameter

    def read(**asked: Any) -> Any:
        decrypted.append(asked["WithDecryption"])
        return real(**asked)

    vars(rotator.aws).update(
        secrets=Refusing(),
        parameters=SimpleNamespace(get_parameter=read),
        keys=Denying(keys, "decrypt"),
    )

    assert [rotator.run(command) for command in ("check", "rotate", "status")] == [0, 0, 0]
    assert decrypted == [False, False]


def test_what_needs_a_wrong_step_is_skipped_and_the_rest_runs(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.store("no service account")
    version = rotator.store("nor this")

    found = steps(rotator, capsys)

    assert results(found) == {
        "key": "wrong", "discovery": "skipped", "assertion": "skipped", "exchange": "skipped",
        "publish": "skipped", "drift": "skipped",
    }  # fmt: skip
    assert found["secret"]["message"].startswith(f"version {version} (")


def test_where_the_previous_key_works_the_current_one_is_wrong_and_the_rest_is_told(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.store("no service account")

    found = steps(rotator, capsys)

    assert results(found) == {"key": "wrong", "drift": "skipped"}
    assert "the previous one worked" in found["key"]["message"]
    assert found["publish"]["result"] == "ok"


def test_what_the_function_tells_besides_is_a_warning(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    rotator.start(parameters=Denying(rotator.aws.parameters, "get_parameter"))

    found = steps(rotator, capsys)["invocation"]

    assert found["result"] == "warning"
    assert "The parameter could not be read (AccessDeniedException)" in found["message"]


@pytest.mark.parametrize(
    ("age_days", "result"), [(0, "ok"), (669, "ok"), (671, "warning"), (740, "warning")]
)
def test_a_key_that_dies_soon_is_a_warning_and_no_failure(
    rotator: OperatedRotator, age_days: int, result: str, capsys: pytest.CaptureFixture[str]
):
    with time_machine.travel(datetime.now(UTC) + timedelta(days=age_days), tick=False):
        rotator.rotate(trigger=Trigger.SCHEDULE)

        found = steps(rotator, capsys)

    left = found["key"]["facts"]["key_days_left"]
    assert (found["key"]["result"], left) == (result, KEY_LIFETIME_DAYS - 1 - age_days)
    assert found["exchange"]["result"] == "ok"


def test_a_secret_of_another_region_is_told_with_both_regions(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    there = rotator.secret.replace("eu-west-1", "us-east-1")
    rotator.environment[Variable.SECRET_ARN] = there
    rotator.configure(rotator.environment)
    rotator.start(secrets=Denying(rotator.aws.secrets, "get_secret_value", "ValidationException"))

    found = steps(rotator, capsys)["secret"]

    assert found["result"] == "wrong"
    assert "The secret is in us-east-1, but the function is in eu-west-1" in found["message"]


@pytest.mark.parametrize(
    ("service", "unknown"),
    [
        *(("iam", ["roles"]), ("function_list", ["writers"]), ("schedules", ["schedules"])),
        *(("keys", ["encryption_key"]), ("cloudwatch", ["alarms"])),
        *(("topics", ["alarms", "subscribers"]), ("event_rules", ["rules"])),
        ("logs", ["triggered", "log"]),
    ],
)
def test_what_the_caller_may_not_see_is_unknown_and_no_failure(
    rotator: OperatedRotator,
    service: str,
    unknown: list[str],
    capsys: pytest.CaptureFixture[str],
):
    vars(rotator.aws)[service] = Refusing()

    assert rotator.run("check", "--json") == 0

    assert json.loads(capsys.readouterr().out)["unknown"] == unknown


def test_one_answer_that_is_not_awss_is_unknown_and_the_other_steps_run(
    rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]
):
    pages = SimpleNamespace(paginate=lambda: iter([{}]))
    vars(rotator.aws)["schedules"] = SimpleNamespace(get_paginator=lambda _: pages)

    code = rotator.run("check", "--json")

    document = json.loads(capsys.readouterr().out)
    assert (code, document["unknown"]) == (0, ["schedules"])
    (page,) = [one for one in document["steps"] if one["step"] == "schedules"]
    assert page["message"].startswith("The response is not from AWS but, for example, from a proxy")
