"""The parser of every command line."""

import argparse
from functools import partial
from typing import Final

from token_rotator.contract import VERSION
from token_rotator_cli.arguments.commands import COMMANDS

_FORMATTER: Final = partial(argparse.RawDescriptionHelpFormatter, width=99, max_help_position=24)

_ROOT_EPILOG: Final = """\
`token-rotator COMMAND --help` describes a command. In a directory with a rotators.toml that has
one rotator, commands need no arguments. AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the other
variables of AWS tools apply.

exit codes: 0 success; 1 a problem or failure; 2 wrong usage; 130 interrupted"""


def parser() -> argparse.ArgumentParser:
    """The parser of every command line."""
    root = argparse.ArgumentParser(
        prog="token-rotator",
        usage="token-rotator COMMAND [OPTIONS]",
        description=_root_description(),
        epilog=_ROOT_EPILOG,
        formatter_class=_FORMATTER,
        allow_abbrev=False,
    )
    root.add_argument(
        "--version", action="version", version=f"token-rotator {VERSION}", help="show the version"
    )
    commands = root.add_subparsers(
        prog="token-rotator",
        dest="command",
        metavar="COMMAND",
        required=True,
        help=argparse.SUPPRESS,
    )
    for name, command in COMMANDS.items():
        one = commands.add_parser(
            name,
            usage=f"token-rotator {name} {command.usage}",
            description=f"{command.purpose}.\n\n{command.details}",
            formatter_class=_FORMATTER,
            allow_abbrev=False,
        )
        one.add_argument("--json", action="store_true", help="print one JSON document")
        command.add_options(one)
    return root


def _root_description() -> str:
    width = max(map(len, COMMANDS)) + 2
    rows = [f"  {name:<{width}}{command.purpose}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["Operates a deployed token rotator, with your AWS credentials.", "", "commands:", *rows]
    )
