"""The JSON Schema accepts what the loader accepts, and refuses what an editor can know."""

import json
import tomllib
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from local import ROOT
from tests.infra.config.test_accepted import uncommented
from token_rotator_cdk.config.document.nesting import tables
from token_rotator_cdk.config.models.deployment import Deployment

SCHEMA = json.loads((ROOT / "rotators.schema.json").read_text(encoding="utf-8"))
TABLES = [path for path, _ in tables(Deployment, name="marketing")]
KEYS = [
    (path, key)
    for path, model in tables(Deployment, name="marketing")
    for key in model.model_fields
]


def refused(document: Any) -> list[str]:
    found = Draft202012Validator(SCHEMA).iter_errors(document)
    return [".".join(map(str, error.absolute_path)) for error in found]


def everything() -> dict[str, Any]:
    return tomllib.loads(uncommented())


def changed(path: tuple[str, ...], key: str, value: object) -> dict[str, Any]:
    document = table = everything()
    for name in path:
        table = table[name]
    table[key] = value
    return document


def test_it_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("file", ["rotators.toml", "local/rotators.toml"])
def test_it_is_named_in_the_first_line_of_the_file_and_accepts_it(file):
    text = (ROOT / file).read_text(encoding="utf-8")

    directive, schema = text.splitlines()[0].split()
    assert directive == "#:schema"
    assert ((ROOT / file).parent / schema).resolve() == ROOT / "rotators.schema.json"
    assert refused(tomllib.loads(text)) == []


def test_it_accepts_every_example_of_the_sample():
    assert refused(everything()) == []


@pytest.mark.parametrize("path", TABLES, ids=".".join)
def test_it_refuses_an_unknown_key_in_every_table(path):
    assert refused(changed(path, "colour", 1)) == [".".join(path)]


@pytest.mark.parametrize(("path", "key"), KEYS)
def test_it_refuses_a_date_for_every_key(path, key):
    assert ".".join((*path, key)) in refused(changed(path, key, date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("interval_minutes", 0),
        ("interval_minutes", 721),
        ("interval_minutes", "4"),
        ("interval_minutes", True),
        ("memory_mb", 127),
        ("token_lifetime_seconds", 29),
        ("watchdog_min_remaining_seconds", 119),
        ("log_retention_days", 31),
        ("value_format", "json"),
        ("share_with", ["somebody"]),
        ("share_with", ["111122223333", "111122223333"]),
        ("parameter_name", "marketing/token"),
        ("stack", "9"),
    ],
)
def test_it_refuses_what_is_out_of_range(key, value):
    (place, *_) = refused(changed(("rotators", "marketing"), key, value))

    assert place.startswith(f"rotators.marketing.{key}")


def test_it_refuses_a_rotators_name_that_the_loader_refuses():
    document = everything()
    document["rotators"]["Marketing-1"] = {"parameter_name": "/a"}

    assert refused(document) == ["rotators"]


def test_every_key_says_what_it_means_and_what_its_default_is():
    for path, model in tables(Deployment, name="NAME"):
        properties = SCHEMA["$defs"].get(model.__name__, SCHEMA)["properties"]
        for key, field in model.model_fields.items():
            assert properties[key]["description"], (path, key)
            known = "default" in properties[key] or "Default: " in properties[key]["description"]
            of_maps = key in {"tags", "claims", "headers"}
            assert known or field.is_required() or "$ref" in properties[key] or of_maps
