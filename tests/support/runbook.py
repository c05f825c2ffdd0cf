"""The sections of the runbook, and a shell in which their commands run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from local import ROOT
from tests.support import aws_cli
from tests.support.system import CONFIG

PAGE: Final = (ROOT / "docs" / "operate" / "runbook.md").read_text(encoding="utf-8")
INTRODUCTION: Final = PAGE.partition("\n## ")[0]
_FAILURES: Final = PAGE.partition("\n## Failures\n")[2].partition("\n## ")[0]
_TOOLS: Final = (".venv/installed", ".venv-local-aws/installed", "node_modules/installed")
_NOBODY_IS_ASKED: Final = {
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "true",
    "CDK_VALIDATION": "false",
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
}
"""Programs behind `make` ask servers for news, and validate what other tests validate."""
_NOT_OF_A_CHECKOUT: Final = {"rotators.toml", "cdk.out", ".git"}


@dataclass(frozen=True, slots=True)
class Section:
    """One failure."""

    title: str
    text: str

    @classmethod
    def all(cls) -> dict[str, Self]:
        """By title, in the order of the page."""
        parts = [part.partition("\n") for part in _FAILURES.split("\n### ")[1:]]
        return {title: cls(title, text) for title, _, text in parts}

    @property
    def commands(self) -> str:
        """Its blocks of commands."""
        return "".join(re.findall(r"(?ms)^```sh\n(.*?)^```$", self.text))

    @property
    def needs(self) -> set[str]:
        """The IAM actions that it names, besides those of the operator policy."""
        page = self.text + (INTRODUCTION if " upload " in self.commands else "")
        return set(re.findall(r"`([a-z]+:[A-Z]\w+)`", page))


class Shell:
    """A shell in a checkout with another `rotators.toml`."""

    def __init__(self, directory: Path, *, config: Path = CONFIG) -> None:
        self._checkout, self._commands = directory / "checkout", directory / "bin"
        self._home = directory / "home"
        for folder in (self._checkout, self._commands, self._home):
            folder.mkdir(parents=True)
        for file in ROOT.iterdir():
            if file.name not in _NOT_OF_A_CHECKOUT:
                (self._checkout / file.name).symlink_to(file)
        shutil.copy(config, self._checkout / "rotators.toml")
        # what `cdk` takes from its user: nobody is asked, and the bundle is for this machine
        (self._home / ".cdk.json").write_text(
            '{"requireApproval": "never", "context": {"local": "true"}}', encoding="utf-8"
        )
        aws_cli.install(self._commands)

    def run(
        self, commands: str, names: Mapping[str, str], environment: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """Runs the commands with names for the words in capitals; the first failure ends them."""
        if "make " in commands:  # it would install stale tools anew, under the running tests
            subprocess.run(["make", "-q", *_TOOLS], cwd=ROOT, check=True)
        done = subprocess.run(
            ["sh", "-eu", "-c", filled_in(commands, names)],
            cwd=self._checkout,
            env={
                **environment,
                "PATH": os.pathsep.join(
                    [str(self._commands), str(Path(sys.executable).parent), os.environ["PATH"]]
                ),
                "HOME": str(self._home),
                **_NOBODY_IS_ASKED,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        print(done.args[-1], done.returncode, done.stdout, done.stderr)
        return done


def filled_in(commands: str, names: Mapping[str, str]) -> str:
    """The commands with names for the words in capitals."""
    if not names:
        return commands
    return re.sub(rf"\b({'|'.join(names)})\b", lambda found: names[found[0]], commands)
