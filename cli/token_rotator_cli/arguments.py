"""How is the command called?"""

import argparse
from functools import partial
from typing import Final

COMMANDS: Final = {
    "check": "find what is wrong: everything a rotation does, except publish",
    "status": "show what is published: version, age, life left, who rotated it",
    "rotate": "obtain and publish a fresh token now",
    "upload": "store the file downloaded from Intelligence as the secret",
}

_DETAILS: Final = {
    "check": """\
Looks at eight links, each of which is ok, or wrong (then it says what to do), or ok for now
(warning), or unknown because your credentials may not tell, or skipped because it needs one that
is wrong. A token is requested with the key and thrown away. Exits with 1 if anything is wrong.""",
    "status": "Exits with 1 unless a token is published that has not expired.",
    "rotate": """\
Calls the function, as its schedule does, and waits for the answer. Exits with 1 if the function
fails; what is published then stays as it was.""",
    "upload": """\
Looks at the file first and refuses what the function could not use. The version before stays
in the secret as AWSPREVIOUS: the function falls back on it if the new key is refused. Then waits
until a token for the new key is published, or says why not. Exits with 1 if it is not.""",
}

_HELP: Final = partial(argparse.RawDescriptionHelpFormatter, width=99, max_help_position=22)
_PLACE: Final = "(--function NAME | --stack NAME [--rotator NAME])"


def parser() -> argparse.ArgumentParser:
    """Everything that can be said, and the help."""
    root = argparse.ArgumentParser(
        prog="python -m token_rotator",
        usage="python -m token_rotator {check,status,rotate,upload} ...",
        description="Looks after a deployed token rotator, in the AWS account of your credentials.",
        epilog="`COMMAND --help` says more. AWS_ENDPOINT_URL leads to a local AWS.",
        formatter_class=_HELP,
        allow_abbrev=False,
    )
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        options = {"check": " [--json]", "status": " [--json]", "upload": " [--no-wait] FILE"}
        command = commands.add_parser(
            name,
            help=purpose,
            usage=f"python -m token_rotator {name} {_PLACE}{options.get(name, '')}",
            description=f"{purpose[0].upper()}{purpose[1:]}.\n\n{_DETAILS[name]}",
            formatter_class=_HELP,
            allow_abbrev=False,
        )
        if name == "upload":
            command.add_argument("file", metavar="FILE", help="the file; - reads stdin")
            command.add_argument(
                "--no-wait", action="store_true", help="do not wait for a token for the new key"
            )
        else:
            command.set_defaults(file=None, no_wait=False)
        add_place(command)
        if name in ("check", "status"):
            command.add_argument("--json", action="store_true", help="for programs")
        else:
            command.set_defaults(json=False)
    return root


def add_place(command: argparse.ArgumentParser, *, by_function: bool = True) -> None:
    """The options that say which rotator is meant, and in which account."""
    place = command.add_argument_group("which rotator, where")
    either = place.add_mutually_exclusive_group(required=True)
    if by_function:
        either.add_argument("--function", metavar="NAME", help="the function's name or ARN")
    either.add_argument("--stack", metavar="NAME", help="the CloudFormation stack")
    place.add_argument(
        "--rotator", metavar="NAME", help="which one of the stack, if there are several"
    )
    place.add_argument("--profile", metavar="NAME", help="profile of the AWS configuration")
    place.add_argument("--region", metavar="NAME", help="AWS region")
