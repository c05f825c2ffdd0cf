"""Turns pydantic's errors into messages with fixes."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from token_rotator_cdk.config.document.nesting import Place, inner_table, place_of, tables, value_at
from token_rotator_cdk.config.issues import ConfigIssue, KeyPath, shown, table_name
from token_rotator_cdk.config.rules.rule import BROKEN_RULE, Unset

_NAME: Final = "NAME"
"""Placeholder for a table name that the user chooses."""

_ANY: Final = f"add a table [rotators.{_NAME}]: there is none"

_WANTED: Final[Mapping[str, str]] = {
    "string_type": 'write a string in quotes: "..."',
    "int_type": "write a whole number without quotes",
    "bool_type": "write true or false, without quotes",
    "tuple_type": 'write a list of strings: ["...", "..."]',
    "dict_type": 'write a table of strings: { name = "value" }',
}


def issue_of(error: ErrorDetails, *, root: type[BaseModel], document: object) -> ConfigIssue:
    """Converts an error of the model ``root``."""
    place = place_of(root, error["loc"])
    match error["type"]:
        case "extra_forbidden":
            return _unknown(place, error["input"], root)
        case "missing":
            return _missing(place, root)
        case kind if inner_table(place.model, place.key) is not None:
            return _no_table(place, error)
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
    return _WANTED.get(kind, error["msg"])


def _missing(place: Place, root: type[BaseModel]) -> ConfigIssue:
    inner = inner_table(place.model, place.key)
    if inner is not None:
        fix = _ANY if inner.named else f"add the table [{table_name(place.path)}]"
        return ConfigIssue(table=place.path, fix=fix)
    field = place.model.model_fields[place.key]
    fix = f"write {place.key}: {described(field.description)}"
    for otherwise in _unset(place.table, root):
        fix += f"; or leave out [{table_name(place.table)}]: {otherwise.means}"
    return ConfigIssue(table=place.table, key=place.key, fix=fix)


def described(description: str | None) -> str:
    """A setting's description on one line."""
    return " ".join((description or "").split()).removesuffix(".")


def _unset(table: KeyPath, root: type[BaseModel]) -> Iterator[Unset]:
    if table:
        place = place_of(root, table)
        field = place.model.model_fields.get(place.key)
        yield from (mark for mark in (field.metadata if field else ()) if isinstance(mark, Unset))


def _no_table(place: Place, error: ErrorDetails) -> ConfigIssue:
    value = shown(error["input"])
    inner = inner_table(place.model, place.key)
    template = f"[{table_name((*place.path, _NAME))}]"
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


def _unknown(place: Place, written: Any, root: type[BaseModel]) -> ConfigIssue:
    known = place.model.model_fields
    meant = get_close_matches(place.key, known, n=1)
    if not place.table:
        fix = f"write [{meant[0]}]" if meant else "the only tables are [stack] and [rotators.NAME]"
    elif home := _elsewhere(place, root).get(place.key):
        fix = f"unknown key here; it belongs to [{table_name(home)}]"
    elif meant:
        fix = f"unknown key; did you mean {meant[0]}?"
    elif other := get_close_matches(place.key, _elsewhere(place, root), n=1):
        home = _elsewhere(place, root)[other[0]]
        fix = f"unknown key; did you mean {other[0]} in [{table_name(home)}]?"
    else:
        names = (
            f"[{table_name((*place.table, key))}]" if inner_table(place.model, key) else key
            for key in known
        )
        fix = f"unknown key; the known keys are {', '.join(names)}"
    return ConfigIssue(table=place.table, key=place.key, value=shown(written), fix=fix)


def _elsewhere(place: Place, root: type[BaseModel]) -> dict[str, KeyPath]:
    """The keys of other tables, each with the nearest table that has it."""
    top, *below = place.table
    inner = inner_table(root, top)
    name = below[0] if inner is not None and inner.named else _NAME
    others = [(path, model) for path, model in tables(root, name=name) if path]
    others.sort(key=lambda other: other[0][0] == top)
    return {key: path for path, model in others for key in model.model_fields}
