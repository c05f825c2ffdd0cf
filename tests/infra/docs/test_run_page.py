"""The page about `make run` has every switch with its positions, every variable, real alarms."""

import re
from unittest.mock import MagicMock

from local import ROOT
from local.process.ports import IDENTITY_PROVIDER, LOCAL_AWS, PAGE
from local.switches.panel import panel_of
from token_rotator_cdk.constructs.monitoring.texts import TEXTS

FILE = ROOT / "docs" / "start" / "run.md"
TEXT = FILE.read_text(encoding="utf-8")
PANEL = panel_of(
    MagicMock(), aws=MagicMock(), proxy=MagicMock(), idp=MagicMock(), account=MagicMock()
)


def rows(heading: str) -> list[list[str]]:
    """The table whose first column has this heading."""
    table = TEXT.split(f"| {heading} |")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def test_the_table_has_every_position_in_which_something_fails():
    assert [(switch, position) for switch, position, _ in rows("switch")] == [
        (switch.label if position is switch.positions[1] else "", position.label)
        for switch in PANEL.switches
        for position in switch.positions[1:]
    ]


def test_what_it_tells_to_press_is_on_the_panel():
    labels = {
        *(button.label for button in PANEL.buttons),
        *(switch.label for switch in PANEL.switches),
        *(position.label for switch in PANEL.switches for position in switch.positions),
    }

    told = set(re.findall(r"(?<!\*)\*([A-Z][^*\n]+|is [^*\n]+)\*", TEXT))

    assert told
    assert told <= labels


def test_the_alarms_that_it_names_exist():
    named = set(re.findall(r"\b([A-Z][a-z]+(?:[A-Z][a-z]+)+) fires", TEXT))

    assert named
    assert named <= TEXTS.keys()


def test_the_variables_and_their_defaults_are_told():
    assert [(name, port) for name, port, _ in rows("variable")] == [
        (f"`{one.name}`", str(one.default)) for one in (LOCAL_AWS, IDENTITY_PROVIDER, PAGE)
    ]


def test_the_pictures_are_small():
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", TEXT)

    assert len(pictures) == 4
    for picture in pictures:
        assert (FILE.parent / picture).stat().st_size < 100_000
