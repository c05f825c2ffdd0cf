"""Is a server that was started ready to serve? It says so under a URL, or it has ended."""

import time
import urllib.error
import urllib.request
from typing import Final

from local.processes import Tethered

_START_SECONDS: Final = 30


def becomes_healthy(process: Tethered, url: str) -> bool:
    """Waits until the URL answers with 200; False when the process ends or half a minute passes."""
    deadline = time.monotonic() + _START_SECONDS
    while process.exit_code() is None and time.monotonic() < deadline:
        if _answers(url):
            return True
        time.sleep(0.05)
    return False


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False
