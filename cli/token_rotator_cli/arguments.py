"""The command line of ``token-rotator``: commands, options and help texts.

Imports nothing but the standard library, so that a help text is shown at once.
"""

import argparse
import shlex
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

_FORMATTER: Final = partial(argparse.RawDescriptionHelpFormatter, width=99, max_help_position=24)

_OF_THE_FILE: Final = ("costs", "key-policy")
"""Commands that read the configuration file and call nobody."""

PROVIDERS: Final = ("intelligence", "rfc7523", "jwt-bearer")
"""token_rotator.contract.Profile."""

_INVOCATIONS: Final = 60
_LONGEST_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command in the help texts."""

    purpose: str
    usage: str
    details: str


COMMANDS: Final = {
    "check": Command(
        purpose="Find out what is wrong with a rotator",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Runs thirteen checks. Each is ok, warning, wrong (with what to do), unknown (your credentials or a
local AWS do not allow to find out) or skipped (it needs one that is wrong). One access token is
requested and discarded; nothing is published. Exits with 1 if anything is wrong.""",
    ),
    "status": Command(
        purpose="Show the published token, and the rotation that published it",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Shows version, age, remaining life and fingerprint of the token, never the token itself, and the
error of the last rotation, if it failed. Exits with 1 unless a token is published that has not
expired.""",
    ),
    "rotate": Command(
        purpose="Obtain and publish a new token now",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Invokes the function, as its schedule does, and waits for the answer. Exits with 1 if the function
fails; the token that is published stays.""",
    ),
    "upload": Command(
        purpose="Store the file downloaded from Intelligence as the secret",
        usage="FILE [ROTATOR] [OPTIONS]",
        details="""\
Checks the file first, and refuses what the function could not use. The previous version stays in
the secret as AWSPREVIOUS: the function uses it if the new key is refused. Then waits until a token
for the new key is published. Exits with 1 if it is not, and says why.""",
    ),
    "live-check": Command(
        purpose="Check what only a deployment in a real account shows",
        usage="[ROTATOR] [OPTIONS]",
        details="""\
Reads the parameter's description, the alarms, the function's log and metrics, and asks IAM's
simulator. It changes nothing without --alarm or --expire. With them, it says beforehand what it
changes and for how long, and restores everything, also after Ctrl-C. Exits with 1 if anything is
not as this project expects it. What your credentials do not allow to see is unknown, and no
failure.""",
    ),
    "preflight": Command(
        purpose="Find out what would make a deployment fail or hurt, before it happens",
        usage="[OPTIONS]",
        details="""\
Compares the configuration file with the account and region that it goes to: bootstrap, services,
quotas, parameters, secrets, keys and networks, and whose consumers would lose their token. Reads
only. Shows what is wrong (with what to do), a warning, or unknown; what your credentials do not
allow to see is unknown, and no failure. Exits with 1 if anything is wrong. A loss can be accepted,
nothing else.
`make diff` and `make deploy` run it first.""",
    ),
    "try": Command(
        purpose="Exchange a downloaded file's key for a token once, from this machine",
        usage="FILE [ROTATOR] [OPTIONS]",
        details="""\
Answers "does this key work?" before anything is deployed. It calls no AWS and writes nothing. It
reads the file, discovers, signs and exchanges with the function's own code, once, and shows each
step with its time. One access token is requested. It is discarded, or printed alone on stdout with
--print-token. The requests use this machine's proxy (HTTPS_PROXY, NO_PROXY), certificates and
clock, and the output says where the function would use others. Exits with 1 if there is no token,
with the error that the function would give.

--probe finds out what the provider accepts: the claim exp, the form body, an iat that is not set
back; whether an issuer is named, and what else nobody documents. It says beforehand what it sends,
and never asks. The findings go to stderr, a rotators.toml that fits goes to stdout.""",
    ),
    "key-policy": Command(
        purpose="Show what the policy of an existing KMS key has to allow",
        usage="[OPTIONS]",
        details="""\
Prints the statements that the policy of the key needs (key_arn), by the configuration file: those
for AWS's services, and those for the account's roles, which a policy that lets IAM policies decide
does without. It does not call AWS. The file has to say where the stack goes: key_arn, or account
and region. `check` reads the policy that the key has.""",
    ),
    "costs": Command(
        purpose="Show what a configuration costs a month, at list prices",
        usage="[OPTIONS]",
        details="""\
Computes the bill from the configuration file, and shows which settings change it. It does not call
AWS. Without a file it bills one rotator with the defaults.""",
    ),
}

_ROOT_EPILOG: Final = """\
`token-rotator COMMAND --help` describes a command. In a directory with a rotators.toml that has
one rotator, a command needs no arguments. AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the other
variables of AWS's tools are respected.

exit codes: 0 success; 1 something is wrong or failed; 2 wrong usage; 130 interrupted"""


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
        if name == "upload":
            _add_upload(one)
        if name == "live-check":
            _add_live_check(one)
        if name == "try":
            _add_try(one)
        elif name == "preflight":
            _add_preflight(one)
        else:
            _add_target(one, name)
    return root


def _root_description() -> str:
    width = max(map(len, COMMANDS)) + 2
    rows = [f"  {name:<{width}}{command.purpose}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["Operates a deployed token rotator, with your AWS credentials.", "", "commands:", *rows]
    )


def _add_target(command: argparse.ArgumentParser, name: str) -> None:
    """The arguments that name the rotator and the account, the same for every command."""
    group = command.add_argument_group("configuration" if name in _OF_THE_FILE else "which rotator")
    if name not in _OF_THE_FILE:
        group.add_argument(
            "rotator",
            metavar="ROTATOR",
            nargs="?",
            help="its name; not needed if there is only one",
        )
    either = group.add_mutually_exclusive_group()
    either.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="the configuration file (default: rotators.toml in this directory)",
    )
    if name in _OF_THE_FILE:
        return
    either.add_argument("--stack", metavar="NAME", help="its CloudFormation stack; no file is read")
    if name != "live-check":
        either.add_argument(
            "--function", metavar="NAME", help="its function's name or ARN; no file is read"
        )
    else:
        command.set_defaults(function=None)
    _add_account(command)


def _add_account(command: argparse.ArgumentParser) -> None:
    account = command.add_argument_group("AWS account")
    account.add_argument("--profile", metavar="NAME", help="profile of the AWS configuration")
    account.add_argument("--region", metavar="NAME", help="region, instead of the file's")


def _add_preflight(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--accept",
        metavar="PARAMETERS",
        type=lambda text: frozenset(text.split()),
        default=frozenset(),
        help="names of parameters, separated by spaces, whose consumers may lose their token",
    )
    group = command.add_argument_group("what is deployed")
    either = group.add_mutually_exclusive_group()
    either.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="the configuration file (default: rotators.toml in this directory)",
    )
    either.add_argument(
        "--app",
        metavar="DIRECTORY",
        type=Path,
        help="what `cdk synth` wrote for an app of your own, mostly cdk.out; no file is read",
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


def _profile_of_cdk(text: str) -> str | None:
    cdk = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    cdk.add_argument("--profile")
    return cdk.parse_known_args(shlex.split(text))[0].profile  # type: ignore[no-any-return]


def _add_upload(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="the downloaded file; - is stdin")
    command.add_argument(
        "--no-wait", action="store_true", help="do not wait for a token for the new key"
    )


def _add_try(command: argparse.ArgumentParser) -> None:
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
    either.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="the configuration file (default: rotators.toml in this directory, if there is one)",
    )
    either.add_argument(
        "--provider",
        choices=PROVIDERS,
        help="the defaults of this profile; no file is read (default, where there is none: "
        f"{PROVIDERS[0]})",
    )


def _add_live_check(command: argparse.ArgumentParser) -> None:
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


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=_within(text, 1, _LONGEST_MINUTES))


def _number(text: str) -> int:
    return _within(text, 3, 10_000)


def _within(text: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"write a number from {low} to {high}")
    return int(text)
