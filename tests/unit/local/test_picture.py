"""The picture of the live view shows a failure and the recovery, and loads nothing."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import timedelta

from local.observation.state import Snapshot
from local.run.picture import scenes, svg
from local.switches.names import ButtonName, PositionName, SwitchName
from local.switches.switch import Button, Panel, Position, Switch
from tests.support.watching import NOW, TOKEN, published
from token_rotator.contract import Outcome, Trigger
from token_rotator_cli.deployment.rotation_log import LoggedRotation

SVG = "{http://www.w3.org/2000/svg}"


class Rotator:
    """A rotator whose every rotation is logged two snapshots later."""

    def __init__(self) -> None:
        self.key: str = PositionName.WORKS
        self.acts: list[str] = []
        self._logged = [self._rotation()]
        self._pending: list[tuple[int, LoggedRotation]] = []
        self.panel = Panel(
            switches=[
                Switch(
                    SwitchName.KEY,
                    "Key",
                    [
                        Position(name=name, label=name, turn=lambda name=name: self._turn(name))  # type: ignore[misc]
                        for name in (PositionName.WORKS, PositionName.REVOKED)
                    ],
                )
            ],
            buttons=[Button(name=ButtonName.ROTATE, label="Rotate", press=self._rotate)],
        )

    def snapshots(self) -> Iterator[Snapshot]:
        for number in range(50):
            kept = LoggedRotation(at=NOW, trigger=Trigger.WATCHDOG, outcome=Outcome.KEPT)
            self._logged += [one for due, one in self._pending if due == number]
            self._pending = [(due, one) for due, one in self._pending if due > number]
            self._now = number
            yield Snapshot(
                at=NOW,
                published=published(),
                recent=(*self._logged, kept),
                outcomes={"published": 1},
                reads=1,
                reads_that_worked=1,
                worked=True,
            )

    def _turn(self, position: str) -> None:
        self.key = position
        self.acts.append(position)

    def _rotate(self) -> None:
        self.acts.append(ButtonName.ROTATE)
        self._pending.append((self._now + 2, self._rotation()))

    def _rotation(self) -> LoggedRotation:
        works = self.key == PositionName.WORKS
        return LoggedRotation(
            at=NOW + timedelta(seconds=1),
            trigger=Trigger.MANUAL,
            outcome=Outcome.PUBLISHED if works else Outcome.FAILED,
            error=None if works else "TokenRequestRefused",
            error_message=None if works else "The key is not accepted.",
        )


def drawn() -> tuple[Rotator, str]:
    rotator = Rotator()
    *_, last = scenes(rotator.panel, rotator.snapshots())
    return rotator, svg("/a/token", last)


def test_the_last_scene_has_a_failure_and_a_publication_after_it() -> None:
    rotator, picture = drawn()
    texts = "".join(ET.fromstring(picture).itertext()).replace("\xa0", " ")

    assert rotator.acts == [
        PositionName.REVOKED,
        ButtonName.ROTATE,
        PositionName.WORKS,
        ButtonName.ROTATE,
    ]
    first, failed, last = (m.start() for m in re.finditer("manual: (published|failed)", texts))
    assert texts[failed:last].startswith("manual: failed, TokenRequestRefused")
    assert first < failed < last
    assert TOKEN not in texts


def test_the_picture_loads_nothing_and_fits_into_a_page() -> None:
    _, picture = drawn()
    root = ET.fromstring(picture)

    assert re.findall(r"@font-face|@import|url\((?!#)|(?:xlink:)?href", picture) == []
    assert {tag.tag.removeprefix(SVG) for tag in root.iter()}.isdisjoint({"script", "image", "use"})
    assert "viewBox" in root.attrib
    assert len(picture) < 60_000
