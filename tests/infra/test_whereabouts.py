"""`make check` and its siblings find the stack of the configuration file."""

import shlex
from pathlib import Path

import pytest

from infra.whereabouts import main
from token_rotator.cli.arguments import parser

CONFIG = """\
[stack]
name = "tokens"
{region}

[rotators.marketing]
parameter_name = "/marketing/token"
"""


@pytest.mark.parametrize(
    ("line", "region"), [("", None), ('region = "eu-central-1"', "eu-central-1")]
)
def test_the_command_understands_what_the_file_says(
    line: str, region: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "rotators.toml"
    file.write_text(CONFIG.format(region=line))

    code = main([str(file)])

    chosen = parser().parse_args(["check", *shlex.split(capsys.readouterr().out)])
    assert (code, chosen.stack, chosen.region) == (0, "tokens", region)


def test_a_mistake_in_the_file_ends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([str(tmp_path / "nowhere.toml")]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no such file" in captured.err
