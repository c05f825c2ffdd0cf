"""What ends a probe, and what a refusal does not mean."""

import pytest

from local.http.answers import CannedResponse
from tests.unit.cli.exchange.probing import Asked, Probe, Provider

HTML = CannedResponse(status=403, headers={"Content-Type": "text/html"}, body=b"<html>")


BUSY = CannedResponse.json(503, {"error": "temporarily_unavailable"})


def test_a_key_that_is_refused_afterwards_makes_no_refusal_an_answer(probed: Probe):
    """The first request alone is accepted: the key was replaced meanwhile, or locked."""
    with Provider(decide=lambda _: len(provider.log) == 1) as provider:
        done = probed(provider.account.as_downloaded())

    assert done.code == 0
    assert (done.answers["exp accepted"], done.answers["form accepted"]) == ("unknown", "unknown")
    assert "no later request was accepted" in done.messages["exp accepted"]
    assert provider.manners[-1] == ("query", False), "the control"


def test_a_wrong_key_is_told_as_such_after_other_manners_were_tried(probed: Probe):
    with Provider(decide=lambda _: False) as provider:
        done = probed(provider.account.as_downloaded(), "--replay")

    assert done.code == 1
    assert len(provider.log) <= 6
    assert done.document["error"] == "TokenRequestRefused"
    assert "press Generate/Refresh" in done.err
    assert "No variant of the request returned a token." in done.err


MISHAPS: dict[str, tuple[CannedResponse, str, int]] = {
    "an outage": (BUSY, "IdentityProviderDown", 1),
    "too many requests": (CannedResponse(status=429), "IdentityProviderDown", 1),
    "a login page": (CannedResponse(status=302, headers={"Location": "/"}), "Untrusted", 1),
    "a firewall": (HTML, "AnsweredByAnother", 2),
    "a client that may not": (
        CannedResponse.json(400, {"error": "unauthorized_client"}), "TokenRequestRefused", 1
    ),
    "a token that is none": (CannedResponse.json(200, {"access_token": 1}), "AnswerUnusable", 1),
}  # fmt: skip


@pytest.mark.parametrize("mishap", MISHAPS.values(), ids=MISHAPS)
def test_what_no_manner_mends_ends_the_probe_with_the_functions_error(
    probed: Probe, mishap: tuple[CannedResponse, str, int]
):
    answer, error, requests = mishap
    with Provider(decide=lambda _: answer) as provider:
        done = probed(provider.account.as_downloaded(), "--replay")

    assert done.code == 1
    assert error in done.document["error"]
    assert len(provider.log) == requests


def test_a_provider_that_is_busy_later_is_left_alone_and_the_rest_is_unknown(probed: Probe):
    with Provider(decide=lambda _: BUSY if len(provider.log) == 2 else True) as provider:
        done = probed(provider.account.as_downloaded(), "--replay")

    assert done.code == 0
    assert len(provider.log) == 2
    assert {question for question, answer in done.answers.items() if answer == "unknown"} == {
        "exp accepted", "form accepted", "second token ends first",
        "second use of jti refused",
    }  # fmt: skip
    assert "No more requests were sent: The token endpoint is unavailable" in done.err


def test_a_refusal_of_a_firewall_is_no_refusal_of_a_second_use(probed: Probe):
    def decide(asked: Asked) -> CannedResponse | bool:
        seen = [one.claims["jti"] for one in provider.log]
        return HTML if seen.count(asked.claims["jti"]) > 1 else True

    with Provider(decide=decide) as provider:
        done = probed(provider.account.as_downloaded(), "--replay")

    assert done.answers["second use of jti refused"] == "unknown"
