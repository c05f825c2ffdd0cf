"""The scripts of examples/snippets, in bash and dash, with awscli and a stand-in for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import ROOT
from tests.support.canned_server import CannedServer, answer
from tests.unit.reader.loopback import parameter

SCRIPTS = sorted((ROOT / "examples" / "snippets").glob("*.sh"))

STAND_IN = """#!{python}
import argparse, json, os, urllib.request
parser = argparse.ArgumentParser()
parser.add_argument("service", choices=["ssm"])
parser.add_argument("operation", choices=["get-parameter"])
parser.add_argument("--name", required=True)
parser.add_argument("--with-decryption", action="store_true", required=True)
parser.add_argument("--query", choices=["Parameter.Value"], required=True)
parser.add_argument("--output", choices=["text"], required=True)
asked = parser.parse_args()
request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], data=b"", method="POST")
with urllib.request.urlopen(request) as response:
    print(json.load(response)["Parameter"]["Value"])
"""


def _without_a_cli(folder: Path) -> None:
    stand_in = folder / "aws"
    stand_in.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
    stand_in.chmod(0o755)


def _with_the_real_cli(folder: Path) -> None:
    real = shutil.which("aws")
    if real is None:
        pytest.skip("needs awscli")
    (folder / "aws").symlink_to(real)


@pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")
@pytest.mark.parametrize("shell", ["bash", "dash"])
@pytest.mark.parametrize("cli", [_without_a_cli, _with_the_real_cli])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_token_reaches_the_api_and_nothing_else(
    aws_environment: pytest.MonkeyPatch, tmp_path: Path, script: Path, cli: object, shell: str
):
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    assert callable(cli)
    cli(tmp_path)
    with CannedServer(parameter("sentinel-token")) as aws, CannedServer(answer()) as api:
        aws_environment.setenv("AWS_ENDPOINT_URL", aws.url)
        aws_environment.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
        text = script.read_text(encoding="utf-8")
        ended = subprocess.run(
            [shell, "-c", text.replace("https://api.intelligence.example", api.url)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert ended.returncode == 0, ended.stderr
    assert b"Bearer sentinel-token" in api.requests[0]
    assert "sentinel-token" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("shell", ["bash", "dash"])
def test_where_aws_refuses_no_request_is_sent(
    aws_environment: pytest.MonkeyPatch, tmp_path: Path, shell: str
):
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    _without_a_cli(tmp_path)
    with CannedServer(answer(400)) as aws, CannedServer(answer()) as api:
        aws_environment.setenv("AWS_ENDPOINT_URL", aws.url)
        aws_environment.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
        text = SCRIPTS[-1].read_text(encoding="utf-8")
        ended = subprocess.run(
            [shell, "-c", text.replace("https://api.intelligence.example", api.url)],
            capture_output=True,
            timeout=120,
            check=False,
        )

    assert ended.returncode != 0
    assert api.requests == []


def test_in_github_actions_the_token_is_masked_before_it_is_used(
    aws_environment: pytest.MonkeyPatch, tmp_path: Path
):
    """The mask is a line of the log that GitHub's runner takes out."""
    _without_a_cli(tmp_path)
    (script,) = (one for one in SCRIPTS if one.name == "ci-masked.sh")
    with CannedServer(parameter("sentinel-token")) as aws, CannedServer(answer()) as api:
        aws_environment.setenv("AWS_ENDPOINT_URL", aws.url)
        aws_environment.setenv("GITHUB_ACTIONS", "true")
        aws_environment.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
        text = script.read_text(encoding="utf-8")
        ended = subprocess.run(
            ["sh", "-c", text.replace("https://api.intelligence.example", api.url)],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )

    assert ended.stdout.startswith("::add-mask::sentinel-token\n")
    assert ended.stdout.count("sentinel-token") == 1
