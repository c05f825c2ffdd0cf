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
    chosen = parser().parse_args(arguments)
    console = Console(out=sys.stdout, err=sys.stderr, as_json=chosen.json)
    try:
        with _signals_interrupt():
            return _run(chosen, console, connect, clock or Clock(), stdin or sys.stdin)
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
    chosen: Namespace,
    console: Console,
    connect: "Callable[..., Aws] | None",
    clock: Clock,
    stdin: TextIO,
) -> int:
    """Imports only what the command needs, because importing boto3 is slow."""
    match chosen.command:
        case "costs":
            from token_rotator_cli.costs.bill import costs

            return costs(chosen.config, console)
        case "key-policy":
            from token_rotator_cli.key_policy import key_policy

            return key_policy(chosen.config, console)
        case "package":
            from token_rotator_cli.package.package import PackageOptions, package

            return package(_options(PackageOptions, chosen), console)
        case "preflight":
            return _preflight(chosen, console, connect)
        case "try":
            return _try(chosen, console, clock, stdin)
        case _:
            return _operate(chosen, console, connect, clock, stdin)


def _preflight(chosen: Namespace, console: Console, connect: "Callable[..., Aws] | None") -> int:
    from token_rotator.transport import silence_libraries
    from token_rotator_cli.aws.clients import Aws
    from token_rotator_cli.preflight.preflight import Preflight, preflight

    silence_libraries()

    def connected(region: str | None) -> Aws:
        profile = chosen.profile or chosen.cdk_profile
        return (connect or Aws)(profile=profile, region=chosen.region or region)

    return preflight(_options(Preflight, chosen), console, connected)


def _try(chosen: Namespace, console: Console, clock: Clock, stdin: TextIO) -> int:
    """Runs ``try``, which does not import boto3."""
    from token_rotator.transport import silence_libraries
    from token_rotator_cli.exchange.exchange import Try, exchange

    silence_libraries()
    options = _options(Try, chosen)
    if not chosen.probe:
        if chosen.api is not None or chosen.replay:
            raise UsageError("--api and --replay require --probe.")
        return exchange(options, console, clock, stdin)
    if chosen.print_token:
        raise UsageError("--probe discards the tokens: leave out --print-token or --probe.")

    from token_rotator_cli.exchange.probe.probe import Probe, probe

    return probe(options, _options(Probe, chosen), console, clock, stdin)


def _operate(
    chosen: Namespace,
    console: Console,
    connect: "Callable[..., Aws] | None",
    clock: Clock,
    stdin: TextIO,
) -> int:
    """Runs a command for one rotator."""
    from token_rotator_cli.deployment.target import find_target

    target = find_target(
        rotator=chosen.rotator, config=chosen.config, stack=chosen.stack, function=chosen.function
    )
    if target.function and target.region and chosen.region not in (None, target.region):
        raise UsageError(
            f"The function's ARN is in {target.region}, but --region is {chosen.region}: leave out "
            "--region."
        )

    from token_rotator.transport import silence_libraries
    from token_rotator_cli.aws.clients import Aws
    from token_rotator_cli.deployment.account import place_of
    from token_rotator_cli.session import Session

    silence_libraries()
    aws = (connect or Aws)(profile=chosen.profile, region=chosen.region or target.region)
    console.works_in(place_of(aws, target))
    session = Session(aws=aws, target=target, console=console, clock=clock)
    match chosen.command:
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
            from token_rotator_cli.upload.upload import Upload, upload

            return upload(session, _options(Upload, chosen), stdin)
        case _:
            from token_rotator_cli.live_check.context import LiveCheck
            from token_rotator_cli.live_check.live_check import live_check

            return live_check(session, _options(LiveCheck, chosen))


def _options(kind: type[Options], chosen: Namespace) -> Options:
    """The options of one command, which its parser calls as the class does."""
    given = vars(chosen)
    return kind(**{one.name: given[one.name] for one in fields(kind) if one.name in given})


def _failed(console: Console, error: CommandFailed | RotationError) -> int:
    # docs/reference/errors.md has a row for each class of what stops a rotation
    kind = f"{type(error).__name__}: " if isinstance(error, RotationError) else ""
    console.error(f"{kind}{error}")
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
