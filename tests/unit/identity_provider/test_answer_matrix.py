"""Every kind of answer of either endpoint leads to the error that it should.

The axes are endpoint, status, OAuth error code, body, Content-Encoding and size; each cell is a
test. ``expected`` is written from the documentation and knows nothing of the function's own table.
"""

import functools
import gzip
import io
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

import pytest
from urllib3.response import HTTPResponse

from fakes.environment import function_environment
from token_rotator.contract import Profile, RequestStyle
from token_rotator.errors import IdentityProviderDown, IdentityProviderError
from token_rotator.identity_provider import answers, token_response
from token_rotator.identity_provider.error_messages import Endpoint
from token_rotator.identity_provider.http import ProviderHttp
from token_rotator.settings import Settings

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SENTINEL = "sentinel-xK93vQ"
BOUND = 64 * 1024
RETRY_AFTER = timedelta(seconds=7)

STATUSES = (200, 201, 302, 400, 401, 403, 404, 405, 408, 410, 415, 425, 429, 500, 503)
REFUSALS = ("invalid_client", "invalid_scope")
LATER = ("temporarily_unavailable",)
NO_CODES = (None, "Not Found")
BODIES = {
    "JSON": ("application/json", "utf-8"),
    "Shift_JIS": ('application/json; charset="Shift_JIS"', "shift_jis"),
    "HTML": ("text/html; charset=utf-8", "utf-8"),
    "empty": ("text/plain", "utf-8"),
}
"""Content-Type, and how the text is really encoded."""
SIZES = ("small", "large", "large when decoded")


class Cell(NamedTuple):
    """One kind of answer."""

    endpoint: Endpoint
    status: int
    code: str | None
    body: str
    encoding: str
    size: str


def cells() -> Iterator[Cell]:
    """Every combination that there can be."""
    for cell in itertools.starmap(
        Cell,
        itertools.product(
            Endpoint,
            STATUSES,
            (*REFUSALS, *LATER, *NO_CODES),
            BODIES,
            ("identity", "gzip", "br"),
            SIZES,
        ),
    ):
        no_place_for_a_code = cell.code and cell.body in ("HTML", "empty")
        no_size = cell.body == "empty" and cell.size != "small"
        cannot_shrink = cell.size == "large when decoded" and cell.encoding != "gzip"
        if not (no_place_for_a_code or no_size or cannot_shrink):
            yield cell


def expected(cell: Cell) -> str | None:
    """The error's class; None: the answer is read for what it says."""
    readable = cell.encoding != "br" and cell.size == "small" and cell.body in ("JSON", "Shift_JIS")
    if readable and cell.code in LATER:
        return "IdentityProviderDown"
    if readable and cell.code in REFUSALS:
        return "TokenRequestRefused" if cell.endpoint is Endpoint.TOKEN else "AnswerUnusable"
    if cell.status in (408, 425, 429) or cell.status >= 500:
        return "IdentityProviderDown"
    if cell.status == 302:
        return "IdentityProviderUntrusted"
    if readable and cell.status in (200, 201):
        return None
    return "AnsweredByAnother"


@functools.cache
def sent(code: str | None, body: str, encoding: str, size: str) -> bytes:
    """The bytes on the wire."""
    filling = {
        "small": "",
        "large": "".join(f"{number * 7919 % 1_000_003:06}" for number in range(40_000)),
        "large when decoded": "x" * (BOUND + 1),
    }[size]
    document = {"access_token": SENTINEL, "who": "認証", "note": f"{SENTINEL} {filling}"}
    if code is not None:
        document["error"] = code
    text = {
        "HTML": f"<html>{SENTINEL} {filling}</html>",
        "empty": "",
    }.get(body, json.dumps(document, ensure_ascii=False))
    raw = text.encode(BODIES[body][1])
    wire = gzip.compress(raw, mtime=0) if encoding == "gzip" else raw
    assert (len(wire) > BOUND) == (size == "large")
    return wire


class Pool:
    """Gives one answer, which urllib3 reads and decodes."""

    def __init__(self, cell: Cell) -> None:
        self._cell = cell

    def urlopen(self, method: str, url: str, *, decode_content: bool, **_: object) -> HTTPResponse:
        headers = {"Content-Type": BODIES[self._cell.body][0], "Retry-After": "7", "X-Id": SENTINEL}
        if self._cell.encoding != "identity":
            headers["Content-Encoding"] = self._cell.encoding
        return HTTPResponse(
            body=io.BytesIO(sent(*self._cell[2:])),
            status=self._cell.status,
            headers=headers,
            preload_content=False,
            decode_content=decode_content,
        )


SETTINGS = {
    profile: Settings.from_environment(function_environment(identity_provider={"profile": profile}))
    for profile in Profile
}


def error_of(cell: Cell, profile: Profile) -> IdentityProviderError | None:
    """What the answer leads to. One that leads to no error is read."""
    channel = ProviderHttp(pool=cast("Any", Pool(cell)), now=lambda: NOW)
    ask = {
        Endpoint.DISCOVERY: channel.get,
        Endpoint.TOKEN: functools.partial(channel.post, parameters={}, style=RequestStyle.FORM),
    }[cell.endpoint]
    try:
        answer = ask(  # type: ignore[operator]
            "https://idp.example/",
            endpoint_name=cell.endpoint,
            deadline=NOW + timedelta(seconds=30),
        )
        answers.check(answer, cell.endpoint, SETTINGS[profile])
    except IdentityProviderError as error:
        return error
    assert token_response.access_token(answer) == (SENTINEL, "Bearer")
    return None


@pytest.mark.parametrize(
    "cell", [pytest.param(cell, id="-".join(map(str, cell))) for cell in cells()]
)
def test_an_answer_leads_to_the_error_of_who_sent_it(cell: Cell):
    for profile in Profile:
        error = error_of(cell, profile)

        assert (type(error).__name__ if error else None) == expected(cell)
        if error is not None:
            check_text(str(error), cell, profile)
            assert error.retry_helps is isinstance(error, IdentityProviderDown)
            if isinstance(error, IdentityProviderDown):
                assert error.retry_after == RETRY_AFTER


def check_text(text: str, cell: Cell, profile: Profile) -> None:
    refused = expected(cell) == "TokenRequestRefused"
    assert text.startswith(f"The {cell.endpoint} ")
    assert f"status {cell.status}" in text
    assert SENTINEL not in text
    assert ("Generate/Refresh" in text) == (
        refused and cell.code == "invalid_client" and profile is Profile.INTELLIGENCE
    ), "a good key is replaced for nothing"
    assert ("Intelligence" in text) <= (profile is Profile.INTELLIGENCE)
    if refused:
        assert f"{cell.code}" in text
    if expected(cell) == "AnsweredByAnother":
        assert "keep it" in text
        assert "discoveryEndpoint" in text
        assert ("Content-Encoding br" in text) == (cell.encoding == "br")


def test_the_matrix_has_every_axis_and_every_class():
    everything = list(cells())

    assert {expected(cell) for cell in everything} == {
        *(None, "TokenRequestRefused", "AnsweredByAnother", "IdentityProviderDown"),
        *("IdentityProviderUntrusted", "AnswerUnusable"),
    }
    for axis, values in {
        "endpoint": {*Endpoint},
        "status": {*STATUSES},
        "code": {*REFUSALS, *LATER, *NO_CODES},
        "body": {*BODIES},
        "encoding": {"identity", "gzip", "br"},
        "size": {*SIZES},
    }.items():
        assert {getattr(cell, axis) for cell in everything} == values
