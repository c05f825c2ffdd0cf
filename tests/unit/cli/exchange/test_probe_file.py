"""What a probe says beforehand, and the rotators.toml that it writes."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.cli.exchange.probing import Asked, Probe, Provider, takes
from token_rotator_cli.__main__ import main


@pytest.mark.parametrize(("lifetime", "said"), [(None, "no"), (90, "yes"), (7200, "yes")])
def test_what_the_lifetime_means_stands_in_the_file(probed: Probe, lifetime: int | None, said: str):
    with Provider(decide=lambda _: True, expires_in=lifetime) as provider:
        done = probed(provider.account.as_downloaded())

    text = done.document["rotators_toml"]
    assert done.answers["lifetime told"] == said
    assert "\ntoken_lifetime_seconds" not in text
    expected = {
        None: "does not contain the token's lifetime: 300 s are assumed",
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
    assert "the token that a rotator has published with this key is revoked" in said[0]
    assert "sends an assertion a second time (--replay)" in said[0]
    assert "at most 4 requests to a.b (--api)" in said[0]


def test_the_settings_of_a_rotator_are_kept(probed: Probe, tmp_path: Path):
    config = tmp_path / "own.toml"
    config.write_text(
        '[stack]\nname = "s"\n[rotators.a-b]\nparameter_name = "/a"\ninterval_minutes = 2\n'
        'identity_provider = { profile = "rfc7523", scope = "x y", key_id = "k\\"1", '
        'allowed_token_hosts = ["h.example"] }\n'
    )
    with Provider(decide=takes(frozenset({("query", True)})), clock=timedelta()) as provider:
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
        (("--replay",), "require --probe"),
        (("--api", "https://a.example"), "require --probe"),
        (("--probe", "--print-token"), "leave out --print-token"),
        (("--probe", "--api", "http://a.example"), "--api cannot be used: it is not https"),
        (("--probe", "--api", "a.example"), "--api cannot be used: it is not an https URL"),
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
