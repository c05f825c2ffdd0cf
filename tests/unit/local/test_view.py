"""The live view shows the parameter's state and the rotations, but no token."""

import io

from rich.console import Console

from local.followed_log import FollowedLog
from local.idp.service_account import fingerprint
from local.observation.consumer import Use
from local.observation.state import Observer, Snapshot
from local.run.view import View
from tests.support.watching import NOW, TOKEN, Consumers, Logs, worked


def observer(logs: Logs, *uses: Use) -> Observer:
    return Observer(
        consumer=Consumers(*uses or (worked(),)),
        log=FollowedLog(logs, log_group="/group"),
    )


def shown(*snapshots: Snapshot, terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120, color_system=None)
    View(console, parameter_name="/a/token").show(iter(snapshots))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_rotation_before_the_key_was_stored_is_not_a_failure() -> None:
    logs = Logs()
    logs.log(NOW, outcome="waiting")

    snapshot = observer(logs).observe(NOW)

    assert snapshot.outcomes == {"waiting": 1}
    assert snapshot.last_failure is None


def test_the_publisher_is_the_rotation_of_the_published_token() -> None:
    logs = Logs()
    there = fingerprint(TOKEN)
    logs.log(NOW, trigger="watchdog", outcome="published", token_fingerprint=there)
    logs.log(NOW, "b", trigger="schedule", outcome="published", token_fingerprint="overwritten")

    snapshot = observer(logs).observe(NOW)

    assert snapshot.published_by is not None
    assert snapshot.published_by.trigger == "watchdog"


def test_reads_count_from_the_first_token_on() -> None:
    gone = Use(published=None)
    watching = observer(Logs(), gone, worked(), gone)

    counts = [(seen.reads, seen.reads_that_worked) for seen in map(watching.observe, [NOW] * 3)]

    assert counts == [(0, 0), (1, 1), (2, 1)]


def test_the_panel_shows_version_fingerprint_age_and_remaining_life_but_no_token() -> None:
    logs = Logs()
    logs.log(
        NOW,
        trigger="schedule",
        outcome="published",
        parameter_version=3,
        token_fingerprint=fingerprint(TOKEN),
    )

    panel = shown(observer(logs, worked(version=3, seconds_left=240)).observe(NOW), terminal=True)

    for expected in ("/a/token", fingerprint(TOKEN), "60 s", "240 s", "schedule, ", "1 of 1 reads"):
        assert expected in panel
    assert TOKEN not in panel


def test_the_panel_says_that_a_token_has_expired() -> None:
    assert "expired" in shown(observer(Logs(), worked(seconds_left=-1)).observe(NOW), terminal=True)


def test_before_the_first_token_the_panel_says_so() -> None:
    panel = shown(observer(Logs(), Use(published=None)).observe(NOW), terminal=True)

    assert "none yet" in panel
    assert "waits for the first token" in panel


def test_without_a_terminal_there_is_one_line_for_each_rotation_and_each_failed_read() -> None:
    logs = Logs()
    watching = observer(logs, worked(), worked(), Use(published=None))
    snapshots = [watching.observe(NOW)]
    logs.log(
        NOW,
        trigger="schedule",
        outcome="failed",
        error="IdentityProviderDown",
        error_message="it answered 503",
    )
    snapshots += [watching.observe(NOW), watching.observe(NOW)]

    lines = shown(*snapshots, terminal=False).splitlines()

    assert [line.partition("  ")[2] for line in lines] == [
        "schedule: failed, IdentityProviderDown: it answered 503",
        "a consumer found no working token",
    ]


def test_the_reason_for_no_token_is_the_newest_error_or_the_end_of_the_log() -> None:
    silent, telling = Logs(), Logs()
    silent.lines.append((NOW, "a", "ModuleNotFoundError: no module named jwt"))
    telling.log(NOW, outcome="failed", error="CredentialError", error_message="no key in it")

    reasons = []
    for logs in (silent, telling):
        watching = observer(logs)
        watching.observe(NOW)
        reasons.append(watching.reason_for_no_token())

    assert "ModuleNotFoundError: no module named jwt" in reasons[0]
    assert reasons[1] == "CredentialError: no key in it"
