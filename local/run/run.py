"""The steps of `make run`: start the system, then show the rotator's work."""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from local import ROOT
from local.aws.deployment import DeploymentFailed, Rotator
from local.aws.emulator import LocalAws, LocalAwsFailed
from local.aws.fault_proxy import FaultProxyFailed
from local.observation.state import Observer, Snapshot
from local.page.page import Page
from local.process import ports
from local.process.environment import CREDENTIALS, REGION
from local.process.ports import PortUnusable, claim
from local.run.picture import scenes, svg
from local.run.start import CONFIG, Failed, Start, explain_port_taken
from local.run.system import LocalSystem
from local.run.view import View

ONCE_SECONDS: Final = 180
_INTERVAL_SECONDS: Final = 1.0


class Run:
    """One run of `make run`."""

    def __init__(
        self,
        console: Console,
        environment: Mapping[str, str],
        *,
        once: bool,
        picture: Path | None = None,
        seconds: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._console = console
        self._environment = environment
        self._once = once
        self._picture = picture
        self._seconds, self._sleep = seconds, sleep
        self._started = seconds()

    def run(self) -> None:
        """Runs until Ctrl-C, until a consumer has used a token, or until there is a picture.

        Raises Failed. All started processes have ended when it returns or raises.
        """
        with ExitStack() as stack:
            # a second Ctrl-C must not interrupt the cleanup after the first one
            stack.callback(signal.signal, signal.SIGINT, signal.getsignal(signal.SIGINT))
            try:
                self._run(stack)
            except (PortUnusable, DeploymentFailed, LocalAwsFailed, FaultProxyFailed) as error:
                raise Failed(str(error)) from error
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _run(self, stack: ExitStack) -> None:
        page_port = 0 if self._once or self._picture else self._page_port()
        system = Start(
            stack=stack,
            environment=self._environment,
            say=self._say,
            remaining_seconds=self._remaining_seconds,
        ).system()
        observer = system.observer()
        if self._picture:
            self._draw(self._picture, system, observer)
        elif self._once:
            self._await_first_use(observer, system.rotator)
        else:
            with explain_port_taken(ports.PAGE):
                page = stack.enter_context(system.page(page_port))
            self._show(system, observer, page)

    def _page_port(self) -> int:
        """Claimed before the deployment, which takes longer."""
        with explain_port_taken(ports.PAGE):
            return claim(ports.PAGE.read(self._environment))

    def _show(self, system: LocalSystem, observer: Observer, page: Page) -> None:
        self._console.print(_hint(system, page), markup=False, highlight=False, soft_wrap=True)
        with suppress(KeyboardInterrupt):  # the usual way to end it
            View(self._console, parameter_name=system.rotator.parameter_name).show(
                _show_on_page(self._snapshots(observer, system.aws), page)
            )
        self._say("Stopping everything.")

    def _draw(self, file: Path, system: LocalSystem, observer: Observer) -> None:
        snapshots = self._snapshots(observer, system.aws)
        *_, last = scenes(system.panel(), snapshots)
        file.write_text(svg(system.rotator.parameter_name, last), encoding="utf-8")
        self._say(f"The live view is in {file}.")

    def _await_first_use(self, observer: Observer, rotator: Rotator) -> None:
        while self._elapsed() < ONCE_SECONDS:
            snapshot = observer.observe(datetime.now(UTC))
            if snapshot.published is not None and snapshot.reads_that_worked:
                self._console.print(
                    f"A consumer read {rotator.parameter_name} (version "
                    f"{snapshot.published.version}) and used the token "
                    f"{snapshot.published.token_fingerprint} on the protected resource, "
                    f"{self._elapsed():.1f} seconds after the start.",
                    soft_wrap=True,
                    highlight=False,
                )
                return
            self._sleep(0.2)
        raise Failed(
            f"No working token was in {rotator.parameter_name} within {ONCE_SECONDS} seconds. "
            f"{observer.reason_for_no_token()}"
        )

    def _snapshots(self, observer: Observer, aws: LocalAws) -> Iterator[Snapshot]:
        while aws.is_running():
            yield observer.observe(datetime.now(UTC))
            if self._remaining_seconds() == 0:
                raise Failed(f"The view was not complete within {ONCE_SECONDS} seconds.")
            self._sleep(_INTERVAL_SECONDS)
        raise Failed("The local AWS ended unexpectedly.")

    def _remaining_seconds(self) -> float | None:
        limited = self._once or self._picture
        return max(0.0, ONCE_SECONDS - self._elapsed()) if limited else None

    def _elapsed(self) -> float:
        return self._seconds() - self._started

    def _say(self, text: str) -> None:
        self._console.print(
            f"{self._elapsed():5.1f} s  {text}", markup=False, highlight=False, soft_wrap=True
        )


def _show_on_page(snapshots: Iterator[Snapshot], page: Page) -> Iterator[Snapshot]:
    for snapshot in snapshots:
        page.show(snapshot)
        yield snapshot


def _hint(system: LocalSystem, page: Page) -> str:
    return (
        f"\nIn a browser, with switches that make things fail: {page.address}\n"
        "\nTo inspect the system:\n"
        f"  export AWS_ENDPOINT_URL={system.aws.endpoint_url} AWS_REGION={REGION}\n"
        f"  export AWS_ACCESS_KEY_ID={CREDENTIALS} AWS_SECRET_ACCESS_KEY={CREDENTIALS}\n"
        "  aws ssm get-parameter --with-decryption --name "
        f"{system.rotator.parameter_name}\n"
        f"  aws logs tail {system.rotator.log_group}\n"
        f"  .venv/bin/token-rotator check --config {CONFIG.relative_to(ROOT)}\n"
    )
