"""The command line of `python -m local`, which `make run` calls."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from rich.console import Console

from local.process import ports
from local.run.run import ONCE_SECONDS, Run
from local.run.start import Failed

DESCRIPTION = """\
The whole system on this machine: a local AWS, a stand-in for the Intelligence identity provider
that verifies every assertion, a real `cdk deploy` of the stack, its real schedules, and a live
view of the parameter, here and in a browser, where switches make things fail. Everything listens
on 127.0.0.1 only and is gone when you press Ctrl-C."""

ENVIRONMENT = f"""\
environment:
  {ports.LOCAL_AWS.name:<23} port of the local AWS (default {ports.LOCAL_AWS.default})
  {ports.IDENTITY_PROVIDER.name:<23} port of the identity provider (default {ports.IDENTITY_PROVIDER.default})
  {ports.PAGE.name:<23} port of the live page (default {ports.PAGE.default})
                          0 takes any free port

exit code:
  0 success, or Ctrl-C in the live view; 1 failure, with the cause on stderr; 2 wrong options;
  130 or 143 stopped by a signal before that"""  # noqa: E501


class Stopped(SystemExit):
    """The process received a signal to end."""


def main() -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m local",
        description=DESCRIPTION,
        epilog=ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument(
        "--once",
        action="store_true",
        help="end as soon as a consumer has read the parameter and used the token, "
        f"or after {ONCE_SECONDS} seconds",
    )
    ending.add_argument(
        "--picture",
        metavar="FILE",
        type=Path,
        help="let the key fail and recover once, write the live view to FILE as SVG, and end",
    )
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        Run(Console(), os.environ, once=arguments.once, picture=arguments.picture).run()
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(128 + number)


if __name__ == "__main__":
    sys.exit(main())
