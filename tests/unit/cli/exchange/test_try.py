"""`token-rotator try`, as it is installed: one exchange, what it shows, and what it leaves out."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.idp.verification import RFC7523
from token_rotator.contract import Profile
from token_rotator_cli.arguments.parser import parser

COMMAND = Path(sys.executable).with_name("token-rotator")
STEPS = ["file", "settings", "discovery", "assertion", "exchange", "token", "clock"]


def run(
    *arguments: str | Path, stdin: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """The console script, in the working directory, with nothing of this process's environment."""
    return subprocess.run(
        [COMMAND, "try", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_step_is_shown_with_its_time_and_the_token_is_not(
    idp: IdentityProvider,
    account: ServiceAccount,
    downloaded: Path,
    machine: pytest.MonkeyPatch,
):
    before = len(idp.requests)

    ended = run(downloaded)

    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    rows = ended.stdout.splitlines()
    assert [row.split()[0] for row in rows[: len(STEPS)]] == STEPS
    timed = [row for row in rows if re.match(r"\w+ +[\d,]+ ms  ", row)]
    assert [row.split()[0] for row in timed] == ["file", "discovery", "assertion", "exchange"]
    for shown in (
        f"service account {account.client_id}, RSA key (2048 bits)",
        f"discovery endpoint {idp.discovery_endpoint}",
        "the defaults of profile intelligence (there is no rotators.toml in this directory)",
        f"{idp.discovery_endpoint} answered: status 200, application/json (no TLS)",
        f"signed with RS256: iss {account.client_id}, sub {account.client_id}, aud {idp.issuer}, ",
        "no exp",
        f"{idp.token_endpoint} answered: status 200, application/json (no TLS, parameters in the",
        "lives 300 s, until ",
        "the provider's clock agrees with this machine's",
        "Unlike the function: the identity provider is on this machine.",
        "The key works. The token was discarded; nothing was stored or published.",
    ):
        assert shown in ended.stdout
    assert [request.endpoint.value for request in idp.requests[before:]] == ["discovery", "token"]
    assert list(Path.cwd().iterdir()) == []


def test_the_token_can_be_handed_to_curl(
    idp: IdentityProvider, downloaded: Path, machine: pytest.MonkeyPatch
):
    ended = run(downloaded, "--print-token")

    assert ended.returncode == 0, ended.stderr
    (token,) = ended.stdout.splitlines()
    answer = urllib3.request(
        "GET", idp.api("reports"), headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status == 200
    assert token not in ended.stderr
    assert "The key works. Nothing was stored" in ended.stderr


@pytest.mark.parametrize("options", [(), ("--print-token",)])
def test_with_json_there_is_one_document_and_the_token_only_if_asked_for(
    idp: IdentityProvider,
    account: ServiceAccount,
    downloaded: Path,
    machine: pytest.MonkeyPatch,
    options: tuple[str, ...],
):
    ended = run("-", "--json", *options, stdin=downloaded.read_text())

    document = json.loads(ended.stdout)
    assert ended.stderr == ""
    assert document["ok"] is True
    assert document["service_account"] == account.client_id
    steps = {step["step"]: step for step in document["steps"]}
    assert list(steps) == STEPS
    assert steps["assertion"]["facts"]["claims"].keys() == {"iss", "sub", "aud", "iat"}
    assert abs(steps["assertion"]["facts"]["claims"]["iat"] - time.time()) < 60
    assert steps["token"]["facts"]["lifetime_seconds"] == 300
    assert steps["clock"]["facts"]["clock_skew_seconds"] == 0
    assert steps["exchange"]["milliseconds"] > 0
    assert ("access_token" in document) is bool(options)


def test_the_settings_of_a_rotator_count(downloaded: Path, tmp_path: Path, tried):
    """Those of the file in this directory, of the file and the rotator that are named."""
    with IdentityProvider(rules=RFC7523) as strict:
        content = strict.new_service_account().as_downloaded()
        (Path.cwd() / "rotators.toml").write_text(_file(a="rfc7523"))
        (tmp_path / "two.toml").write_text(_file(a="intelligence", b="rfc7523"))

        here = tried(content)
        named = tried(content, "b", "--config", str(tmp_path / "two.toml"))
        refused = tried(content, "a", "--config", str(tmp_path / "two.toml"))
        defaults = tried(content, "--provider", "rfc7523")
        unclear = tried(content, "--config", str(tmp_path / "two.toml"))
        both = tried(content, "b", "--provider", "rfc7523")

    assert here[0] == named[0] == defaults[0] == 0
    assert "a of rotators.toml" in here[1]
    assert f"b of {tmp_path / 'two.toml'}" in named[1]
    assert ", exp " in named[1]
    assert "parameters in the form" in named[1]
    assert "the defaults of profile rfc7523\n" in defaults[1]
    assert refused[0] == 1
    assert 'set request_style = "form"' in refused[2]
    assert "Choose one of them: a, b." in unclear[2]
    assert both[0] == 2
    assert "--provider does not read a file" in both[2]


def _file(**profiles: str) -> str:
    tables = [
        f'[rotators.{name}]\nparameter_name = "/{name}"\nidentity_provider.profile = "{profile}"\n'
        for name, profile in profiles.items()
    ]
    return '[stack]\nname = "s"\n' + "".join(tables)


@pytest.mark.parametrize("profile", Profile)
def test_every_profile_can_be_named(profile: Profile):
    chosen = parser().parse_args(["try", "downloaded.txt", "--provider", profile])

    assert chosen.provider == profile


def test_nothing_of_aws_is_imported(
    idp: IdentityProvider, downloaded: Path, machine: pytest.MonkeyPatch
):
    program = (
        "import sys, token_rotator_cli.__main__ as command\n"
        "code = command.main(sys.argv[1:])\n"
        "print(code, *sorted({'aws_cdk', 'boto3', 'botocore'} & set(sys.modules)))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, "try", str(downloaded)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout.splitlines()[-1] == "0"
