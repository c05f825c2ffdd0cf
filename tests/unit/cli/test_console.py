"""A terminal gets wrapped text and progress; a pipe gets whole lines and nothing else."""

import io

import pytest

from token_rotator_cli.console import Console

LONG = "word " * 40


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=[80, 120])
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def test_on_a_terminal_the_last_column_is_wrapped_below_itself(columns: int):
    console = Console(out=Terminal(), err=Terminal())

    console.row("ok", "key", LONG, widths=(7, 9))

    first, *others = console.out.getvalue().splitlines()  # type: ignore[attr-defined]
    assert first.startswith("ok       key        word word")
    assert len(others) == -(-len(LONG.strip()) // (columns - 20)) - 1
    for line in (first, *others):
        assert len(line) <= columns
    for line in others:
        assert line.startswith(" " * 20 + "word")


def test_a_pipe_gets_one_line_whatever_its_length():
    console = Console(out=io.StringIO(), err=io.StringIO())

    console.row("ok", "key", LONG, widths=(7, 9))

    assert console.out.getvalue() == f"ok       key        {LONG}\n"  # type: ignore[attr-defined]


def test_progress_is_for_terminals_and_leaves_nothing_on_the_line(columns: int):
    terminal = Terminal()

    with Console(out=io.StringIO(), err=terminal).progress("Waiting " * 30):
        during = terminal.getvalue()

    assert during.startswith("\rWaiting")
    assert len(during) <= columns
    _, _, blank, end = terminal.getvalue().split("\r")
    assert blank == " " * (len(during) - 1)
    assert end == ""


def test_progress_on_a_pipe_is_silent():
    pipe = io.StringIO()

    with Console(out=io.StringIO(), err=pipe).progress("Waiting"):
        pass

    assert pipe.getvalue() == ""
