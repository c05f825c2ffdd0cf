"""The page of a running system."""

from collections.abc import Mapping
from typing import Final, Self

from local.alarms.alarms import Alarms
from local.observation.state import Snapshot
from local.page import document
from local.page.life import Life
from local.page.server import PageServer
from local.switches.switch import Panel


class Page:
    """Shows the newest snapshot in any number of browsers."""

    def __init__(
        self,
        *,
        port: int,
        parameter_name: str,
        alarms: Alarms,
        panel: Panel,
    ) -> None:
        """Starts the server. Port 0 means any free port. Raises PortTaken."""
        self._parameter_name = parameter_name
        self._alarms = alarms
        self._panel = panel
        self._life = Life()
        self._seen: Mapping[str, object] = {}
        self._server = PageServer(
            port=port,
            state=self._state,
            acts={"/turn": panel.turn, "/press": panel.press},
        )
        self.address: Final = self._server.address

    def show(self, snapshot: Snapshot) -> None:
        """Makes this snapshot the newest one."""
        self._seen = document.seen(
            snapshot,
            parameter_name=self._parameter_name,
            life=self._life.saw(snapshot.published, at=snapshot.at),
            ringing=self._alarms.ringing(snapshot.at),
            meanings=self._alarms.meanings,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _state(self) -> dict[str, object]:
        return {**self._seen, **document.controls(self._panel)}
