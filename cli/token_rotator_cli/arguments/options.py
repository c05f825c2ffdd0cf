"""The arguments and options of each command."""

import argparse
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Final

from token_rotator.contract import Profile

_DEFAULT_INVOCATIONS: Final = 60
_MAX_MINUTES: Final = 24 * 60


Parser = argparse.ArgumentParser
Group = argparse._ArgumentGroup  # noqa: SLF001 - argparse has no public name for it


def add_rotator_options(command: Parser) -> None:
    """Adds the options that select the rotator and the account."""
    exclusive = _add_rotator(command)
    exclusive.add_argument(
        "--function", metavar="NAME", help="its function's name or ARN; the file is not read"
    )
    _add_account(command)


def add_file_options(command: Parser) -> None:
    """Adds the options of commands that only read the configuration file."""
    _add_config(command.add_argument_group("configuration"))


def _add_rotator(command: Parser) -> Group:
    group = command.add_argument_group("which rotator")
    group.add_argument(
        "rotator", metavar="ROTATOR", nargs="?", help="its name; optional if there is only one"
    )
    exclusive = group.add_mutually_exclusive_group()
    _add_config(exclusive)
    exclusive.add_argument(
        "--stack", metavar="NAME", help="its CloudFormation stack; the file is not read"
    )
    return exclusive


def _add_config(group: Group, more: str = "") -> None:
    group.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help=f"the configuration file (default: rotators.toml in this directory{more})",
    )


def _add_account(command: Parser) -> None:
    account = command.add_argument_group("AWS account")
    account.add_argument("--profile", metavar="NAME", help="profile of the AWS configuration")
    account.add_argument("--region", metavar="NAME", help="region, instead of the file's")


def add_preflight_options(command: Parser) -> None:
    """Adds the options of ``preflight``."""
    command.add_argument(
        "--accept",
        dest="accepted",
        metavar="PARAMETERS",
        type=lambda text: frozenset(text.split()),
        default=frozenset(),
        help="parameters, separated by spaces, whose consumers may lose their token",
    )
    group = command.add_argument_group("what is deployed")
    exclusive = group.add_mutually_exclusive_group()
    _add_config(exclusive)
    exclusive.add_argument(
        "--app",
        metavar="DIRECTORY",
        type=Path,
        help="output directory of `cdk synth` for your own app (usually cdk.out) or of `package`; "
        "the file is not read",
    )
    group.add_argument("--stack", metavar="NAME", help="only this stack, or a pattern")
    _add_account(command)
    command.add_argument(
        "--cdk-arguments",
        metavar="TEXT",
        type=_cdk_profile,
        dest="cdk_profile",
        help="the arguments for `cdk deploy`; its --profile also applies here",
    )


def add_package_options(command: Parser) -> None:
    """Adds the options of ``package``."""
    command.add_argument(
        "--bucket",
        metavar="NAME",
        required=True,
        help="the S3 bucket for the zip files; its name may contain ${AWS::AccountId} and "
        "${AWS::Region}",
    )
    command.add_argument(
        "--prefix",
        metavar="TEXT",
        default="",
        help="prefix of the files' keys in the bucket, such as token-rotator/",
    )
    command.add_argument(
        "--out",
        metavar="DIRECTORY",
        type=Path,
        default=Path("package"),
        help="output directory (default: package)",
    )
    group = command.add_argument_group("what is packaged")
    _add_config(group)
    group.add_argument("--stack", metavar="NAME", help="only this stack, or a pattern")


def _cdk_profile(text: str) -> str | None:
    cdk = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    cdk.add_argument("--profile")
    return cdk.parse_known_args(shlex.split(text))[0].profile  # type: ignore[no-any-return]


def add_upload_options(command: Parser) -> None:
    """Adds the options of ``upload``."""
    command.add_argument("file", metavar="FILE", help="the downloaded file; - is stdin")
    command.add_argument(
        "--no-wait",
        dest="wait",
        action="store_false",
        help="do not wait for a token for the new key",
    )
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="check the file and show what it would replace, but store nothing",
    )
    command.add_argument(
        "--forget-previous",
        action="store_true",
        help="for a leaked key: after the new key works, remove the label AWSPREVIOUS from the "
        "replaced version, so that the function never uses it again",
    )
    command.add_argument(
        "--replaces",
        metavar="ACCOUNT",
        help="confirm that the working key of this service account is replaced with another "
        "account's; required without a terminal",
    )
    add_rotator_options(command)


def add_try_options(command: Parser) -> None:
    """Adds the options of ``try``."""
    command.add_argument("file", metavar="FILE", help="the downloaded file; - is stdin")
    command.add_argument(
        "--print-token",
        action="store_true",
        help="print only the token on stdout, and everything else on stderr; with --json, include "
        "the token in the document",
    )
    probe = command.add_argument_group("what the provider accepts")
    probe.add_argument(
        "--probe",
        action="store_true",
        help="find out with at most six token requests, and print a matching rotators.toml",
    )
    probe.add_argument(
        "--api",
        metavar="URL",
        help="with --probe: an API that accepts the token (GET), to check whether a second token "
        "revokes the first one",
    )
    probe.add_argument(
        "--replay",
        action="store_true",
        help="with --probe: send one assertion twice, to check whether this is refused",
    )
    group = command.add_argument_group("settings of the identity provider")
    group.add_argument(
        "rotator",
        metavar="ROTATOR",
        nargs="?",
        help="the rotator whose settings to use; optional if the file has only one",
    )
    exclusive = group.add_mutually_exclusive_group()
    _add_config(exclusive, ", if there is one")
    exclusive.add_argument(
        "--provider",
        choices=[*Profile],
        help="use this profile's defaults; the file is not read (default, if there is no file: "
        f"{Profile.INTELLIGENCE})",
    )


def add_live_check_options(command: Parser) -> None:
    """Adds the options of ``live-check``."""
    command.add_argument(
        "--alarm",
        metavar="ALARM",
        help="set this alarm, for example TokenMarginLow, to ALARM and follow its notification; "
        "all subscribers of the topic receive it, and another one when it ends (18 minutes)",
    )
    command.add_argument(
        "--expire",
        metavar="MINUTES",
        type=_minutes,
        help="create a parameter without a token that expires in 2 minutes, and wait up to this "
        "many more minutes until SSM deletes it",
    )
    command.add_argument(
        "--invocations",
        metavar="NUMBER",
        type=_invocations,
        default=_DEFAULT_INVOCATIONS,
        help="number of scheduled invocations to read from the log, at most one day "
        f"(default {_DEFAULT_INVOCATIONS})",
    )
    command.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        help="write the findings as Markdown without account numbers, names and addresses, for "
        "publication",
    )
    _add_rotator(command)
    _add_account(command)
    command.set_defaults(function=None)


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=_number(text, 1, _MAX_MINUTES))


def _invocations(text: str) -> int:
    return _number(text, 3, 10_000)


def _number(text: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"write a number from {low} to {high}")
    return int(text)
