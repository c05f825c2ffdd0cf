"""Invocations are put together from log lines, and compared with the schedule's period."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from token_rotator.contract import Outcome, ReportField
from token_rotator_cli.deployment.rotation_log import LogEvent
from token_rotator_cli.live_check.concurrency import overlapping
from token_rotator_cli.live_check.invocations import Invocation, invocations_in, publications
from token_rotator_cli.live_check.schedule_accuracy import Regularity

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FOUR = timedelta(minutes=4)

ROTATION = json.dumps(
    {
        ReportField.REQUEST_ID: "r1",
        ReportField.TRIGGER: "schedule",
        ReportField.OUTCOME: "published",
        ReportField.PARAMETER_VERSION: 7,
        ReportField.EXPIRES_AT: "2026-11-24T12:05:00+00:00",
    }
)
JSON = (
    '{"type": "platform.start", "record": {"requestId": "r1", "version": "$LATEST"}}',
    ROTATION,
    (
        '{"type": "platform.report", "record": {"requestId": "r1", "status": "success", '
        '"metrics": {"durationMs": 812.5, "billedDurationMs": 813}}}'
    ),
)
TEXT = (
    "START RequestId: r1 Version: $LATEST",
    ROTATION,
    "REPORT RequestId: r1\tDuration: 812.5 ms\tBilled Duration: 813 ms\tMemory Size: 256 MB",
)


def seconds(*values: float) -> list[datetime]:
    return [NOON + timedelta(seconds=value) for value in values]


def events(*lines: str) -> list[LogEvent]:
    return [
        LogEvent(NOON + timedelta(milliseconds=number), line, "stream")
        for number, line in enumerate(lines)
    ]


def invocation(begins: float, lasts: float) -> Invocation:
    return Invocation(
        started_at=NOON + timedelta(seconds=begins), duration=timedelta(seconds=lasts)
    )


@pytest.mark.parametrize("lines", [JSON, TEXT], ids=["JSON", "text"])
def test_an_invocation_is_put_together_from_its_lines(lines: tuple[str, ...]):
    (found,) = invocations_in(events(*reversed(lines)))

    assert found.started_at == NOON + timedelta(milliseconds=2)
    assert found.duration == timedelta(milliseconds=812.5)
    assert found.rotation
    assert (found.rotation.trigger, found.rotation.parameter_version) == ("schedule", 7)
    assert publications([found]) == [found.rotation]


@pytest.mark.parametrize("line", ["", "{", "[]", '{"outcome": "kept"}', "END RequestId: r1"])
def test_other_lines_tell_of_no_invocation(line: str):
    assert invocations_in(events(line)) == []


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.PUBLISHED])
def test_a_rotation_that_wrote_nothing_is_no_publication_although_it_logs_a_version(outcome: str):
    line = json.dumps(json.loads(ROTATION) | {ReportField.OUTCOME: outcome})

    assert publications(invocations_in(events(JSON[0], line))) == []


def test_a_regular_schedule_has_no_jitter():
    found = Regularity.of(seconds(0, 240, 480), every=FOUR)

    assert ({*found.offsets}, found.lost, found.duplicates) == ({timedelta()}, 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_jitter_is_what_the_precision_allows_whatever_the_order(seed: int):
    dice = random.Random(seed)
    offsets = [dice.uniform(0, 59) for _ in range(100)]

    found = Regularity.of(seconds(*(240 * n + o for n, o in enumerate(offsets))), every=FOUR)

    assert max(found.offsets).total_seconds() == pytest.approx(
        max(offsets) - min(offsets), abs=1e-3
    )
    assert (found.lost, found.duplicates, found.invocations) == (0, 0, 100)


def test_lost_and_repeated_invocations_are_counted():
    found = Regularity.of(seconds(0, 240, 243, 960, 1210), every=FOUR)

    assert (found.lost, found.duplicates) == (2, 1)
    assert max(found.offsets) == timedelta(seconds=10)


def test_an_invocation_overlaps_with_any_that_has_not_ended():
    found = [invocation(0, 50), invocation(10, 1), invocation(20, 1), invocation(50, 1)]

    assert [one.started_at for one, _ in overlapping(found)] == seconds(10, 20)
