"""The report of a rotation says what became of each step, and is the answer, too."""

import json
from collections.abc import Callable

import pytest

from local.idp import faults
from local.idp.faults import Endpoint
from local.idp.service_account import ServiceAccount
from tests.support.application import CannedResponse, Deployed
from token_rotator.contract import PLACEHOLDER_FIELD, RotationStep
from token_rotator.errors import RotationError

Steps = dict[str, dict[str, object]]

REACHED = [*RotationStep]


def rotated(deployed: Deployed, capsys: pytest.CaptureFixture[str]) -> tuple[str, Steps]:
    """The outcome of a rotation and its steps, by the line that it logs."""
    capsys.readouterr()
    try:
        deployed.rotate()
    except RotationError as error:
        raised = type(error).__name__
    else:
        raised = ""
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert line.get("error", "") == raised
    return line["outcome"], line["steps"]


def ended(steps: Steps) -> dict[str, object]:
    """The error class of each step that was reached, or ``ok``."""
    failed = {name: one.get("error") for name, one in steps.items() if one["result"] == "failed"}
    return {name: failed.get(name, "ok") for name in steps}


def test_a_rotation_that_works_reaches_every_step(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()  # the first request that moto answers takes long

    _, steps = rotated(deployed, capsys)

    assert ended(steps) == dict.fromkeys(REACHED, "ok")
    assert all(isinstance(one["duration_ms"], int) for one in steps.values())
    assert not any("error" in one for one in steps.values())


def answers(endpoint: Endpoint, fault: faults.Fault) -> Callable[[Deployed], object]:
    return lambda deployed: deployed.idp.fail(endpoint, fault, times=None)


def refuses(operation: str, code: str = "AccessDeniedException") -> Callable[[Deployed], object]:
    body = json.dumps({"__type": code}).encode()
    return lambda deployed: deployed.breaks(operation, lambda: CannedResponse(400, body))


def stores_twice(value: str) -> Callable[[Deployed], object]:
    """The previous version is of no use, either."""

    def store(deployed: Deployed) -> None:
        deployed.store(value)
        deployed.store(f"{value} ")

    return store


@pytest.mark.parametrize(
    ("breaks", "step", "error"),
    [
        (refuses("GetSecretValue"), "secret", "CredentialError"),
        (stores_twice("a random string"), "key", "CredentialError"),
        (answers(Endpoint.DISCOVERY, faults.status(503)), "discovery", "IdentityProviderDown"),
        (answers(Endpoint.TOKEN, faults.status(503)), "exchange", "IdentityProviderDown"),
        (answers(Endpoint.TOKEN, faults.HTML), "exchange", "AnsweredByAnother"),
        (answers(Endpoint.TOKEN, faults.answers_json([])), "exchange", "AnswerUnusable"),
        (refuses("PutParameter"), "publish", "PublicationError"),
        (refuses("PutParameter", "InternalServerError"), "publish", "ParameterStoreUnavailable"),
    ],
)
def test_the_step_that_fails_is_the_last_one_that_is_reached(
    deployed: Deployed,
    capsys: pytest.CaptureFixture[str],
    breaks: Callable[[Deployed], object],
    step: RotationStep,
    error: str,
):
    breaks(deployed)

    outcome, steps = rotated(deployed, capsys)

    before = REACHED[: REACHED.index(step)]
    assert outcome == "failed"
    assert ended(steps) == dict.fromkeys(before, "ok") | {step: error}


def test_a_step_that_works_in_the_end_is_ok_and_tells_of_its_failure(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.idp.fail(Endpoint.TOKEN, faults.status(503), times=2)

    outcome, steps = rotated(deployed, capsys)

    assert outcome == "published"
    assert ended(steps) == dict.fromkeys(REACHED, "ok")
    assert steps["exchange"]["error"] == "IdentityProviderDown"


def test_where_the_previous_key_works_the_step_of_the_current_one_has_failed(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.store("uploaded by mistake")

    outcome, steps = rotated(deployed, capsys)

    assert outcome == "published"
    assert ended(steps) == dict.fromkeys(REACHED, "ok") | {"key": "CredentialError"}


def test_where_the_previous_key_does_not_work_the_first_failure_is_the_current_ones(
    deployed: Deployed, account: ServiceAccount, capsys: pytest.CaptureFixture[str]
):
    deployed.idp.reject(account)
    deployed.store("uploaded by mistake")

    _, steps = rotated(deployed, capsys)

    failed = [name for name, error in ended(steps).items() if error != "ok"]
    assert failed == ["key", "exchange"]
    assert steps["key"]["error"] == "CredentialError"


def test_a_new_secret_waits_at_its_key(deployed: Deployed, capsys: pytest.CaptureFixture[str]):
    new = deployed.secrets.create_secret(
        Name="new", SecretString=json.dumps({PLACEHOLDER_FIELD: "...", "random": "x"})
    )
    vars(deployed.app.rotation.credentials)["_secret_id"] = new["ARN"]

    outcome, steps = rotated(deployed, capsys)

    assert outcome == "waiting"
    assert ended(steps) == {"read": "ok", "secret": "ok", "key": "NoServiceAccountYet"}


def test_a_secret_that_cannot_be_read_while_it_is_remembered_stops_nothing_and_is_told(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    deployed.rotate()
    refuses("GetSecretValue", "InternalServiceError")(deployed)

    outcome, steps = rotated(deployed, capsys)

    assert outcome == "published"
    assert ended(steps)["secret"] == "SecretStoreUnavailable"


def test_a_parameter_that_the_role_may_not_read_is_told(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    refuses("GetParameter")(deployed)

    deployed.rotate()

    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert line["level"] == "WARNING"
    assert "could not be read (AccessDeniedException). The function's role" in line["warnings"][0]


def test_the_answer_is_the_report_that_is_logged(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    answer = deployed.rotate()

    line = json.loads(capsys.readouterr().out.splitlines()[0])
    of_the_line = {name: line.pop(name) for name in ("level", "timestamp", "message")}
    assert json.loads(json.dumps(answer)) == line
    assert of_the_line["message"] == "rotation"
    assert all(type(name) is str for name in answer), "Lambda's encoder takes any dict"


def test_the_endpoint_is_told_without_its_query(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    endpoint = deployed.idp.token_endpoint
    deployed.restart(TOKEN_ENDPOINT=f"{endpoint}?api_key=sentinel")

    with pytest.raises(RotationError):  # the stand-in takes no such query
        deployed.rotate()

    line = capsys.readouterr().out
    assert json.loads(line)["token_endpoint"] == endpoint
    assert "sentinel" not in line
