"""The harness finds a leak: in every place, in every dress, and in pieces."""

import base64
import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from fakes.keys import PKCS8, pem, rsa_key
from tests.support.exposure import Exposure, talkative
from tests.support.leaks import Secrets

LOGGER = logging.getLogger("urllib3")
TOKEN = "kR3v0LgB5nQ1-sentinel_token.pX8"
KEY = pem(rsa_key())
LINES = KEY.splitlines()[1:-1]
ASSERTION = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhIn0.c2ln"
D = rsa_key().private_numbers().d


def secrets() -> Secrets:
    known = Secrets()
    known.add("the token", TOKEN)
    known.add_key(KEY)
    return known


def base64_of(text: str, *, before: str = "") -> str:
    return base64.b64encode((before + text).encode()).decode()


DRESSES: dict[str, str] = {
    "a token": f"the token {TOKEN}.",
    "half a token": TOKEN[5:22],
    "a token over two lines": f"{TOKEN[:14]}\n    {TOKEN[14:]}",
    "a token, URL-encoded": quote(TOKEN, safe="").replace("-", "%2D"),
    "a token in base64": base64_of(TOKEN),
    "a token in a longer base64": base64_of(TOKEN, before="x"),
    "a token in a still longer base64": base64_of(TOKEN, before="xy"),
    "a token in URL-safe base64": base64.urlsafe_b64encode(f"??>{TOKEN}".encode()).decode(),
    "a token in base64 twice": base64_of(base64_of(TOKEN)),
    "a token in hex": TOKEN.encode().hex(),
    "a token in hex with colons": TOKEN.encode().hex(":"),
    "a token in \\x escapes": "".join(f"\\x{byte:02x}" for byte in TOKEN.encode()),
    "a PEM": KEY,
    "a PEM as PKCS#8": pem(rsa_key(), PKCS8),
    "a PEM in JSON": json.dumps({"privateKey": KEY}),
    "a PEM in JSON in JSON": json.dumps(json.dumps({"privateKey": KEY})),
    "a PEM in a repr": repr(KEY.encode()),
    "a PEM in a query string": quote(KEY),
    "a PEM in base64": base64_of(KEY),
    "a PEM in JSON in base64": base64_of(json.dumps({"privateKey": KEY})),
    "a line of a PEM": f"bad line: {LINES[7]}",
    "a piece of a line of a PEM": f"bad line: {LINES[20][10:30]}",
    "a DER in a repr": repr(base64.b64decode("".join(LINES))),
    "a DER in hex": base64.b64decode("".join(LINES)).hex(),
    "a private number": f"RSAPrivateNumbers(d={D}, ...)",
    "an assertion": f"client_assertion={ASSERTION}",
    "an assertion in base64": base64_of(ASSERTION),
}


@pytest.mark.parametrize("dressed", DRESSES.values(), ids=DRESSES.keys())
def test_a_secret_is_known_in_every_dress(dressed: str):
    assert secrets().shown_in(f"before {dressed} after")


@pytest.mark.parametrize(
    "harmless",
    [
        "",
        "token-rotator published a token until 2026-11-24T17:00:00+00:00",
        json.dumps({"_aws": {"Timestamp": 1795435200000}, "TokenPublished": [1.0]}),
        pem(rsa_key(1)).splitlines()[9],
        base64_of("arn:aws:ssm:eu-west-1:111122223333:parameter/intelligence/token"),
        f"{TOKEN[:9]}...",
    ],
    ids=["nothing", "a log line", "a metric", "a line of another key", "an ARN", "a beginning"],
)
def test_what_is_no_secret_is_let_pass(harmless: str):
    assert secrets().shown_in(harmless) == set()


def raises(error: Callable[[], Exception]) -> Callable[[Path], object]:
    def leak(_: Path) -> None:
        raise error()

    return leak


def in_a_local(_: Path) -> None:
    fields = {"privateKey": KEY}
    raise ValueError(f"there are {len(fields)} fields")


def broken() -> None:
    raise KeyError(TOKEN)


def in_a_cause(_: Path) -> None:
    try:
        broken()
    except KeyError as error:
        raise ValueError("no") from error


def in_a_hidden_context(_: Path) -> None:
    try:
        json.loads(f'{{"access_token": "{TOKEN}"')
    except ValueError:
        raise ValueError("no JSON") from None


def with_an_attribute() -> Exception:
    error = ValueError("no")
    error.answer = {"access_token": TOKEN}  # type: ignore[attr-defined]
    return error


def in_a_logged_exception(_: Path) -> None:
    try:
        broken()
    except KeyError:
        LOGGER.debug("it failed", exc_info=True)


PLACES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a print": ("stdout", lambda _: print(TOKEN)),
    "a metric": ("stdout", lambda _: print(json.dumps({"_aws": {}, "Rotator": TOKEN}))),
    "a write past Python": ("stdout", lambda _: os.write(1, TOKEN.encode())),
    "a print to stderr": ("stderr", lambda _: print(TOKEN, file=sys.stderr)),
    "a warning": ("stderr", lambda _: warnings.warn(TOKEN, stacklevel=1)),
    "a library's debug log": ("log", lambda _: LOGGER.debug("%s", TOKEN)),
    "a field of a log line": ("log", lambda _: LOGGER.error("no", extra={"token": TOKEN})),
    "an exception in a log line": ("exception", in_a_logged_exception),
    "an exception": ("exception", raises(lambda: ValueError(TOKEN))),
    "an attribute": ("exception", raises(with_an_attribute)),
    "a group": ("exception", raises(lambda: ExceptionGroup("no", [ValueError(TOKEN)]))),
    "a variable of a frame": ("traceback", in_a_local),
    "a cause": ("chain", in_a_cause),
    "a hidden context": ("exception", in_a_hidden_context),
    "arguments of a process": ("process", lambda _: subprocess.run(["true", TOKEN], check=True)),
    "the environment of a process": (
        "process",
        lambda _: subprocess.run(["true"], env={"TOKEN": TOKEN}, check=True),
    ),
    "the environment": ("environment", lambda _: os.environ.__setitem__("PLANTED", TOKEN)),
    "a file": ("file", lambda folder: (folder / "planted").write_text(TOKEN)),
}


@pytest.mark.parametrize("planted", PLACES.values(), ids=PLACES.keys())
def test_a_leak_is_found_in_every_place(
    planted: tuple[str, Callable[[Path], object]],
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    place, leak = planted
    monkeypatch.setenv("PLANTED", "")
    talkative(caplog)
    exposure = Exposure(secrets=secrets())

    exposure.of(lambda: leak(tmp_path), capfd, caplog)

    assert place in {where for where, _ in exposure.leaks}
