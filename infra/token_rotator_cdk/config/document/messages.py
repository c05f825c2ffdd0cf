"""Turns pydantic's errors into messages with fixes."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from token_rotator_cdk.config.document.nesting import (
    KeyLocation,
    locate,
    nested_table,
    tables,
    value_at,
)
from token_rotator_cdk.config.issues import ConfigIssue, KeyPath, shown, table_name
from token_rotator_cdk.config.rules.rule import BROKEN_RULE, Unset

_NAME_PLACEHOLDER: Final = "NAME"
"""Placeholder for a table name that the user chooses."""

_ADD_ROTATOR: Final = f"add a table [rotators.{_NAME_PLACEHOLDER}]: there is none"

_TYPE_FIXES: Final[Mapping[str, str]] = {
    "string_type": 'write a string in quotes: "..."',
    "int_type": "write a whole number without quotes",
    "bool_type": "write true or false, without quotes",
    "tuple_type": 'write a list of strings: ["...", "..."]',
    "dict_type": 'write a table of strings: { name = "value" }',
}


def issue_of(error: ErrorDetails, *, root: type[BaseModel], document: object) -> ConfigIssue:
    """Converts an error of the model ``root``."""
    place = locate(root, error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(place, error["input"], root)
        case "missing":
            return _missing_key(place, root)
        case kind if nested_table(place.model, place.key) is not None:
            return _not_a_table(place, error)
        case kind if kind == BROKEN_RULE and place.is_name:
            *table, name = place.table
            value, fix = shown(name), error["ctx"]["fix"]
            return ConfigIssue(table=tuple(table), key="name", value=value, fix=fix)
    written = value_at(document, place.path)
    fix = _fix(error, written, is_entry=bool(place.within))
    return ConfigIssue(table=place.table, key=place.key, value=shown(written), fix=fix)


def _fix(error: ErrorDetails, written: object, *, is_entry: bool) -> str:
    kind = error["type"]
    if kind == BROKEN_RULE:
        return str(error["ctx"]["fix"])
    if kind == "enum":
        choices = re.findall("'([^']*)'", error["ctx"]["expected"])
        return f"write one of {', '.join(map(shown, choices))}"
    if is_entry:
        kind = "dict_type" if isinstance(written, Mapping) else "tuple_type"
    return _TYPE_FIXES.get(kind, error["msg"])


def _missing_key(place: KeyLocation, root: type[BaseModel]) -> ConfigIssue:
    inner = nested_table(place.model, place.key)
    if inner is not None:
        fix = _ADD_ROTATOR if inner.named else f"add the table [{table_name(place.path)}]"
        return ConfigIssue(table=place.path, fix=fix)
    field = place.model.model_fields[place.key]
    fix = f"write {place.key}: {one_line(field.description)}"
    for unset in _unset_marks(place.table, root):
        fix += f"; or leave out [{table_name(place.table)}]: {unset.default}"
    return ConfigIssue(table=place.table, key=place.key, fix=fix)


def one_line(description: str | None) -> str:
    """A setting's description on one line."""
    return " ".join((description or "").split()).removesuffix(".")


def _unset_marks(table: KeyPath, root: type[BaseModel]) -> Iterator[Unset]:
    if table:
        place = locate(root, table)
        field = place.model.model_fields.get(place.key)
        yield from (mark for mark in (field.metadata if field else ()) if isinstance(mark, Unset))


def _not_a_table(place: KeyLocation, error: ErrorDetails) -> ConfigIssue:
    value = shown(error["input"])
    inner = nested_table(place.model, place.key)
    template = f"[{table_name((*place.path, _NAME_PLACEHOLDER))}]"
    if place.within:
        fix = f"move the key into a table {template}"
        return ConfigIssue(table=place.path, key=place.within[0], value=value, fix=fix)
    if error["type"] == BROKEN_RULE:
        return ConfigIssue(table=place.path, fix=error["ctx"]["fix"])
    fix = (
        f"write a table {template} for each credential"
        if inner is not None and inner.named
        else f"write it as a table [{table_name(place.path)}]"
    )
    return ConfigIssue(table=place.table, key=place.key, value=value, fix=fix)


def _unknown_key(place: KeyLocation, written: Any, root: type[BaseModel]) -> ConfigIssue:
    known = place.model.model_fields
    similar = get_close_matches(place.key, known, n=1)
    if not place.table:
        fix = (
            f"write [{similar[0]}]"
            if similar
            else "the only tables are [stack] and [rotators.NAME]"
        )
    elif other_table := _keys_of_other_tables(place, root).get(place.key):
        fix = f"unknown key here; it belongs to [{table_name(other_table)}]"
    elif similar:
        fix = f"unknown key; did you mean {similar[0]}?"
    elif other := get_close_matches(place.key, _keys_of_other_tables(place, root), n=1):
        other_table = _keys_of_other_tables(place, root)[other[0]]
        fix = f"unknown key; did you mean {other[0]} in [{table_name(other_table)}]?"
    else:
        names = (
            f"[{table_name((*place.table, key))}]" if nested_table(place.model, key) else key
            for key in known
        )
        fix = f"unknown key; the known keys are {', '.join(names)}"
    return ConfigIssue(table=place.table, key=place.key, value=shown(written), fix=fix)


def _keys_of_other_tables(place: KeyLocation, root: type[BaseModel]) -> dict[str, KeyPath]:
    """The keys of other tables, each with the nearest table that has it."""
    top, *below = place.table
    inner = nested_table(root, top)
    name = below[0] if inner is not None and inner.named else _NAME_PLACEHOLDER
    others = [(path, model) for path, model in tables(root, name=name) if path]
    others.sort(key=lambda other: other[0][0] == top)
    return {key: path for path, model in others for key in model.model_fields}
