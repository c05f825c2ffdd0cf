"""The token leaves the reader only as its caller's token, and in requests to the API's host."""

import asyncio
import copy
import io
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
import requests

from tests.support.canned_server import Behaviour, CannedServer, Connection, answer
from tests.support.exposure import Exposure, talkative
from tests.unit.reader.loopback import parameter, reader_of, record, refusal
from tests.unit.reader.scenario import NAME
from token_reader import (
    AsyncTokenReader,
    HideTokens,
    HttpxAuth,
    RequestsAuth,
    TokenError,
    TokenReader,
)
from token_reader.cache import Moment

TOKEN = "kR3v0LgB5nQ1-sentinel_token.pX8"
SESSION_TOKEN = "FwoGZXIvYXdzEBYaDsentinelSessionTokenOfTheWorkload"
ROLE = "arn:aws:iam::111122223333:role/shared-reader"


def _cut(connection: Connection) -> None:
    data = record(TOKEN).encode()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + data)


def _body(body: str, status: int = 200) -> Behaviour:
    return answer(status, body.encode())


ANSWERS: dict[str, Behaviour] = {
    "a token": parameter(TOKEN),
    "an expired token": parameter(TOKEN, lifetime=0),
    "cut off": _cut,
    "reset": lambda connection: connection.reset(),
    "half of the JSON": _body('{"Parameter": {"Value": "' + TOKEN),
    "another shape": _body(json.dumps({"Parameter": TOKEN})),
    "no value": _body(json.dumps({"Parameter": {"Name": TOKEN}})),
    "a bare token": _body(json.dumps({"Parameter": {"Name": NAME, "Value": TOKEN}})),
    "no record": _body(json.dumps({"Parameter": {"Name": NAME, "Value": f"password: {TOKEN}"}})),
    "a token with a line break": parameter(f"{TOKEN}\r\n"),
    "an HTML page": _body(f"<html>{TOKEN}</html>", 503),
    "an error that quotes": _body(f'{{"{TOKEN}": "{TOKEN}"}}', 400),
    "an error that quotes in its message": refusal("NeverHeardOf", f"Value {TOKEN}"),
    "not allowed": refusal("AccessDeniedException"),
    "credentials expired": refusal("ExpiredTokenException"),
}
Read = Callable[[TokenReader], object]


def _nothing_returned(read: Read) -> Read:
    def call(reader: TokenReader) -> None:
        read(reader)

    return call


READS: dict[str, Read] = {
    "refresh": _nothing_returned(lambda reader: reader.refresh(force=True)),
    "header": _nothing_returned(TokenReader.authorization_header),
    "async": _nothing_returned(lambda reader: asyncio.run(AsyncTokenReader(reader).get())),
    "repr": lambda reader: print(reader, repr(reader), f"{reader.get()!r} {reader.cached}"),
}


@pytest.fixture
def watched(
    exposure: Exposure, aws_environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Exposure:
    talkative(caplog)
    aws_environment.setenv("AWS_SESSION_TOKEN", SESSION_TOKEN)
    exposure.secrets.add("the token", TOKEN)
    return exposure


@pytest.mark.parametrize(
    ("answered", "read"),
    [
        *((answered, TokenReader.get) for answered in ANSWERS.values()),
        *((ANSWERS["a token"], read) for read in READS.values()),
        *((ANSWERS["cut off"], read) for read in READS.values()),
    ],
)
def test_no_read_shows_the_token(  # noqa: PLR0917 - fixtures
    watched: Exposure,
    aws_environment: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    answered: Behaviour,
    read: Read,
):
    with CannedServer(answered) as server:
        reader = reader_of(server, aws_environment, lifetime=timedelta(seconds=1))
        watched.of(lambda: read(reader), capfd, caplog)

    assert watched.leaks == set()
    assert "log" in watched.places


def test_an_error_has_no_credentials_of_the_workload(
    watched: Exposure, aws_environment: pytest.MonkeyPatch
):
    watched.secrets.add("the session token", SESSION_TOKEN)
    for name in ("reset", "not allowed", "credentials expired"):
        with CannedServer(ANSWERS[name]) as server, pytest.raises(TokenError) as caught:
            reader_of(server, aws_environment).get()
        for one in (caught.value, caught.value.__cause__):
            assert one is not None
            watched.add("exception", f"{one!r} {one.args} {vars(one)}")
            for frame, _ in traceback.walk_tb(one.__traceback__):
                if "token_reader" in frame.f_code.co_filename or one is not caught.value:
                    watched.add("traceback", repr(frame.f_locals))

    assert watched.leaks == set()
    assert "exception" in watched.places


def _breaks(connection: Connection) -> None:
    connection.reset()


@pytest.mark.parametrize("client", ["httpx", "async httpx", "requests"])
@pytest.mark.parametrize("second", [_breaks, answer(401)], ids=["breaks", "refused"])
def test_the_frames_and_logs_of_the_http_adapters_do_not_show_the_token(
    watched: Exposure,
    aws_environment: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    client: str,
    second: Behaviour,
):
    """What the HTTP libraries keep in their own frames is theirs: requests' is a header."""
    with (
        CannedServer(parameter(TOKEN), parameter(TOKEN + "2")) as aws,
        CannedServer(answer(401), second) as api,
    ):
        reader = reader_of(aws, aws_environment)
        reader.get()
        reader.cached = reader.cached.failed(
            TokenError("x"), started_at=reader.moment(), now=_long_ago(reader)
        )
        caplog.clear()
        try:
            _send(client, reader, api.url)
        except (httpx.HTTPError, requests.RequestException) as error:
            trace = error.__traceback__
            while trace is not None:
                if "token_reader" in trace.tb_frame.f_code.co_filename:
                    watched.add("traceback", repr(trace.tb_frame.f_locals))
                trace = trace.tb_next
    for logged in caplog.records:
        watched.add("log", f"{logged.getMessage()} {vars(logged)}")

    assert watched.leaks == set()


def _long_ago(reader: TokenReader) -> Moment:
    return reader.moment()._replace(ticks=-100.0)


def _send(client: str, reader: TokenReader, url: str) -> None:
    if client == "httpx":
        with httpx.Client(auth=HttpxAuth(reader)) as session:
            session.get(url)
    elif client == "requests":
        requests.get(url, auth=RequestsAuth(reader), timeout=10)
    else:

        async def get() -> None:
            async with httpx.AsyncClient(auth=HttpxAuth(reader)) as session:
                await session.get(url)

        asyncio.run(get())


@pytest.mark.parametrize(
    "said",
    [
        f"headers={{'Authorization': 'Bearer {TOKEN}'}}",
        f"(b'authorization', b'Bearer {TOKEN}')",
        f"the bare {TOKEN}",
        "send: b'GET / HTTP/1.1\\r\\nAuthorization: bearer somebody-elses'",
    ],
)
def test_the_filter_hides_bearer_tokens_and_the_tokens_that_are_held(
    aws_environment: pytest.MonkeyPatch, said: str
):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(HideTokens())
    logger = logging.getLogger("some.http.library")
    with CannedServer(parameter(TOKEN)) as server:
        reader = reader_of(server, aws_environment)
        reader.get()
    logger.addHandler(handler)
    try:
        logger.warning("sent %s", said)
        logger.error("failed", exc_info=ValueError(said))
    finally:
        logger.removeHandler(handler)

    shown = stream.getvalue()
    assert TOKEN not in shown
    assert "somebody-elses" not in shown
    assert shown.count("***") == 2
    assert "ValueError" in shown


def test_other_answers_of_botocore_are_logged_as_before(
    aws_environment: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """The application debugs its own calls."""
    with CannedServer(parameter(TOKEN)) as server:
        reader = reader_of(server, aws_environment)
        reader.get()
        with caplog.at_level(logging.DEBUG, logger="botocore.parsers"):
            client = reader._parameter._ssm_client()  # noqa: SLF001
            client.get_parameter(Name="/another")

    assert "Response body" in caplog.text


def test_a_pickled_reader_reads_for_itself_and_has_no_token(aws_environment: pytest.MonkeyPatch):
    with CannedServer(parameter(TOKEN), parameter("other")) as server:
        reader = reader_of(server, aws_environment)
        session = requests.Session()
        session.auth = RequestsAuth(reader)
        assert reader.get().value == TOKEN

        for holder in (reader, AsyncTokenReader(reader), HttpxAuth(reader), session):
            data = pickle.dumps(holder)
            assert TOKEN.encode() not in data
        assert pickle.loads(pickle.dumps(reader)).get().value == "other"


def test_a_token_and_a_reader_with_a_client_say_why_they_are_not_pickled(
    aws_environment: pytest.MonkeyPatch,
):
    with CannedServer(parameter(TOKEN)) as server:
        token = reader_of(server, aws_environment).get()
    with pytest.raises(TypeError, match="Pickle the reader"):
        pickle.dumps(token)
    with pytest.raises(TypeError, match="in the process that uses it"):
        pickle.dumps(TokenReader(NAME, object()))  # type: ignore[arg-type]
    assert copy.deepcopy(token) is copy.copy(token) is token


def test_a_reader_of_another_account_shows_no_credentials(
    watched: Exposure,
    aws_environment: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    with CannedServer(refusal("AccessDenied", status=403)) as server:
        reader = reader_of(server, aws_environment, role_arn=ROLE)
        watched.of(reader.get, capfd, caplog)

    assert watched.leaks == set()
