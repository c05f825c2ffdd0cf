"""Waiting for a started server until its health URL answers."""

import ssl
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from local.process.tethered import Tethered

_START_SECONDS: Final = 30


def becomes_healthy(process: Tethered, url: str, *, trusted: Path | None = None) -> bool:
    """Waits until the URL returns 200. False if the process ends or 30 seconds have passed."""
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if trusted:
        context = ssl.create_default_context(cafile=trusted)
        handlers.append(urllib.request.HTTPSHandler(context=context))
    opener = urllib.request.build_opener(*handlers)
    deadline = time.monotonic() + _START_SECONDS
    while process.exit_code() is None and time.monotonic() < deadline:
        if _answers(opener, url):
            return True
        time.sleep(0.05)
    return False


def _answers(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004
    except (OSError, urllib.error.URLError):
        return False
