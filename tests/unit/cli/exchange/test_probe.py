"""`token-rotator try --probe` against five identity providers of different manners.

The rotators.toml that it writes is loaded, and the function rotates with it.
"""

import json
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import urllib3

from local.idp.identity_provider import IdentityProvider
from tests.support.application import Deployed
from tests.support.certified_provider import certified_provider, needs_oidc_provider
from tests.support.probed_servers import SERVERS, Case
from tests.unit.cli.exchange.probing import Probe, answered_in_text
from token_rotator.settings import Settings
from token_rotator_cdk.config.environment import environment
from token_rotator_cdk.config.load import load

MOST = 6


WRITTEN = {
    "the stand-in": {"profile": "intelligence"},
    "one that revokes": {"profile": "intelligence"},
    "one without issuer": {"profile": "intelligence", "audience": "the origin"},
    "certified, strict": {"profile": "rfc7523"},
    "certified, lax": {"profile": "rfc7523"},
}


@pytest.fixture(
    params=[
        pytest.param(name, marks=needs_oidc_provider if "certified" in name else ())
        for name in SERVERS
    ]
)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def case(name: str) -> Iterator[Case]:
    with ExitStack() as stack:
        yield SERVERS[name](stack)


def test_every_question_is_answered_truly_in_six_requests(case: Case, probed: Probe):
    done = probed(case.account.as_downloaded(), "--replay", "--api", case.server.api("reports"))

    assert done.code == 0, done.err
    assert done.answers == case.truth
    assert done.document["token_requests"] == len(case.server.token_requests) <= MOST


def test_without_the_options_nothing_is_sent_twice_and_it_says_what_was_not_asked(
    case: Case, probed: Probe
):
    done = probed(case.account.as_downloaded(), text=True)

    assert done.code == 0, done.err
    unknown = dict.fromkeys(("second token ends first", "second use of jti refused"), "unknown")
    assert answered_in_text(done.err) == case.truth | unknown
    assert "not tested: --replay sends one assertion twice" in done.err
    assert "not tested: --api URL sets an API that accepts the token" in done.err
    assert len(case.server.token_requests) <= MOST - 1
    if isinstance(case.server, IdentityProvider):
        sent = [request.claims["jti"] for request in case.server.token_requests]
        assert len(set(sent)) == len(sent)


def test_the_function_rotates_with_the_file_that_it_wrote(
    name: str, case: Case, probed: Probe, deployed: Deployed, tmp_path: Path
):
    before = probed(case.account.as_downloaded(), text=True)
    file = tmp_path / "rotators.toml"
    file.write_text(before.out)

    deployment = load(file)
    rotator = deployment.rotators["marketing"]
    variables = environment(
        rotator,
        rotator_name=deployment.rotator_name("marketing"),
        parameter_tags={},
        secret_arn=deployed.secret,
        key_arn=deployed.key,
        fips=False,
    )
    Settings.from_environment(variables)
    deployed.store(case.account.as_downloaded())
    deployed.settings = variables
    deployed.restart()
    asked = len(case.server.token_requests)
    answer = deployed.rotate()

    assert answer["outcome"] == "published"
    assert len(case.server.token_requests) == asked + 1
    token = json.loads(deployed.value)["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert urllib3.request("GET", case.server.api("r"), headers=headers).status == 200
    written = tomllib.loads(before.out)["rotators"]["marketing"]["identity_provider"]
    if "audience" in written:
        assert case.server.api("").startswith(written["audience"])
        written["audience"] = "the origin"
    assert written == WRITTEN[name]


@needs_oidc_provider
def test_a_token_of_the_strict_provider_is_replaced_before_it_expires(probed: Probe):
    """It lives 200 s, less than the 300 s of the defaults."""
    with certified_provider(strict=True) as provider:
        done = probed(provider.account.as_downloaded(), text=True)

    table = tomllib.loads(done.out)["rotators"]["marketing"]
    assert table["token_lifetime_seconds"] == 200
    assert table["interval_minutes"] == 2
    assert 120 <= table["watchdog_min_remaining_seconds"] < 200
