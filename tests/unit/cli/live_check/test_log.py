"""What a log tells: when runs began, how long they took, and how regular that is."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from token_rotator_cli.live_check.concurrency import overlapping
from token_rotator_cli.live_check.invocations import Invocation, told
from token_rotator_cli.live_check.schedule_accuracy import Rhythm

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FOUR = timedelta(minutes=4)

JSON = (
    '{"type": "platform.start", "record": {"requestId": "r1", "version": "$LATEST"}}',
    (
        '{"message": "rotation", "function_request_id": "r1", "trigger": "schedule", '
        '"outcome": "published", "parameter_version": 7, "expires_at": "2026-11-24T12:05:00+00:00"}'
    ),
    (
        '{"type": "platform.report", "record": {"requestId": "r1", "status": "success", '
        '"metrics": {"durationMs": 812.5, "billedDurationMs": 813}}}'
    ),
)
TEXT = (
    "START RequestId: r1 Version: $LATEST",
    JSON[1],
    "REPORT RequestId: r1\tDuration: 812.5 ms\tBilled Duration: 813 ms\tMemory Size: 256 MB",
)


def seconds(*values: float) -> list[datetime]:
    return [NOON + timedelta(seconds=value) for value in values]


def run(begins: float, lasts: float) -> Invocation:
    return Invocation(
        started_at=NOON + timedelta(seconds=begins), duration=timedelta(seconds=lasts)
    )


@pytest.mark.parametrize("lines", [JSON, TEXT], ids=["JSON", "text"])
def test_an_invocation_is_put_together_from_its_lines(lines: tuple[str, ...]):
    at = int(NOON.timestamp() * 1000)

    (found,) = told((at + number, line) for number, line in enumerate(reversed(lines)))

    assert found.started_at == NOON + timedelta(milliseconds=2)
    assert found.duration == timedelta(milliseconds=812.5)
    assert (found.trigger, found.parameter_version) == ("schedule", 7)
    assert found.published


@pytest.mark.parametrize("line", ["", "{", "[]", '{"outcome": "kept"}', "END RequestId: r1"])
def test_other_lines_tell_of_no_invocation(line: str):
    assert told([(0, line)]) == []


def test_a_regular_schedule_has_no_jitter():
    rhythm = Rhythm.of(seconds(0, 240, 480), every=FOUR)

    assert (rhythm.jitter, rhythm.lost, rhythm.duplicates) == (timedelta(), 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_jitter_is_what_the_precision_allows_whatever_the_order(seed: int):
    dice = random.Random(seed)
    offsets = [dice.uniform(0, 59) for _ in range(100)]

    rhythm = Rhythm.of(seconds(*(240 * n + o for n, o in enumerate(offsets))), every=FOUR)

    assert rhythm.jitter.total_seconds() == pytest.approx(max(offsets) - min(offsets), abs=1e-3)
    assert (rhythm.lost, rhythm.duplicates, rhythm.firings) == (0, 0, 100)


def test_lost_and_repeated_firings_are_counted():
    rhythm = Rhythm.of(seconds(0, 240, 243, 960, 1210), every=FOUR)

    assert (rhythm.lost, rhythm.duplicates) == (2, 1)
    assert rhythm.jitter == timedelta(seconds=10)


def test_runs_overlap_with_any_that_has_not_ended():
    runs = [run(0, 50), run(10, 1), run(20, 1), run(50, 1)]

    assert [one.started_at for one, _ in overlapping(runs)] == seconds(10, 20)
