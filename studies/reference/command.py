"""The help texts of ``token-rotator``, its preflight's steps, and the bill of ``rotators.toml``."""

import contextlib
import io

from local import ROOT
from token_rotator_cdk.config.load import load
from token_rotator_cli.arguments.parser import parser
from token_rotator_cli.costs.bill import bill
from token_rotator_cli.preflight.preflight import STEPS


def help_text(*command: str) -> str:
    """What a terminal shows for ``token-rotator COMMAND --help``."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        parser().parse_args([*command, "--help"])
    return _session(*command, "--help", shows=printed.getvalue())


def preflight_steps() -> str:
    """The steps of ``token-rotator preflight``, and the actions of IAM that they need."""
    rows = [
        f"| `{step.name}` | {step.purpose} | {', '.join(f'`{one}`' for one in step.actions)} |"
        for step in STEPS
    ]
    return "\n".join(["| step | what `ok` means | actions |", "|---|---|---|", *rows])


def costs() -> str:
    """What a terminal shows for ``token-rotator costs``."""
    return _session("costs", shows="\n".join(bill(load(ROOT / "rotators.toml"))))


def _session(*words: str, shows: str) -> str:
    return f"```\n$ token-rotator {' '.join(words)}\n{shows.rstrip()}\n```"
