"""The help texts of ``token-rotator``, its preflight's steps, and the bill of ``rotators.toml``."""

import contextlib
import io
import posixpath
from collections.abc import Callable, Mapping
from functools import partial

from local import ROOT
from studies.reference.tables import table
from token_rotator_cdk.config.load import load
from token_rotator_cli.arguments.commands import COMMANDS
from token_rotator_cli.arguments.parser import parser
from token_rotator_cli.costs.bill import bill
from token_rotator_cli.preflight.preflight import STEPS


def page(command: str) -> str:
    """The page of a command."""
    folder = "operate" if command == "live-check" else "reference/command"
    return f"docs/{folder}/{command}.md"


def regions(command: str) -> Mapping[str, Callable[[], str]]:
    """What is generated on the page of a command."""
    more = {"steps of preflight": preflight_steps} if command == "preflight" else {}
    return {"help": partial(help_text, command), **more}


def commands() -> str:
    """The commands, with links to their pages."""
    rows = (
        (f"[`{name}`]({posixpath.relpath(page(name), 'docs/reference/command')})", one.purpose)
        for name, one in COMMANDS.items()
    )
    return table(("command", "what it does"), rows)


def help_text(*command: str) -> str:
    """What a terminal shows for ``token-rotator COMMAND --help``."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        parser().parse_args([*command, "--help"])
    return _session(*command, "--help", shows=printed.getvalue())


def preflight_steps() -> str:
    """The steps of ``token-rotator preflight``, and the actions of IAM that they need."""
    rows = (
        (f"`{step.name}`", step.purpose, ", ".join(f"`{one}`" for one in step.actions))
        for step in STEPS
    )
    return table(("step", "what `ok` means", "actions"), rows)


def costs() -> str:
    """What a terminal shows for ``token-rotator costs``."""
    return _session("costs", shows="\n".join(bill(load(ROOT / "rotators.toml"))))


def _session(*words: str, shows: str) -> str:
    return f"```\n$ token-rotator {' '.join(words)}\n{shows.rstrip()}\n```"
