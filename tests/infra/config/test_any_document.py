"""Any document is read, or its issues are named; the schema accepts every one that is read."""

import copy
import json
import tomllib
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from local import ROOT
from tests.infra.config.test_accepted import uncommented
from token_rotator_cdk.config.document.check import check
from token_rotator_cdk.config.document.nesting import tables
from token_rotator_cdk.config.load import issues_of
from token_rotator_cdk.config.models.deployment import Deployment

SCHEMA = Draft202012Validator(
    json.loads((ROOT / "rotators.schema.json").read_text(encoding="utf-8"))
)
SAMPLE = tomllib.loads(uncommented().replace('profile = "intelligence"', 'profile = "jwt-bearer"'))
PLACES = [path for path, _ in tables(Deployment, name="marketing")]
KEYS = sorted({key for _, model in tables(Deployment, name="a") for key in model.model_fields})
TEXTS = [
    *("/a/b", "a", "tokens", "9", "rfc7523", "intelligence", "RS256", "ES256", "record", "query"),
    *("https://idp.example.com", "http://localhost/t", "arn:aws:sns:eu-west-1:111122223333:t"),
    *("arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf", "eu-west-1", "111122223333"),
    *("arn:aws:kms:eu-west-2:111122223333:key/a", "a@example.com", ""),
]

keys = st.sampled_from([*KEYS, "b-c", "B", "[key]", ""]) | st.text(max_size=5)
plain = (
    st.booleans()
    | st.integers(-1, 800)
    | st.floats()
    | st.just(date(2026, 1, 1))
    | st.sampled_from(TEXTS)
    | st.text(max_size=20)
)
values = (
    plain
    | st.lists(plain, max_size=3)
    | st.dictionaries(keys, plain | st.dictionaries(keys, plain, max_size=2), max_size=3)
)
changes = st.lists(st.tuples(st.sampled_from(PLACES), keys, st.none() | values), max_size=4)


def changed(document: dict[str, Any], path: tuple[str, ...], key: str, value: object) -> None:
    """Sets a key, or takes it out for None; nothing where an earlier change took the table out."""
    table: Any = document
    for name in path:
        table = table.get(name) if isinstance(table, dict) else None
    if isinstance(table, dict):
        table.pop(key, None)
        if value is not None:
            table[key] = value


@settings(max_examples=200, deadline=None)
@given(changes)
def test_a_document_is_read_or_its_issues_are_named(asked: list[Any]):
    document = copy.deepcopy(SAMPLE)
    for path, key, value in asked:
        changed(document, path, key, value)

    checked = check(Deployment, document)
    issues = issues_of(checked)

    assert all(str(issue) for issue in issues)
    if not issues:
        assert Deployment.model_validate(document) == checked.value
        assert [*SCHEMA.iter_errors(document)] == []
