"""How is the check called?"""

import argparse
from datetime import timedelta
from functools import partial
from typing import Final

from token_rotator_cli.arguments import add_place
from token_rotator_cli.deployment import Place
from token_rotator_cli.live_check.context import Asked

FIRINGS: Final = 60
LONGEST_MINUTES: Final = 24 * 60

_HELP: Final = partial(argparse.RawDescriptionHelpFormatter, width=99, max_help_position=22)
_DESCRIPTION: Final = """\
Looks at a deployed rotator for what only a real account shows.

Reads the parameter's description, the alarms, the function's log and metrics, and asks IAM's
simulator. It changes nothing, unless --ring or --expire says so; then it says beforehand what it
will touch and for how long, and puts everything back, also after Ctrl-C. Exits with 1 if anything
is not as this project relies on; what your credentials may not see is unknown, and no failure."""


def parser() -> argparse.ArgumentParser:
    """Everything that can be said, and the help."""
    root = argparse.ArgumentParser(
        prog="python -m live_check",
        usage="python -m live_check --stack NAME [--rotator NAME] [--ring ALARM] "
        "[--expire MINUTES]",
        description=_DESCRIPTION,
        epilog="docs/live-check.md says more.",
        formatter_class=_HELP,
        allow_abbrev=False,
    )
    root.add_argument(
        "--ring",
        metavar="ALARM",
        help="make this alarm ring, TokenMarginLow for example: everybody on its topic is told "
        "so, and told a minute later that it is over (up to 18 minutes)",
    )
    root.add_argument(
        "--expire",
        metavar="MINUTES",
        type=_minutes,
        help="plant a parameter without a token beside the real one, that expires in 2 minutes, "
        "and wait up to so many more until SSM deletes it",
    )
    root.add_argument(
        "--firings",
        metavar="NUMBER",
        type=_number,
        default=FIRINGS,
        help=f"how many firings of the schedule to read the log for (default {FIRINGS}; "
        "at most those of a day)",
    )
    root.add_argument("--json", action="store_true", help="for programs")
    add_place(root, by_function=False)
    return root


def asked(arguments: argparse.Namespace) -> Asked:
    """What the operator wants."""
    return Asked(
        place=Place(stack=arguments.stack, rotator=arguments.rotator),
        firings=arguments.firings,
        ring=arguments.ring,
        expire=arguments.expire,
    )


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=_within(text, 1, LONGEST_MINUTES))


def _number(text: str) -> int:
    return _within(text, 3, 10_000)


def _within(text: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"say a number from {low} to {high}")
    return int(text)
