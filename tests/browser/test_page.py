"""The page in headless Chromium: `make browser`. Where there is no Chromium, it is skipped."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local import ROOT
from local.alarms.alarms import Alarms
from local.alarms.log_metrics import LogMetrics
from local.followed_log import FollowedLog
from local.idp.identity_provider import IdentityProvider
from local.observation.consumer import Published, Use
from local.observation.state import Observer
from local.page.page import Page
from local.switches.identity_provider import identity_provider_switch
from local.switches.names import ButtonName
from local.switches.switch import Button, Panel
from tests.support.infra_templates import template
from tests.support.watching import Consumers, FunctionLog

CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DRIVER = ROOT / "node_modules" / "playwright-core"


@contextmanager
def a_watched_rotator() -> Iterator[Page]:
    """A page whose button makes a rotation fail, and after that lets the token expire."""
    now = datetime.now(UTC)
    token = Published(
        version=3,
        token_fingerprint="0123456789ab",
        issued_at=now - timedelta(seconds=60),
        expires_at=now + timedelta(seconds=240),
    )
    log = FunctionLog()
    log.published(now - timedelta(seconds=60))
    observer = Observer(
        consumer=Consumers(
            Use(published=token, status=200),
            Use(published=token, status=200),
            Use(published=replace(token, expires_at=now), status=401),
        ),
        log=FollowedLog(log, log_group="/group"),
    )
    minutes = iter((1, 7))

    def rotate() -> None:
        at = now + timedelta(minutes=next(minutes))
        log.failed(at, error="IdentityProviderDown", error_message="It answered 503.")
        page.show(observer.observe(at + timedelta(minutes=1)))

    with (
        IdentityProvider() as idp,
        Page(
            port=0,
            parameter_name="/a/token",
            alarms=Alarms(
                template(),
                metrics=LogMetrics(FollowedLog(log, log_group="/group")),
                deployed_at=now - timedelta(minutes=2),
            ),
            panel=Panel(
                switches=[identity_provider_switch(idp)],
                buttons=[Button(name=ButtonName.ROTATE, label="Rotate now", press=rotate)],
            ),
        ) as page,
    ):
        page.show(observer.observe(now))
        yield page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install it, or set CHROMIUM to its path")
@pytest.mark.skipif(not DRIVER.is_dir(), reason="no playwright-core: `make tools` installs it")
def test_the_page_can_be_read_and_used_in_a_browser(tmp_path: Path) -> None:
    with a_watched_rotator() as page:
        done = subprocess.run(
            ["node", "--test", ROOT / "tests" / "browser" / "page.test.mjs"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "TMPDIR": str(tmp_path),
                "CHROMIUM": str(CHROMIUM),
                "PAGE": page.address,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
