"""Any parameter value gives a record or an error that does not show the value."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.support.leaks import Secrets
from token_rotator.parameter.record import Record, RecordUnreadable

TOKEN = "kR3v0LgB5nQ1sentinelpX8"
SECRETS = Secrets()
SECRETS.add("a token", TOKEN)

values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.just(TOKEN)
)
fields = st.sampled_from(["access_token", "token_type", "issued_at", "expires_at"])
good = {"access_token": TOKEN, "token_type": "Bearer", "issued_at": 1, "expires_at": 301}
documents = st.one_of(
    st.dictionaries(fields, values, max_size=3).map(lambda changes: json.dumps(good | changes)),
    st.text(max_size=40).map(lambda text: text + TOKEN),
    st.integers(1, 60_000).map(lambda depth: "[" * depth),
    st.tuples(st.integers(0, 120), st.text(max_size=3)).map(
        lambda cut: json.dumps(good)[: cut[0]] + cut[1]
    ),
    st.just('{"issued_at": ' + "9" * 5000),
)


@given(value=documents)
def test_any_parameter(value: str):
    try:
        shown = repr(Record.from_json(value))
    except RecordUnreadable as error:
        shown = f"{error} {error!r} {error.args} {vars(error)}"

    assert SECRETS.shown_in(shown) == set()
