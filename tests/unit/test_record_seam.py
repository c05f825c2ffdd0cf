"""Seam between the rotator's writer and the consumers' reader of the published record."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_reader import AccessToken
from token_reader import record as reader
from token_rotator.parameter.record import Record, RecordUnreadable

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RECORD = Record(access_token="eyJ.a.b", issued_at=NOW, expires_at=NOW + timedelta(seconds=300))
FIELDS: dict[str, object] = json.loads(RECORD.to_json())


def _record(token: str, token_type: str, issued_at: int, lifetime: int) -> Record:
    return Record(
        access_token=token,
        token_type=token_type,
        issued_at=datetime.fromtimestamp(issued_at, UTC),
        expires_at=datetime.fromtimestamp(issued_at + lifetime, UTC),
    )


records = st.builds(
    _record,
    token=st.text(min_size=1, max_size=40),
    token_type=st.text(min_size=1, max_size=10),
    issued_at=st.integers(0, 2**33),
    lifetime=st.integers(0, 100_000),
)
times = st.integers(-(10**12), 10**12) | st.sampled_from([-62135596800, -62135596790, 253402300799])
values = (
    times
    | st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=3)
    | st.lists(st.none(), max_size=1)
    | st.dictionaries(st.text(max_size=3), st.none(), max_size=1)
)
damaged = st.one_of(
    st.dictionaries(st.sampled_from(sorted(FIELDS)), values, min_size=1, max_size=3).map(
        lambda changes: json.dumps(FIELDS | changes)
    ),
    st.sets(st.sampled_from(sorted(FIELDS)), min_size=1).map(
        lambda missing: json.dumps({k: v for k, v in FIELDS.items() if k not in missing})
    ),
    st.tuples(st.integers(0, 200), st.text(max_size=3)).map(
        lambda cut: RECORD.to_json()[: cut[0]] + cut[1]
    ),
    values.map(json.dumps),
    st.text(max_size=40),
    st.integers(1, 60_000).map(lambda depth: "[" * depth),
    st.just('{"issued_at": ' + "9" * 5000),
)


def as_the_function_reads_it(value: str) -> Record | None:
    try:
        return Record.from_json(value)
    except RecordUnreadable:
        return None


@given(record=records)
def test_the_reader_reads_every_record_that_the_function_writes(record: Record):
    assert reader.parse(record.to_json()) == AccessToken(
        value=record.access_token,
        token_type=record.token_type,
        issued_at=record.issued_at,
        expires_at=record.expires_at,
        refresh_after=record.refresh_after,
    )


@given(record=records)
def test_the_function_reads_every_record_that_it_writes(record: Record):
    assert Record.from_json(record.to_json()) == record


@given(value=damaged)
def test_both_refuse_the_same_damaged_values_and_read_the_others_alike(value: str):
    ours, theirs = as_the_function_reads_it(value), reader.parse(value)

    assert (ours is None) == (theirs is None)
    if ours is not None and theirs is not None:
        assert (theirs.value, theirs.token_type) == (ours.access_token, ours.token_type)
        assert theirs.expires_at == ours.expires_at
        assert theirs.refresh_after <= theirs.expires_at


@pytest.mark.parametrize("field", ["access_token", "token_type", "issued_at", "expires_at"])
def test_both_require_the_same_fields(field: str):
    incomplete = json.dumps({name: value for name, value in FIELDS.items() if name != field})

    assert as_the_function_reads_it(incomplete) is None
    assert reader.parse(incomplete) is None


def test_the_published_refresh_after_is_what_the_reader_computes():
    read = reader.parse(RECORD.to_json())

    assert read is not None
    assert FIELDS["refresh_after"] == read.refresh_after.timestamp()
    assert FIELDS.keys() == {
        *("access_token", "token_type"),
        *("issued_at", "expires_at", "refresh_after"),
    }


def test_both_ignore_unknown_fields():
    extended = json.dumps(FIELDS | {"scope": "reports"})

    assert as_the_function_reads_it(extended) == RECORD
    assert reader.parse(extended) == reader.parse(RECORD.to_json())
