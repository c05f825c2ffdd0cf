"""Every command of the real parser, for tests of what all of them have to do."""

import argparse
from pathlib import Path
from typing import Final

from token_rotator_cli.arguments.parser import parser

NAMED: Final = "prod.toml"


def _commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (
        action
        for action in parser()._actions  # noqa: SLF001 - argparse has no public name for it
        if isinstance(action, argparse._SubParsersAction)  # noqa: SLF001
    )
    return dict(found.choices)


VERBS: Final = _commands()


def command_line(verb: str, directory: Path, *, downloaded: str) -> list[str]:
    """The verb with a file that is named, and the downloaded file where it takes one."""
    command = [verb, "--config", str(directory / NAMED)]
    if any(action.dest == "file" for action in VERBS[verb]._actions):  # noqa: SLF001
        file = directory / "downloaded.txt"
        file.write_text(downloaded)
        command.insert(1, str(file))
    if verb == "package":
        command += ["--bucket", "acme-artifacts"]
    return command


def named(directory: Path, *lines: str, stack: str) -> None:
    """The configuration file, whose stack has one rotator."""
    (directory / NAMED).write_text(
        "\n".join(
            [
                "[stack]",
                f'name = "{stack}"',
                *lines,
                "[rotators.marketing]",
                'parameter_name = "/marketing/token"',
            ]
        )
    )
