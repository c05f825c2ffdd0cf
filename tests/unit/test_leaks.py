"""No key, assertion or token is printed or raised, whatever goes wrong, at any log level."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from local import faults
from local.faults import Endpoint, Fault
from tests.support.rotating import FakeCredentials
from token_reader.record import Record
from token_rotator.errors import (
    RotationError,
    Unexpected,
)
from token_rotator.secret_store import Credential

if TYPE_CHECKING:
    pass

from tests.support.application import Deployed
from tests.support.bad_answers import BAD_ANSWERS, TOKEN


def _token_answer(fault: Fault) -> Callable[[Deployed], None]:
    return lambda deployed: deployed.idp.fail(Endpoint.TOKEN, fault, times=None)


def _aws_call(part: str, call: str, error: Callable[[], Exception]) -> Callable[[Deployed], None]:
    return lambda deployed: deployed.breaks(part, call, error)


def _aws_says(code: str, message: str = "No.") -> Callable[[], Exception]:
    return lambda: ClientError({"Error": {"Code": code, "Message": message}}, "Call")


def _unreachable() -> Exception:
    return EndpointConnectionError(endpoint_url="https://aws.example")


def _timed_out() -> Exception:
    return ReadTimeoutError(endpoint_url="https://aws.example")


QUOTED = f"1 validation error detected: Value '{TOKEN}' at 'value'"

TROUBLE: dict[str, Callable[[Deployed], None]] = {
    "none": lambda _: None,
    **{name: _token_answer(fault) for name, fault, _ in BAD_ANSWERS},
    "discovery is garbage": lambda it: it.idp.fail(
        Endpoint.DISCOVERY, faults.answers_json({"token_endpoint": f"http://{TOKEN}/"}), times=None
    ),
    "a secret that is no service account": lambda it: it.store(f"password: {TOKEN}"),
    "a damaged key": lambda it: it.store(
        json.dumps(
            {"serviceAccountId": "a", "privateKey": f"-----BEGIN RSA PRIVATE KEY-----{TOKEN}"}
        )
    ),
    "the secret may not be read": _aws_call(
        "credentials", "GetSecretValue", _aws_says("AccessDeniedException")
    ),
    "the secret is gone": _aws_call(
        "credentials", "GetSecretValue", _aws_says("ResourceNotFoundException")
    ),
    "Secrets Manager throttles": _aws_call(
        "credentials", "GetSecretValue", _aws_says("ThrottlingException")
    ),
    "Secrets Manager is unreachable": _aws_call("credentials", "GetSecretValue", _unreachable),
    "Secrets Manager times out": _aws_call("credentials", "GetSecretValue", _timed_out),
    "the parameter may not be read": _aws_call(
        "publication", "GetParameter", _aws_says("AccessDeniedException")
    ),
    "Parameter Store is unreachable": _aws_call("publication", "GetParameter", _unreachable),
    "the parameter may not be written": _aws_call(
        "publication", "PutParameter", _aws_says("AccessDeniedException")
    ),
    "the value is refused": _aws_call(
        "publication", "PutParameter", _aws_says("ValidationException", QUOTED)
    ),
    "the value is refused before it is sent": _aws_call(
        "publication", "PutParameter", lambda: ParamValidationError(report=TOKEN)
    ),
    "writing times out": _aws_call("publication", "PutParameter", _timed_out),
    "writing throttles": _aws_call("publication", "PutParameter", _aws_says("ThrottlingException")),
    "tagging fails": _aws_call(
        "publication", "AddTagsToResource", _aws_says("ValidationException", QUOTED)
    ),
    "nobody thought of this reading": _aws_call(
        "credentials", "GetSecretValue", lambda: RuntimeError(TOKEN)
    ),
    "nobody thought of this writing": _aws_call(
        "publication", "PutParameter", lambda: KeyError(TOKEN)
    ),
}


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
def test_nothing_secret_is_printed_or_raised_even_at_debug(
    deployed: Deployed,
    trouble: Callable[[Deployed], None],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
):
    caplog.set_level(logging.DEBUG)
    account = deployed.idp.new_service_account()
    deployed.store(account.as_downloaded())
    trouble(deployed)

    raised = ""
    try:
        deployed.rotate()
    except RotationError as error:
        raised = _everything(error)

    captured = capsys.readouterr()
    shown = f"{captured.out}{captured.err}{caplog.text}{raised}"
    assert shown
    key_lines = account.private_key_pem.splitlines()[1:-1]
    published = _published_token(deployed)
    for secret in (TOKEN, "client_assertion=", "eyJ", *key_lines, *published):
        assert secret not in shown


def _published_token(deployed: Deployed) -> list[str]:
    try:
        return [Record.from_json(deployed.value).access_token]
    except deployed.ssm.exceptions.ParameterNotFound:
        return []


def _everything(error: BaseException) -> str:
    """All that a formatter could show of an exception and its chain."""
    shown = f"{error} {error!r} {error.args} {vars(error)}"
    follow = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return shown + (_everything(follow) if follow else "")


def test_an_error_that_is_not_ours_is_named_by_kind_and_place_and_never_quoted(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    class Broken(FakeCredentials):
        def current(self) -> Credential:
            raise RuntimeError(TOKEN)

    rotation = replace(deployed.app.rotation, credentials=Broken())
    deployed.app = replace(deployed.app, rotation=rotation)

    with pytest.raises(Unexpected) as caught:
        deployed.rotate()

    line = json.loads(capsys.readouterr().out)
    assert line["error"] == "Unexpected"
    assert line["error_message"].startswith("RuntimeError in test_leaks.py:")
    assert line["retry_helps"] is False
    assert TOKEN not in f"{line} {_everything(caught.value)}"
