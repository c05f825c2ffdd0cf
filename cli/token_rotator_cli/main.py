"""`python -m token_rotator`: which of the four commands, and with what exit code?"""

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from typing import TextIO

from token_rotator import wiring
from token_rotator.errors import RotationError, Unexpected
from token_rotator_cli import rotate, status, upload
from token_rotator_cli.arguments import parser
from token_rotator_cli.aws import Aws
from token_rotator_cli.check.check import STEPS
from token_rotator_cli.console import Console
from token_rotator_cli.deployment import Place, find_deployment, region_of
from token_rotator_cli.errors import CommandFailed
from token_rotator_cli.findings import CheckContext
from token_rotator_cli.rotation_log import Journal
from token_rotator_cli.steps import walk
from token_rotator_cli.wait_for_publication import Watch

INTERRUPTED = 130


def main(
    arguments: Sequence[str],
    *,
    connect: Callable[..., Aws] = Aws,
    sleep: Callable[[float], None] = time.sleep,
    stdin: TextIO | None = None,
) -> int:
    """The exit code; 2 for arguments that make no sense."""
    chosen = parser().parse_args(arguments)
    console = Console(out=sys.stdout, err=sys.stderr)
    wiring.silence_libraries()
    try:
        aws = connect(profile=chosen.profile, region=chosen.region or region_of(chosen.function))
        return _run(chosen, aws, console, sleep, stdin or sys.stdin)
    except CommandFailed as error:
        console.complain(str(error))
        return 1
    except RotationError as error:  # docs/runbook.md has a row for each class
        console.complain(f"{type(error).__name__}: {error}")
        return 1
    except Exception as error:  # noqa: BLE001 - its text, and its traceback, might hold anything
        console.complain(f"Unexpected: {Unexpected(error)}")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(
    chosen: Namespace,
    aws: Aws,
    console: Console,
    sleep: Callable[[float], None],
    stdin: TextIO,
) -> int:
    place = Place(function=chosen.function, stack=chosen.stack, rotator=chosen.rotator)
    if chosen.command == "check":
        evidence = CheckContext(aws, place, wiring.utc_now())
        return walk(STEPS, evidence, console, as_a_document=chosen.json)
    text = upload.read(chosen.file, stdin) if chosen.command == "upload" else ""
    with console.progress("Asking AWS"):
        deployed = find_deployment(aws, place)
        journal = Journal(aws=aws, log_group=deployed.log_group, now=wiring.utc_now)
    if chosen.command == "rotate":
        return rotate.rotate(aws, deployed, console)
    if chosen.command == "upload":
        watch = None if chosen.no_wait else Watch.begin(aws, deployed, journal, sleep)
        stored = upload.store(aws, deployed, text, console)
        if stored and watch:
            watch.until_published(stored, console)
        return 0
    with console.progress("Asking AWS"):
        seen = status.look(aws, deployed, journal)
    if chosen.json:
        console.dump(status.as_json(seen))
    else:
        status.show(seen, console)
    return 0 if seen.alive else 1
