"""The arguments and options of each command."""

import argparse
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Final

from token_rotator.contract import Profile

_INVOCATIONS: Final = 60
_LONGEST_MINUTES: Final = 24 * 60


Parser = argparse.ArgumentParser
Group = argparse._ArgumentGroup  # noqa: SLF001 - argparse has no public name for it


def of_a_rotator(command: Parser) -> None:
    """What names the rotator and the account, the same for every command."""
    either = _which_rotator(command)
    either.add_argument(
        "--function", metavar="NAME", help="its function's name or ARN; no file is read"
    )
    _add_account(command)


def of_the_file(command: Parser) -> None:
    """Commands that read the configuration file and call nobody."""
    _add_config(command.add_argument_group("configuration"))


def _which_rotator(command: Parser) -> Group:
    group = command.add_argument_group("which rotator")
    group.add_argument(
        "rotator", metavar="ROTATOR", nargs="?", help="its name; not needed if there is only one"
    )
    either = group.add_mutually_exclusive_group()
    _add_config(either)
    either.add_argument("--stack", metavar="NAME", help="its CloudFormation stack; no file is read")
    return either


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


def preflight(command: Parser) -> None:
    """What is deployed, and what of it is accepted."""
    command.add_argument(
        "--accept",
        dest="accepted",
        metavar="PARAMETERS",
        type=lambda text: frozenset(text.split()),
        default=frozenset(),
        help="names of parameters, separated by spaces, whose consumers may lose their token",
    )
    group = command.add_argument_group("what is deployed")
    either = group.add_mutually_exclusive_group()
    _add_config(either)
    either.add_argument(
        "--app",
        metavar="DIRECTORY",
        type=Path,
        help="what `cdk synth` wrote for an app of your own, mostly cdk.out, or what `package` "
        "wrote; no file is read",
    )
    group.add_argument("--stack", metavar="NAME", help="only this stack of it, or a pattern")
    _add_account(command)
    command.add_argument(
        "--cdk-arguments",
        metavar="TEXT",
        type=_profile_of_cdk,
        dest="cdk_profile",
        help="what `cdk deploy` is going to be given; its --profile counts here, too",
    )


def package(command: Parser) -> None:
    """Where the zip files are going to be, and what is packaged."""
    command.add_argument(
        "--bucket",
        metavar="NAME",
        required=True,
        help="the S3 bucket that the zip files are going to be in; write ${AWS::AccountId} or "
        "${AWS::Region} where its name differs by account or region",
    )
    command.add_argument(
        "--prefix",
        metavar="TEXT",
        default="",
        help="what the keys of the files in the bucket begin with, such as token-rotator/",
    )
    command.add_argument(
        "--out",
        metavar="DIRECTORY",
        type=Path,
        default=Path("package"),
        help="where the files are written (default: package)",
    )
    group = command.add_argument_group("what is packaged")
    _add_config(group)
    group.add_argument("--stack", metavar="NAME", help="only this stack of it, or a pattern")


def _profile_of_cdk(text: str) -> str | None:
    cdk = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    cdk.add_argument("--profile")
    return cdk.parse_known_args(shlex.split(text))[0].profile  # type: ignore[no-any-return]


def upload(command: Parser) -> None:
    """The file, and the rotator whose key it becomes."""
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
        help="check the file, say where it would go and what it would replace; store nothing",
    )
    command.add_argument(
        "--forget-previous",
        action="store_true",
        help="for a key that has leaked: once a token was obtained with the new key, take "
        "AWSPREVIOUS from the replaced version, so that the function never falls back on it",
    )
    command.add_argument(
        "--replaces",
        metavar="ACCOUNT",
        help="agree that the working key of this service account is replaced with that of another "
        "one; required where there is no terminal to ask at",
    )
    of_a_rotator(command)


def try_a_file(command: Parser) -> None:
    """The file, how much is found out about its provider, and whose settings count."""
    command.add_argument("file", metavar="FILE", help="the downloaded file; - is stdin")
    command.add_argument(
        "--print-token",
        action="store_true",
        help="print the token alone on stdout, and everything else on stderr; with --json, the "
        "document holds it",
    )
    probe = command.add_argument_group("how the provider wants to be asked")
    probe.add_argument(
        "--probe",
        action="store_true",
        help="find that out with at most six token requests, and write the rotators.toml that fits",
    )
    probe.add_argument(
        "--api",
        metavar="URL",
        help="with --probe: an API that takes the token (GET), to see whether a second token ends "
        "the first one",
    )
    probe.add_argument(
        "--replay",
        action="store_true",
        help="with --probe: send one assertion twice, to see whether that is refused",
    )
    group = command.add_argument_group("settings of the identity provider")
    group.add_argument(
        "rotator",
        metavar="ROTATOR",
        nargs="?",
        help="the rotator of the configuration file whose settings count; not needed if it has one",
    )
    either = group.add_mutually_exclusive_group()
    _add_config(either, ", if there is one")
    either.add_argument(
        "--provider",
        choices=[*Profile],
        help="the defaults of this profile; no file is read (default, where there is none: "
        f"{Profile.INTELLIGENCE})",
    )


def live_check(command: Parser) -> None:
    """What may be changed to see more, and the rotator."""
    command.add_argument(
        "--alarm",
        metavar="ALARM",
        help="set this alarm, TokenMarginLow for example, to ALARM and follow its notification; "
        "all subscribers of the topic receive it, and another one when it is over (18 minutes)",
    )
    command.add_argument(
        "--expire",
        metavar="MINUTES",
        type=_minutes,
        help="create a parameter without a token beside the real one, which expires in 2 minutes, "
        "and wait up to so many more until SSM deletes it",
    )
    command.add_argument(
        "--invocations",
        metavar="NUMBER",
        type=_number,
        default=_INVOCATIONS,
        help="read the log for so many scheduled invocations, at most a day's "
        f"(default {_INVOCATIONS})",
    )
    command.add_argument(
        "--report",
        metavar="FILE",
        type=Path,
        help="write what was found as Markdown that can be published: without account numbers, "
        "names and addresses",
    )
    _which_rotator(command)
    _add_account(command)
    command.set_defaults(function=None)


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=_within(text, 1, _LONGEST_MINUTES))


def _number(text: str) -> int:
    return _within(text, 3, 10_000)


def _within(text: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"write a number from {low} to {high}")
    return int(text)
