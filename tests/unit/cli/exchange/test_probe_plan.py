"""What a probe asks next, and what it may conclude: for every set of manners, clocks, mishaps."""

import itertools
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.cli.exchange.probing import Asked, Probe, Probed, Provider, takes

MANNERS = tuple(itertools.product(("query", "form"), (False, True)))


"""Style, and whether there is an ``exp``. The first is what Salesforce documents."""


SETS = [frozenset(some) for count in range(5) for some in itertools.combinations(MANNERS, count)]


def _name(some: frozenset[tuple[str, bool]]) -> str:
    return " or ".join(f"{style}{'+exp' * exp}" for style, exp in sorted(some)) or "none"


@pytest.mark.parametrize("some", SETS, ids=_name)
@pytest.mark.parametrize("options", [(), ("--replay",)], ids=["", "replay"])
def test_whatever_manners_are_accepted_no_answer_is_wrong(
    probed: Probe, some: frozenset[tuple[str, bool]], options: tuple[str, ...]
):
    with Provider(decide=takes(some), clock=timedelta()) as provider:
        done = probed(provider.account.as_downloaded(), *options)

    jtis = [asked.claims["jti"] for asked in provider.log]
    assert len(jtis) <= 6
    assert len(jtis) - len(set(jtis)) == (1 if options and some else 0)
    assert provider.discoveries == 1
    assert done.code == (0 if some else 1)
    if not some:
        return
    style, exp = _manner_of(done)
    # a no is about the request that works, with nothing changed but this
    truly = {
        "exp accepted": {"yes": any(exp for _, exp in some), "no": (style, True) not in some},
        "form accepted": {
            "yes": any(style == "form" for style, _ in some), "no": ("form", exp) not in some
        },
    }  # fmt: skip
    for question, holds in truly.items():
        assert holds[done.answers[question]], question
    assert done.answers["iat must be set back"] == "no"
    assert _manner_of(done) in some
    if MANNERS[0] in some:
        assert _manner_of(done) == MANNERS[0], "what is documented stays where it works"


def _manner_of(done: Probed) -> tuple[str, bool]:
    """That of the function with the file that was written."""
    lines = done.document["rotators_toml"].splitlines()
    form = 'request_style = "form"' in lines
    exp = any(line.startswith("assertion_lifetime_seconds = ") for line in lines)
    if 'profile = "rfc7523"' in lines:
        return "form" if 'request_style = "query"' not in lines else "query", True
    return ("form" if form else "query"), exp


def test_the_documented_request_comes_first_and_two_answer_all_where_all_is_accepted(probed: Probe):
    with Provider(decide=lambda _: True) as provider:
        done = probed(provider.account.as_downloaded())

    assert provider.manners == [("query", False), ("form", True)]
    assert (done.answers["exp accepted"], done.answers["form accepted"]) == ("yes", "yes")
    assert (
        '# request_style = "form"\n# assertion_lifetime_seconds = 60\n'
        "# Both together are also accepted."
    ) in done.document["rotators_toml"]


def test_the_settings_of_a_profile_that_answer_all_are_asked_once(probed: Probe):
    with Provider(decide=lambda _: True) as provider:
        done = probed(provider.account.as_downloaded(), "--provider", "rfc7523")

    assert provider.manners == [("form", True)]
    assert (done.answers["exp accepted"], done.answers["form accepted"]) == ("yes", "yes")


def _not_before(clock: timedelta) -> Callable[[Asked], bool]:
    """Accepts no ``iat`` in its future, by its own clock, which differs from ours."""

    def decide(asked: Asked) -> bool:
        return asked.manner == MANNERS[0] and (
            asked.claims["iat"] <= time.time() + clock.total_seconds()
        )

    return decide


@pytest.mark.parametrize("tells", [True, False], ids=["Date", "no Date"])
def test_a_clock_that_is_behind_is_made_up_for(probed: Probe, tells: bool):  # noqa: FBT001
    behind = timedelta(seconds=-20)
    decide = _not_before(behind)
    with Provider(decide=decide, clock=behind if tells else None) as provider:
        done = probed(provider.account.as_downloaded(), "--replay")

    assert done.code == 0, done.err
    assert len(provider.log) <= 6
    assert done.answers["iat must be set back"] == "yes"
    assert done.answers["Date there"] == ("yes" if tells else "no")
    if not tells:
        # they were asked with iat as it is, so they may have been refused for that
        assert (done.answers["exp accepted"], done.answers["form accepted"]) == ("unknown",) * 2
    (line,) = [
        line
        for line in done.document["rotators_toml"].splitlines()
        if line.startswith("assertion_backdate_seconds")
    ]
    assert 20 <= int(line.split(" = ")[1]) <= 60
    assert "the function's is AWS's" in done.messages["iat must be set back"]


def test_a_provider_that_wants_its_token_endpoint_as_audience_gets_it(probed: Probe):
    def decide(asked: Asked) -> bool:
        return bool(asked.claims["aud"] == asked.token_endpoint)

    with Provider(decide=decide, issuer="https://issuer.example") as provider:
        done = probed(provider.account.as_downloaded())

    assert done.code == 0, done.err
    assert f'audience = "{provider.url}/token"' in done.document["rotators_toml"].splitlines()


def test_no_manner_is_tried_that_no_settings_make(probed: Probe, tmp_path: Path):
    """A scope is of the profile rfc7523 alone, and that has an exp always."""
    config = tmp_path / "own.toml"
    config.write_text(
        '[stack]\nname = "s"\n[rotators.a]\nparameter_name = "/a"\n'
        'identity_provider = { profile = "rfc7523", scope = "x" }\n'
    )
    with Provider(decide=lambda _: False) as provider:
        content = provider.account.as_downloaded()
        probed(content, "--config", str(config))
        with_scope = len(provider.log)
        probed(content, "--provider", "rfc7523")

    assert all(exp for _, exp in provider.manners[:with_scope])
    assert ("form", False) in provider.manners[with_scope:]
