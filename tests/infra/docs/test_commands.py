"""The documentation and the messages name commands that exist."""

import re
import subprocess

from local import ROOT
from token_rotator_cli.arguments.commands import COMMANDS

PLACES = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "lambda_src/*.py",
    "cli/*.py",
    "local/*.py",
)


def test_every_command_that_is_named_exists_and_every_command_is_named():
    listed = subprocess.run(
        ["git", "ls-files", *PLACES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    named = {
        (command, file)
        for file in listed.stdout.split()
        for command in re.findall(
            r"token-rotator ([a-z][a-z-]*)(?![a-z/-])", (ROOT / file).read_text(encoding="utf-8")
        )
    }

    assert {(command, file) for command, file in named if command not in COMMANDS} == set()
    assert {command for command, _ in named} == set(COMMANDS)
