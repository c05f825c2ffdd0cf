"""No key, assertion or token is printed or raised, whatever goes wrong, at any log level."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from fakes.keys import pem, rsa_key
from local.idp import faults
from local.idp.faults import Endpoint, Fault
from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.application import CannedResponse, Deployed
from tests.support.bad_answers import BAD_ANSWERS, TOKEN
from tests.support.exposure import Exposure
from tests.support.in_lambda import LAMBDAS_OWN
from tests.support.rotating import FakeCredentials
from tests.unit.credential.test_service_account import REFUSED, SENTINEL
from token_rotator.aws.clients import NoAnswer
from token_rotator.credential.secret_store import Credential
from token_rotator.errors import CredentialError, Unexpected
from token_rotator.steps import Steps
from token_rotator_cdk.bundle.sources import INSTALLED


def _token_answer(fault: Fault) -> Callable[[Deployed], object]:
    return lambda deployed: deployed.idp.fail(Endpoint.TOKEN, fault, times=None)


def _aws_call(
    operation: str, instead: Callable[[], CannedResponse]
) -> Callable[[Deployed], object]:
    return lambda deployed: deployed.breaks(operation, instead)


def _aws_says(code: str, message: str = "No.") -> Callable[[], CannedResponse]:
    return _answers(json.dumps({"__type": code, "message": message}).encode(), status=400)


def _answers(body: bytes, *, status: int = 200) -> Callable[[], CannedResponse]:
    return lambda: CannedResponse(status, body)


def _unreachable() -> CannedResponse:
    raise NoAnswer(error="ConnectionRefusedError: Connection refused")


def _raises(error: Exception) -> Callable[[], CannedResponse]:
    def fail() -> CannedResponse:
        raise error

    return fail


QUOTED = f"1 validation error detected: Value '{TOKEN}' at 'value'"

TROUBLE: dict[str, Callable[[Deployed], object]] = {
    "none": lambda _: None,
    **{name: _token_answer(fault) for name, fault, _ in BAD_ANSWERS},
    "discovery is garbage": lambda it: it.idp.fail(
        Endpoint.DISCOVERY,
        faults.answers_json({"token_endpoint": f"http://{TOKEN}/"}),
        times=None,
    ),
    "a secret that is no service account": lambda it: it.store(f"password: {TOKEN}"),
    "the key is refused": lambda it: it.idp.fail(
        Endpoint.TOKEN, faults.oauth_error("invalid_client", http_status=401), times=None
    ),
    "the key is refused, the previous one works": lambda it: it.idp.fail(
        Endpoint.TOKEN, faults.oauth_error("invalid_client", http_status=401), times=1
    ),
    "the identity provider is inside": lambda it: it.restart(outside=True),
    "a damaged key": lambda it: it.store(
        json.dumps(
            {"serviceAccountId": "a", "privateKey": f"-----BEGIN RSA PRIVATE KEY-----{TOKEN}"}
        )
    ),
    "the secret may not be read": _aws_call("GetSecretValue", _aws_says("AccessDeniedException")),
    "the secret is gone": _aws_call("GetSecretValue", _aws_says("ResourceNotFoundException")),
    "Secrets Manager throttles": _aws_call("GetSecretValue", _aws_says("ThrottlingException")),
    "Secrets Manager is unreachable": _aws_call("GetSecretValue", _unreachable),
    "Secrets Manager's answer is cut off": _aws_call(
        "GetSecretValue", _answers(f'{{"SecretString": "{TOKEN}'.encode())
    ),
    "Secrets Manager answers something else": _aws_call(
        "GetSecretValue", _answers(json.dumps({"SecretString": TOKEN}).encode())
    ),
    "the parameter may not be read": _aws_call("GetParameter", _aws_says("AccessDeniedException")),
    "Parameter Store is unreachable": _aws_call("GetParameter", _unreachable),
    "Parameter Store's answer has no time": _aws_call(
        "GetParameter", _answers(json.dumps({"Parameter": {"Value": TOKEN}}).encode())
    ),
    "the parameter may not be written": _aws_call(
        "PutParameter", _aws_says("AccessDeniedException")
    ),
    "the value is refused": _aws_call("PutParameter", _aws_says("ValidationException", QUOTED)),
    "the value is refused in the code": _aws_call(
        "PutParameter", _aws_says(f"Bad Value '{TOKEN}'")
    ),
    "writing is refused in HTML": _aws_call("PutParameter", _answers(TOKEN.encode(), status=413)),
    "writing breaks off": _aws_call("PutParameter", _unreachable),
    "writing throttles": _aws_call("PutParameter", _aws_says("ThrottlingException", QUOTED)),
    "tagging fails": _aws_call("AddTagsToResource", _aws_says("ValidationException", QUOTED)),
    "nobody thought of this reading": _aws_call("GetSecretValue", _raises(RuntimeError(TOKEN))),
    "nobody thought of this writing": _aws_call("PutParameter", _raises(KeyError(TOKEN))),
}


@dataclass
class Watched:
    """A deployed function, and everything that it shows."""

    deployed: Deployed
    exposure: Exposure
    capture: pytest.CaptureFixture[str]
    caplog: pytest.LogCaptureFixture

    def rotate(self) -> None:
        self.exposure.of(self.deployed.rotate, self.capture, self.caplog)


@pytest.fixture(scope="module")
def new_account(idp: IdentityProvider) -> ServiceAccount:
    """Generated once: that takes long."""
    return idp.new_service_account()


@pytest.fixture
def watched(
    exposure: Exposure,  # first: the function silences libraries when it is built
    deployed: Deployed,
    new_account: ServiceAccount,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Watched:
    deployed.idp.accept(new_account)
    exposure.secrets.add_key(new_account.private_key_pem)
    exposure.secrets.add_key(pem(rsa_key()))
    exposure.secrets.add("a sentinel", TOKEN)
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        exposure.secrets.add(name, LAMBDAS_OWN[name])
    deployed.store(new_account.as_downloaded())
    return Watched(deployed, exposure, capfd, caplog)


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE.keys())
def test_no_key_assertion_or_token_gets_out_whatever_goes_wrong(
    watched: Watched, trouble: Callable[[Deployed], object]
):
    trouble(watched.deployed)

    watched.rotate()

    assert "stdout" in watched.exposure.places
    assert watched.exposure.leaks == set()


def test_no_secret_that_is_no_service_account_gets_out(watched: Watched):
    for name, (value, _) in REFUSED.items():
        watched.deployed.store(value.replace(SENTINEL, TOKEN) or " ")

        watched.rotate()

        assert watched.exposure.leaks == set(), name


def test_no_answer_of_the_discovery_endpoint_gets_out(watched: Watched):
    for name, fault, _ in BAD_ANSWERS:
        watched.deployed.restart()
        watched.deployed.idp.recover()
        watched.deployed.idp.fail(Endpoint.DISCOVERY, fault, times=None)

        watched.rotate()

        assert watched.exposure.leaks == set(), name


def test_an_error_that_is_not_ours_is_named_by_kind_and_place_and_never_quoted(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
):
    class TransportError(FakeCredentials):
        def current(self, steps: Steps) -> Credential:
            raise RuntimeError(TOKEN)

    rotation = replace(deployed.app.rotation, credentials=TransportError())
    deployed.app = replace(deployed.app, rotation=rotation)

    with pytest.raises(Unexpected):
        deployed.rotate()

    line = json.loads(capsys.readouterr().out)
    assert line["error"] == "Unexpected"
    assert line["error_message"].startswith("RuntimeError in test_leaks.py:")
    assert line["retry_helps"] is False


def test_what_is_raised_has_no_history(deployed: Deployed):
    deployed.store(f"{{{TOKEN}")
    deployed.store(f"{{{TOKEN}")  # the previous version is of no use, either

    with pytest.raises(CredentialError) as caught:
        deployed.rotate()

    assert caught.value.__cause__ is caught.value.__context__ is None
    files = [Path(frame.path).name for frame in caught.traceback]
    assert files[-1] == "handler.py", "no frame of a parser, whose variables hold the secret"


def test_nothing_that_traces_is_in_the_bundle():
    pins = INSTALLED.pins.read_text(encoding="utf-8")

    assert "xray" not in pins
    assert "opentelemetry" not in pins
