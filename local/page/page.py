"""The page of a running system."""

from collections.abc import Mapping
from typing import Final, Self

from local.alarms.alarms import Alarms
from local.observation.state import Snapshot
from local.page import document
from local.page.server import PageServer
from local.page.token_history import TokenHistory
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
        self._history = TokenHistory()
        self._snapshot_document: Mapping[str, object] = {}
        self._server = PageServer(
            port=port,
            state=self._state,
            actions={"/turn": panel.turn, "/press": panel.press},
        )
        self.address: Final = self._server.address

    def show(self, snapshot: Snapshot) -> None:
        """Makes this snapshot the newest one."""
        self._snapshot_document = document.snapshot_document(
            snapshot,
            parameter_name=self._parameter_name,
            history=self._history.add(snapshot.published, at=snapshot.at),
            alarm_periods=self._alarms.alarm_periods(snapshot.at),
            meanings=self._alarms.meanings,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def _state(self) -> dict[str, object]:
        return {**self._snapshot_document, **document.controls(self._panel)}
