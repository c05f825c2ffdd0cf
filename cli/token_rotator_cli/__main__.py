"""The console script ``token-rotator``: runs a command and converts errors to exit codes."""

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from types import FrameType
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

from token_rotator.errors import RotationError, Unexpected
from token_rotator_cli.arguments.parser import parser
from token_rotator_cli.clock import Clock
from token_rotator_cli.console import Console
from token_rotator_cli.errors import CommandFailed, UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from token_rotator_cli.aws.clients import Aws

Options = TypeVar("Options", bound="DataclassInstance")

FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130


def main(
    arguments: Sequence[str] | None = None,
    *,
    connect: "Callable[..., Aws] | None" = None,
    clock: Clock | None = None,
    stdin: TextIO | None = None,
) -> int:
    """Runs a command and returns the exit code. Invalid arguments raise SystemExit with 2."""
    args = parser().parse_args(arguments)
    console = Console(out=sys.stdout, err=sys.stderr, as_json=args.json)
    try:
        with _signals_interrupt():
            return _run(args, console, connect, clock or Clock(), stdin or sys.stdin)
    except (CommandFailed, RotationError) as error:
        return _failed(console, error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of the pipe has closed it; Python would fail when it flushes stdout at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # noqa: BLE001 - its text, and its traceback, might hold anything
        return _failed(console, Unexpected(error))


def _run(
    args: Namespace,
    console: Console,
    connect: "Callable[..., Aws] | None",
    clock: Clock,
    stdin: TextIO,
) -> int:
    """Imports only what the command needs, because importing boto3 is slow."""
    match args.command:
        case "costs":
            from token_rotator_cli.costs.bill import costs

            return costs(args.config, console)
        case "key-policy":
            from token_rotator_cli.key_policy import key_policy

            return key_policy(args.config, console)
        case "package":
            from token_rotator_cli.package.package import PackageOptions, package

            return package(_options(PackageOptions, args), console)
        case "preflight":
            return _preflight(args, console, connect)
        case "try":
            return _try(args, console, clock, stdin)
        case _:
            return _operate(args, console, connect, clock, stdin)


def _preflight(args: Namespace, console: Console, connect: "Callable[..., Aws] | None") -> int:
    from token_rotator.transport import silence_libraries
    from token_rotator_cli.aws.clients import Aws
    from token_rotator_cli.preflight.preflight import PreflightOptions, preflight

    silence_libraries()

    def connected(region: str | None) -> Aws:
        profile = args.profile or args.cdk_profile
        return (connect or Aws)(profile=profile, region=args.region or region)

    return preflight(_options(PreflightOptions, args), console, connected)


def _try(args: Namespace, console: Console, clock: Clock, stdin: TextIO) -> int:
    """Runs ``try``, which does not import boto3."""
    from token_rotator.transport import silence_libraries
    from token_rotator_cli.exchange.exchange import TryOptions, exchange

    silence_libraries()
    options = _options(TryOptions, args)
    if not args.probe:
        if args.api is not None or args.replay:
            raise UsageError("--api and --replay require --probe.")
        return exchange(options, console, clock, stdin)
    if args.print_token:
        raise UsageError("--probe discards the tokens: leave out --print-token or --probe.")

    from token_rotator_cli.exchange.probe.probe import ProbeOptions, probe

    return probe(options, _options(ProbeOptions, args), console, clock, stdin)


def _operate(
    args: Namespace,
    console: Console,
    connect: "Callable[..., Aws] | None",
    clock: Clock,
    stdin: TextIO,
) -> int:
    """Runs a command for one rotator."""
    from token_rotator_cli.deployment.target import find_target

    target = find_target(
        rotator=args.rotator, config=args.config, stack=args.stack, function=args.function
    )
    if target.function and target.region and args.region not in (None, target.region):
        raise UsageError(
            f"The function's ARN is in {target.region}, but --region is {args.region}: leave out "
            "--region."
        )

    from token_rotator.transport import silence_libraries
    from token_rotator_cli.aws.clients import Aws
    from token_rotator_cli.deployment.account import place_of
    from token_rotator_cli.session import Session

    silence_libraries()
    aws = (connect or Aws)(profile=args.profile, region=args.region or target.region)
    console.show_place(place_of(aws, target))
    session = Session(aws=aws, target=target, console=console, clock=clock)
    match args.command:
        case "check":
            from token_rotator_cli.check.check import check

            return check(session)
        case "status":
            from token_rotator_cli.status import status

            return status(session)
        case "rotate":
            from token_rotator_cli.rotate import rotate

            return rotate(session)
        case "upload":
            from token_rotator_cli.upload.upload import UploadOptions, upload

            return upload(session, _options(UploadOptions, args), stdin)
        case _:
            from token_rotator_cli.live_check.context import LiveCheckOptions
            from token_rotator_cli.live_check.live_check import live_check

            return live_check(session, _options(LiveCheckOptions, args))


def _options(kind: type[Options], args: Namespace) -> Options:
    """The options of one command. The fields of ``kind`` are named like its arguments."""
    given = vars(args)
    return kind(**{one.name: given[one.name] for one in fields(kind) if one.name in given})


def _failed(console: Console, error: CommandFailed | RotationError) -> int:
    # docs/reference/errors.md has a row for each class of what stops a rotation
    kind = f"{type(error).__name__}: " if isinstance(error, RotationError) else ""
    console.note(f"{kind}{error}")
    console.document({"ok": False, "error": type(error).__name__, "message": str(error)})
    return USAGE if isinstance(error, UsageError) else FAILED


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Makes SIGTERM and SIGHUP act like Ctrl-C, so that commands restore their changes."""
    before = {
        number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
