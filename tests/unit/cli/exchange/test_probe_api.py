"""Whether a second token ends the first one: what an API must show before a probe says so."""

from collections.abc import Sequence
from contextlib import contextmanager

import pytest

from tests.support.canned_server import CannedServer, answer
from tests.unit.cli.exchange.probing import Probe, Provider

ANSWERS = {
    "the first token goes on": ((401, 200, 200), "no"),
    "the first token is over": ((401, 200, 401, 200), "yes"),
    "the first token is over, by a gateway": ((403, 200, 403, 204), "yes"),
    "no token is needed": ((200,), "unknown"),
    "no token is taken": ((401, 401), "unknown"),
    "a wrong path": ((404,), "unknown"),
    "a wrong path behind a gateway": ((401, 404), "unknown"),
    "a limit of requests": ((401, 200, 429), "unknown"),
    "a second token that is not taken either": ((401, 200, 401, 401), "unknown"),
    "a redirect": ((302,), "unknown"),
}


@contextmanager
def api(statuses: Sequence[int]):
    with CannedServer(*(answer(status, b"", "Location: /") for status in statuses)) as server:
        yield server


@pytest.mark.parametrize(("statuses", "said"), ANSWERS.values(), ids=ANSWERS)
def test_the_answer_needs_an_api_that_tells_a_token_from_none(
    probed: Probe, statuses: tuple[int, ...], said: str
):
    with Provider(decide=lambda _: True) as provider, api(statuses) as server:
        done = probed(provider.account.as_downloaded(), "--api", f"{server.url}/r?secret=1")

    assert done.code == 0
    assert done.answers["second token ends first"] == said
    steps = [step["message"] for step in done.document["steps"] if step["step"] == "api"]
    assert len(steps) == len(statuses) <= 4
    assert "secret" not in done.out + done.err


def test_an_api_that_is_not_there_is_unknown_and_says_why(probed: Probe):
    with Provider(decide=lambda _: True) as provider:
        done = probed(provider.account.as_downloaded(), "--api", "http://127.0.0.1:9/")

    assert done.answers["second token ends first"] == "unknown"
    assert "could not be reached" in done.messages["second token ends first"]


def test_a_second_token_is_asked_for_if_it_is_to_be_compared(probed: Probe):
    with Provider(decide=lambda _: True) as provider, api((401, 200, 200)) as server:
        probed(
            provider.account.as_downloaded(), "--provider", "rfc7523", "--api", f"{server.url}/r"
        )

    assert provider.manners == [("form", True)] * 2
