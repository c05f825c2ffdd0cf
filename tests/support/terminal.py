"""What a command reads and prints."""

import io
import logging
import sys

import pytest


class Terminal(io.TextIOWrapper):
    """A terminal where somebody has typed something."""

    def isatty(self) -> bool:
        return True


def shown(captured: pytest.CaptureFixture[str]) -> str:
    """Everything that was written to stdout and stderr."""
    out, err = captured.readouterr()
    sys.stdout.flush()
    return f"{out}{err}"


def at_debug(caplog: pytest.LogCaptureFixture) -> None:
    """Sets every library's logger to DEBUG."""
    for library in (None, "botocore", "boto3", "urllib3"):
        caplog.set_level(logging.DEBUG, logger=library)
