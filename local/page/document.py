"""The state of the system as the page shows it, in JSON's types. Times are seconds since 1970."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from local.alarms.alarms import AlarmPeriod
from local.observation.consumer import Published
from local.observation.state import Snapshot
from local.page.token_history import HISTORY, TokenSpan
from local.switches.switch import Panel
from token_rotator_cli.deployment.rotation_log import LoggedRotation


def snapshot_document(
    snapshot: Snapshot,
    *,
    parameter_name: str,
    history: Sequence[TokenSpan],
    alarm_periods: Mapping[str, Sequence[AlarmPeriod]],
    meanings: Mapping[str, str],
) -> dict[str, object]:
    """What was observed at the moment of the snapshot. It holds no token and no key."""
    return {
        "at": snapshot.at.timestamp(),
        "parameter_name": parameter_name,
        "published": _published(snapshot.published),
        "worked": snapshot.worked,
        "reads": snapshot.reads,
        "reads_that_worked": snapshot.reads_that_worked,
        "shown_seconds": HISTORY.total_seconds(),
        "life": [
            {"begins": span.begins.timestamp(), "expires_at": _second(span.expires_at)}
            for span in history
        ],
        "rotations": [_rotation(entry) for entry in snapshot.recent],
        "alarms": [
            {"name": name, "means": meanings[name], "periods": _times(times)}
            for name, times in alarm_periods.items()
        ],
    }


def controls(panel: Panel) -> dict[str, object]:
    """The switches, their positions, and the buttons."""
    return {
        "switches": [
            {
                "name": switch.name,
                "label": switch.label,
                "now": switch.now,
                "positions": [
                    {"name": position.name, "label": position.label}
                    for position in switch.positions
                ],
            }
            for switch in panel.switches
        ],
        "buttons": [{"name": one.name, "label": one.label} for one in panel.buttons],
    }


def _published(published: Published | None) -> dict[str, object] | None:
    if published is None:
        return None
    return {
        "version": published.version,
        "fingerprint": published.token_fingerprint,
        "issued_at": published.issued_at.timestamp(),
        "expires_at": published.expires_at.timestamp(),
    }


def _rotation(entry: LoggedRotation) -> dict[str, object]:
    return {
        "at": entry.at.timestamp(),
        "trigger": entry.trigger,
        "outcome": entry.outcome,
        "error": entry.error,
        "error_message": entry.error_message,
        "version": entry.parameter_version,
        "fingerprint": entry.token_fingerprint,
        "previous_key_used": entry.previous_key_used,
    }


def _times(times: Iterable[AlarmPeriod]) -> list[dict[str, float | None]]:
    return [{"begins": one.begins.timestamp(), "ends": _second(one.ends)} for one in times]


def _second(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
