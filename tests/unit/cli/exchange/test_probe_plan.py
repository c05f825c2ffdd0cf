"""What a probe asks next, and what it may conclude: for every set of manners, clocks, mishaps."""

import itertools
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from local.idp.faults import CannedResponse
from tests.unit.cli.exchange.probing import Asked, Decide, Probe, Probed, Provider
from token_rotator_cli.__main__ import main

MANNERS = tuple(itertools.product(("query", "form"), (False, True)))
"""Style, and whether there is an ``exp``. The first is what Salesforce documents."""

SETS = [frozenset(some) for count in range(5) for some in itertools.combinations(MANNERS, count)]
HTML = CannedResponse(status=403, headers={"Content-Type": "text/html"}, body=b"<html>")
BUSY = CannedResponse.json(503, {"error": "temporarily_unavailable"})


def _name(some: frozenset[tuple[str, bool]]) -> str:
    return " or ".join(f"{style}{'+exp' * exp}" for style, exp in sorted(some)) or "none"


def _takes(some: frozenset[tuple[str, bool]]) -> Decide:
    return lambda asked: asked.manner in some


@pytest.mark.parametrize("some", SETS, ids=_name)
@pytest.mark.parametrize("options", [(), ("--replay",)], ids=["", "replay"])
def test_whatever_manners_are_accepted_no_answer_is_wrong(
    probed: Probe, some: frozenset[tuple[str, bool]], options: tuple[str, ...]
):
    with Provider(decide=_takes(some), clock=timedelta()) as provider:
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
        "# Both together are accepted, too."
    ) in done.document["rotators_toml"]


def test_the_settings_of_a_profile_that_answer_all_are_asked_once(probed: Probe):
    with Provider(decide=lambda _: True) as provider:
        done = probed(provider.account.as_downloaded(), "--provider", "rfc7523")

    assert provider.manners == [("form", True)]
    assert (done.answers["exp accepted"], done.answers["form accepted"]) == ("yes", "yes")


def test_a_key_that_is_refused_afterwards_makes_no_refusal_an_answer(probed: Probe):
    """The first request alone is accepted: the key was replaced meanwhile, or locked."""
    with Provider(decide=lambda _: len(provider.log) == 1) as provider:
        done = probed(provider.account.as_downloaded())

    assert done.code == 0
    assert (done.answers["exp accepted"], done.answers["form accepted"]) == ("unknown", "unknown")
    assert "nothing was accepted afterwards" in done.messages["exp accepted"]
    assert provider.manners[-1] == ("query", False), "the control"


def test_a_wrong_key_is_told_as_such_after_other_manners_were_tried(probed: Probe):
    with Provider(decide=lambda _: False) as provider:
        done = probed(provider.account.as_downloaded(), "--replay")

    assert done.code == 1
    assert len(provider.log) <= 6
    assert done.document["error"] == "TokenRequestRefused"
    assert "press Generate/Refresh" in done.err
    assert "No manner of asking led to a token." in done.err


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
    assert "Nothing more was asked: The token endpoint could not answer" in done.err


def test_a_refusal_of_a_firewall_is_no_refusal_of_a_second_use(probed: Probe):
    def decide(asked: Asked) -> CannedResponse | bool:
        seen = [one.claims["jti"] for one in provider.log]
        return HTML if seen.count(asked.claims["jti"]) > 1 else True

    with Provider(decide=decide) as provider:
        done = probed(provider.account.as_downloaded(), "--replay")

    assert done.answers["second use of jti refused"] == "unknown"


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


@pytest.mark.parametrize(("lifetime", "said"), [(None, "no"), (90, "yes"), (7200, "yes")])
def test_what_the_lifetime_means_stands_in_the_file(probed: Probe, lifetime: int | None, said: str):
    with Provider(decide=lambda _: True, expires_in=lifetime) as provider:
        done = probed(provider.account.as_downloaded())

    text = done.document["rotators_toml"]
    assert done.answers["lifetime told"] == said
    assert "\ntoken_lifetime_seconds" not in text
    expected = {
        None: "does not say how long a token lives: 300 s are assumed",
        90: "A token lives 90 s, which is less than the 119 s that a schedule",
        7200: "it is replaced as if it lived 300 s",
    }
    assert expected[lifetime].replace("119", "120") in text


def test_it_is_announced_before_the_first_token_request(
    machine: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    said: list[str] = []

    def decide(asked: Asked) -> bool:
        said.append(capsys.readouterr().err)
        return True

    with Provider(decide=decide) as provider:
        file = tmp_path / "downloaded.txt"
        file.write_text(provider.account.as_downloaded())
        assert (
            main(["try", str(file), "--probe", "--json", "--replay", "--api", "https://a.b"]) == 0
        )

    assert "at most 6 token requests to 127.0.0.1" in said[0]
    assert "The tokens are discarded." in said[0]
    assert "the token that a rotator has published with this key ends with it" in said[0]
    assert "sends an assertion a second time (--replay)" in said[0]
    assert "at most 4 requests to a.b (--api)" in said[0]


def test_the_settings_of_a_rotator_are_kept(probed: Probe, tmp_path: Path):
    config = tmp_path / "own.toml"
    config.write_text(
        '[stack]\nname = "s"\n[rotators.a-b]\nparameter_name = "/a"\ninterval_minutes = 2\n'
        'identity_provider = { profile = "rfc7523", scope = "x y", key_id = "k\\"1", '
        'allowed_token_hosts = ["h.example"] }\n'
    )
    with Provider(decide=_takes(frozenset({("query", True)})), clock=timedelta()) as provider:
        done = probed(provider.account.as_downloaded(), "--config", str(config))
        assert done.code == 0, done.err
        again = tmp_path / "again.toml"
        again.write_text(done.document["rotators_toml"])
        asked = len(provider.log)
        second = probed(provider.account.as_downloaded(), "--config", str(again))

    assert second.code == 0
    assert provider.log[asked].manner == ("query", True), "the written file's own manner"
    for line in (
        'name = "s"', "[rotators.a-b]", "interval_minutes = 2", 'scope = "x y"', 'key_id = "k\\"1"',
        'allowed_token_hosts = ["h.example"]', 'request_style = "query"',
    ):  # fmt: skip
        assert line in done.document["rotators_toml"].splitlines()
    assert all(exp for _, exp in provider.manners), "no other profile takes a scope"


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


def test_the_output_may_go_to_the_file_that_is_read_by_default(
    machine: pytest.MonkeyPatch, probed: Probe
):
    """The shell empties rotators.toml before the command begins."""
    Path("rotators.toml").touch()
    with Provider(decide=lambda _: True) as provider:
        done = probed(provider.account.as_downloaded(), text=True)

    assert done.code == 0, done.err
    assert done.out.startswith("# Written by token-rotator try --probe on ")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--replay",), "options of --probe"),
        (("--api", "https://a.example"), "options of --probe"),
        (("--probe", "--print-token"), "leave out --print-token"),
        (("--probe", "--api", "http://a.example"), "--api cannot be used: it is not https"),
        (("--probe", "--api", "a.example"), "--api cannot be used: it is no https URL"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(
    tried: Callable[..., tuple[int, str, str]], options: tuple[str, ...], text: str
):
    with Provider(decide=lambda _: True) as provider:
        code, _, err = tried(provider.account.as_downloaded(), *options)

    assert code == 2
    assert text in err
    assert provider.log == []


def test_the_document_is_one_and_stdout_is_it(probed: Probe):
    with Provider(decide=lambda _: True) as provider:
        done = probed(provider.account.as_downloaded())

    document = json.loads(done.out)
    assert document["ok"] is True
    assert document["token_requests"] == len(provider.log)
    assert {"findings", "rotators_toml", "notes", "steps", "service_account"} <= document.keys()
