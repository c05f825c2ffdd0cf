"""Each AWS error becomes an error that names the layer that failed."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from fakes.certificates import unknown_to_the_system
from tests.support.canned_server import Behaviour, CannedServer, answer
from tests.unit.reader.loopback import parameter, reader_of, refusal, sts_refusal
from tests.unit.reader.scenario import NAME
from token_reader import TokenError, TokenReader, TokenUnavailable
from token_reader.aws_errors import token_error
from token_reader.faults import BY_CODE, BY_EXCEPTION, Fault

ROLE = "arn:aws:iam::111122223333:role/shared-reader"

SKEWED = "Signature expired: 20261127T100000Z is now earlier than 20261127T105500Z"


def _tree(base: type[Exception]) -> Iterator[type[Exception]]:
    yield base
    for one in base.__subclasses__():
        if one.__module__.startswith("botocore"):
            yield from _tree(one)


@pytest.mark.parametrize("kind", [*_tree(BotoCoreError)], ids=lambda kind: kind.__name__)
def test_every_exception_of_botocore_has_a_layer(kind: type[BotoCoreError]):
    made = kind.__new__(kind)
    made.kwargs = {"error": OSError()}

    error = token_error(made)

    assert error is not None
    assert kind.__name__ in str(error)
    assert "unexpected" not in str(error) or "Stub" in kind.__name__


@pytest.mark.parametrize("name", BY_EXCEPTION)
def test_the_table_names_exceptions_that_exist(name: str):
    assert hasattr(botocore.exceptions, name) or name in {
        *("SSLCertVerificationError", "OSError", "RecursionError", "HTTPError", "Exception"),
    }


LAYERS = {
    "NoCredentialsError": ("credentials", False),
    "CredentialRetrievalError": ("credentials", True),
    "MetadataRetrievalError": ("credentials", True),
    "SSOTokenLoadError": ("credentials", False),
    "UnauthorizedSSOTokenError": ("credentials", False),
    "TokenRetrievalError": ("credentials", False),
    "LoginRefreshRequired": ("credentials", False),
    "ProfileNotFound": ("credentials", False),
    "EndpointConnectionError": ("network", True),
    "ConnectTimeoutError": ("network", True),
    "ReadTimeoutError": ("network", True),
    "ConnectionClosedError": ("network", True),
    "ProxyConnectionError": ("network", True),
    "SSLError": ("network", False),
    "NoRegionError": ("configuration", False),
    "InvalidRegionError": ("configuration", False),
    "ParamValidationError": ("parameter", False),
}


@pytest.mark.parametrize("name", LAYERS)
def test_the_layer_of_an_exception(name: str):
    kind = getattr(botocore.exceptions, name, None)
    if kind is None:
        pytest.skip(f"this botocore has no {name}")
    made = kind.__new__(kind)
    made.kwargs = {}

    error = token_error(made)

    assert error is not None
    assert (error.layer, error.retry_helps) == LAYERS[name]


@pytest.mark.parametrize(
    ("operation", "code", "says", "layer", "retry_helps"),
    [
        ("AssumeRole", "AccessDenied", "share_with", "trust", False),
        ("AssumeRoleWithWebIdentity", "AccessDenied", "OIDC", "trust", False),
        ("AssumeRoleWithWebIdentity", "InvalidIdentityToken", "web identity", "sts", False),
        ("AssumeRoleWithWebIdentity", "ExpiredTokenException", "web identity", "sts", False),
        ("AssumeRoleWithWebIdentity", "IDPCommunicationError", "Try again", "service", True),
        ("AssumeRole", "ExpiredToken", "expired", "credentials", False),
        ("AssumeRole", "InvalidClientTokenId", "rejected", "credentials", False),
        ("AssumeRole", "RegionDisabledException", "STS is not activated", "sts", False),
        ("GetRoleCredentials", "UnauthorizedException", "sso login", "credentials", False),
        ("GetParameter", "AccessDeniedException", "ReaderPolicyArn", "permissions", False),
        ("GetParameter", "InvalidKeyId", "KMS key", "key", False),
        ("GetParameter", "ParameterNotFound", "ParameterName", "parameter", True),
        ("GetParameter", "RequestExpired", "clock", "clock", False),
        ("GetParameter", "ThrottlingException", "Try again", "service", True),
        ("GetParameter", "NeverHeardOf", "does not know", "service", False),
    ],
)
def test_the_layer_of_an_answer(
    operation: str, code: str, says: str, layer: str, *, retry_helps: bool
):
    error = token_error(_refused(operation, code))

    assert error is not None
    assert says in str(error)
    assert code in str(error)
    assert (error.layer, error.retry_helps) == (layer, retry_helps)
    assert "share_with" not in str(error) or operation == "AssumeRole"


@pytest.mark.parametrize("code", ["InvalidSignatureException", "SignatureDoesNotMatch"])
def test_a_signature_that_is_refused_for_its_time_is_the_clocks_fault(code: str):
    skewed, wrong = (
        token_error(_refused("GetParameter", code, SKEWED)),
        token_error(
            _refused("GetParameter", code, "The request signature we calculated does not match")
        ),
    )

    assert skewed is not None
    assert wrong is not None
    assert (skewed.layer, wrong.layer) == ("clock", "credentials")


def test_an_error_of_the_server_passes_whatever_its_code_is():
    error = token_error(_refused("GetParameter", "NeverHeardOf", status=503))

    assert error is not None
    assert error.retry_helps


@pytest.mark.parametrize(
    "code",
    [
        *vars(ThrottledRetryableChecker)["_THROTTLED_ERROR_CODES"],
        *vars(TransientRetryableChecker)["_TRANSIENT_ERROR_CODES"],
    ],
)
def test_waiting_helps_with_every_code_that_botocore_retries(code: str):
    error = token_error(_refused("GetParameter", code))

    assert error is not None
    assert error.retry_helps


def test_waiting_helps_exactly_where_the_message_says_so():
    faults: set[Fault] = {*BY_CODE.values(), *BY_EXCEPTION.values()}

    for fault in faults:
        says = "Try again" in fault.message or (fault.layer == "parameter" and fault.retry_helps)
        assert says == fault.retry_helps, fault
        assert issubclass(fault.kind, TokenError)


def test_ssl_that_gevent_patched_too_late_is_named():
    error = token_error(HTTPClientError(error=RecursionError()))

    assert error is not None
    assert "monkey.patch_all()" in str(error)
    assert not error.retry_helps


def test_what_the_application_raised_is_no_error_of_aws():
    class TimeLimit(Exception):
        pass

    assert token_error(TimeLimit()) is None
    assert token_error(HTTPClientError(error=TimeLimit())) is None
    assert token_error(KeyboardInterrupt()) is None
    assert token_error(HTTPClientError(error=OSError())) is not None
    assert token_error(KeyError("Value")) is not None


# Through the whole of botocore


def test_a_refused_role_and_a_refused_parameter_are_told_apart(
    aws_environment: pytest.MonkeyPatch,
):
    for refused, layer in (
        (sts_refusal("AccessDenied"), "trust"),
        (sts_refusal("ExpiredToken"), "credentials"),
        (sts_refusal("SignatureDoesNotMatch", SKEWED), "clock"),
    ):
        with CannedServer(refused) as server:
            error = _error(reader_of(server, aws_environment, role_arn=ROLE))
        assert error.layer == layer
    with CannedServer(refusal("AccessDeniedException")) as server:
        assert _error(reader_of(server, aws_environment)).layer == "permissions"


def test_irsa_names_the_workloads_own_trust_policy(
    aws_environment: pytest.MonkeyPatch, tmp_path: Path
):
    token = tmp_path / "token"
    token.write_text("eyJ.web.identity", encoding="utf-8")
    aws_environment.delenv("AWS_ACCESS_KEY_ID")
    aws_environment.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    aws_environment.setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/pod")
    with CannedServer(sts_refusal("AccessDenied", "Not authorized")) as server:
        error = _error(reader_of(server, aws_environment))

    assert error.layer == "trust"
    assert "OIDC" in str(error)
    assert "share_with" not in str(error)


def test_a_login_that_has_ended(aws_environment: pytest.MonkeyPatch, tmp_path: Path):
    config = tmp_path / "config"
    config.write_text(
        "[default]\nsso_account_id = 111122223333\nsso_role_name = a\nsso_region = eu-west-1\n"
        "sso_start_url = https://example.awsapps.com/start\n",
        encoding="utf-8",
    )
    aws_environment.delenv("AWS_ACCESS_KEY_ID")
    aws_environment.setenv("AWS_CONFIG_FILE", str(config))
    aws_environment.setenv("HOME", str(tmp_path))

    error = _error(TokenReader(NAME))

    assert (error.layer, error.retry_helps) == ("credentials", False)
    assert "aws sso login" in str(error)


def test_tls_inspection_is_named(aws_environment: pytest.MonkeyPatch, tmp_path: Path):
    context, _ = unknown_to_the_system(tmp_path)
    with CannedServer(parameter(), tls=context) as server:
        error = _error(reader_of(server, aws_environment))

    assert (error.layer, error.retry_helps) == ("network", False)
    assert "AWS_CA_BUNDLE" in str(error)


def test_no_route_and_a_proxy_that_is_down(aws_environment: pytest.MonkeyPatch):
    nobody = f"http://127.0.0.1:{_unused_port()}"
    aws_environment.setenv("AWS_ENDPOINT_URL", nobody)
    unreachable = _error(TokenReader(NAME))

    aws_environment.setenv("AWS_ENDPOINT_URL", "https://ssm.eu-west-1.amazonaws.com")
    aws_environment.setenv("HTTPS_PROXY", nobody)
    behind_a_proxy = _error(TokenReader(NAME))

    for error in (unreachable, behind_a_proxy):
        assert isinstance(error, TokenUnavailable)
        assert (error.layer, error.retry_helps) == ("network", True)
    assert "proxy" in str(behind_a_proxy)
    assert "proxy" not in str(unreachable)


@pytest.mark.parametrize("body", [b"", b"<html>captive portal</html>", b"{}", b'{"Parameter": {}}'])
def test_an_answer_that_is_none_of_parameter_stores(
    aws_environment: pytest.MonkeyPatch, body: bytes
):
    odd: Behaviour = answer(200, body)
    with CannedServer(odd) as server:
        error = _error(reader_of(server, aws_environment))

    assert isinstance(error, TokenUnavailable)
    assert error.retry_helps


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _error(reader: TokenReader) -> TokenError:
    with pytest.raises(TokenError) as caught:
        reader.get()
    return caught.value


def _refused(operation: str, code: str, message: str = "", *, status: int = 400) -> ClientError:
    answered: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answered, operation)
