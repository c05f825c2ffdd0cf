"""`python -m live_check`: what will be touched, what was seen, and with what exit code?"""

import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Final

from token_rotator import wiring
from token_rotator.errors import RotationError, Unexpected
from token_rotator_cli.console import Console
from token_rotator_cli.deployment import find_deployment
from token_rotator_cli.errors import CommandFailed
from token_rotator_cli.live_check import alarm_delivery, arguments
from token_rotator_cli.live_check.alarms import alarms, subscriptions
from token_rotator_cli.live_check.aws import LiveAws
from token_rotator_cli.live_check.concurrency import concurrency
from token_rotator_cli.live_check.context import Asked, LiveCheckContext
from token_rotator_cli.live_check.expiry import AHEAD, expiry, name_of
from token_rotator_cli.live_check.function import function, log
from token_rotator_cli.live_check.metrics import metrics
from token_rotator_cli.live_check.parameter import parameter, versions
from token_rotator_cli.live_check.permissions import permissions
from token_rotator_cli.live_check.schedule_accuracy import firings, pauses
from token_rotator_cli.live_check.waiting import Clock
from token_rotator_cli.main import INTERRUPTED
from token_rotator_cli.steps import Step, walk

STEPS: Final[tuple[Step[LiveCheckContext], ...]] = (
    Step(look=function, needs=None),
    Step(look=parameter, optional=True),
    Step(look=log, optional=True),
    Step(look=versions, needs="log"),
    Step(look=firings, needs="log"),
    Step(look=pauses, needs="log"),
    Step(look=concurrency, needs="log", optional=True),
    Step(look=metrics, needs="log", optional=True),
    Step(look=permissions, needs="log", optional=True),
    Step(look=alarms, optional=True),
    Step(look=subscriptions, optional=True),
    Step(look=alarm_delivery.ring, needs="alarms"),
    Step(look=expiry),
)


def main(
    given: Sequence[str],
    *,
    connect: Callable[..., LiveAws] = LiveAws,
    clock: Clock | None = None,
) -> int:
    """The exit code; 2 for arguments that make no sense."""
    chosen = arguments.parser().parse_args(given)
    asked = arguments.asked(chosen)
    console = Console(out=sys.stdout, err=sys.stderr)
    wiring.silence_libraries()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    try:
        aws = connect(profile=chosen.profile, region=chosen.region)
        clock = clock or Clock(now=wiring.utc_now, sleep=time.sleep)
        evidence = LiveCheckContext(aws, asked, console, clock)
        for sentence in _touches(evidence, asked):
            console.note(sentence)
        return walk(STEPS, evidence, console, as_a_document=chosen.json)
    except (CommandFailed, RotationError) as error:
        console.complain(f"{type(error).__name__}: {error}")
        return 1
    except Exception as error:  # noqa: BLE001 - its text, and its traceback, might hold anything
        console.complain(f"Unexpected: {Unexpected(error)}")
        return 1
    except KeyboardInterrupt:
        console.complain("Interrupted. What this check changed is put back.")
        return INTERRUPTED


def _touches(evidence: LiveCheckContext, asked: Asked) -> Iterator[str]:
    """What will be changed, and for how long."""
    if asked.ring is None and asked.expire is None:
        yield "Reads only, for about a minute."
        return
    settings = find_deployment(evidence.aws, asked.place).settings
    if asked.ring is not None:
        minutes = alarm_delivery.LONGEST.seconds // 60
        yield (
            f"Will make {settings.rotator}/{asked.ring} ring and put it back, within {minutes} "
            "minutes. Everybody on its topic is told so, twice."
        )
    if asked.expire is not None:
        minutes = int((AHEAD + asked.expire).total_seconds() // 60)
        yield (
            f"Will create {name_of(settings.parameter_name, asked.run)}, wait until SSM deletes "
            f"it, {minutes} minutes at most, and delete it otherwise."
        )
    yield "Ctrl-C ends it at any time, and puts back what was changed."


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
