"""What the rotator writes, readers read; whatever else is there, they refuse."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.clock import NOON
from token_rotator.parameter.record import Record, RecordUnreadable, limit_expiry

moments = st.integers(0, 10**11).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(token=st.text(min_size=1), issued_at=moments, lifetime=st.integers(0, 10**8))
def test_a_record_survives_the_parameter(token: str, issued_at: datetime, lifetime: int):
    record = Record(
        access_token=token,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(seconds=lifetime),
    )

    assert Record.from_json(record.to_json()) == record


def test_the_documented_fields_and_no_others():
    record = Record(access_token="abc", issued_at=NOON, expires_at=NOON + timedelta(seconds=300))

    assert json.loads(record.to_json()) == {
        "access_token": "abc",
        "token_type": "Bearer",
        "issued_at": int(NOON.timestamp()),
        "expires_at": int(NOON.timestamp()) + 300,
        "refresh_after": int(NOON.timestamp()) + 240,
    }


def test_a_short_life_is_refreshed_from_the_start():
    record = Record(access_token="abc", issued_at=NOON, expires_at=NOON + timedelta(seconds=30))

    assert record.refresh_after == NOON


def test_fields_that_come_later_are_allowed():
    document = json.loads(Record(access_token="a", issued_at=NOON, expires_at=NOON).to_json())

    assert Record.from_json(json.dumps(document | {"scope": "read"})).access_token == "a"


@pytest.mark.parametrize(
    "change",
    [
        {"access_token": ""},
        {"access_token": None},
        {"token_type": 7},
        {"expires_at": "1795435500"},
        {"expires_at": True},
        {"expires_at": 1.5},
        {"expires_at": 10**40},
        {"issued_at": None},
    ],
)
def test_a_field_of_the_wrong_kind_makes_no_record(change: dict[str, object]):
    document = json.loads(Record(access_token="a", issued_at=NOON, expires_at=NOON).to_json())

    with pytest.raises(RecordUnreadable):
        Record.from_json(json.dumps(document | change))


@given(st.text() | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps))
def test_any_other_text_is_unreadable_and_not_shown(value: str):
    with pytest.raises(RecordUnreadable) as caught:
        Record.from_json(value)

    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert "parameter" in str(caught.value)


def test_a_record_prints_without_its_token():
    record = Record(access_token="sentinel", issued_at=NOON, expires_at=NOON)

    assert "sentinel" not in f"{record} {record!r}"


@given(issued_at=moments, expires_at=moments, written_at=moments, lifetime=st.integers(30, 10**6))
def test_whatever_a_record_says_it_lives_one_configured_lifetime_at_most(
    issued_at: datetime, expires_at: datetime, written_at: datetime, lifetime: int
):
    record = Record(access_token="a", issued_at=issued_at, expires_at=expires_at)
    longest = timedelta(seconds=lifetime)

    believed = limit_expiry(record, written_at=written_at, token_lifetime=longest).expires_at

    assert believed <= expires_at
    assert believed <= issued_at + longest
    assert believed <= written_at + longest
    assert believed in {expires_at, issued_at + longest, written_at + longest}
