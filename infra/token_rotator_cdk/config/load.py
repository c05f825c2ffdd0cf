"""What does a ``rotators.toml`` say, and what is wrong with it? All of it, at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from token_rotator_cdk.config.combinations import conflicts, conflicts_of_stack
from token_rotator_cdk.config.issues import (
    HIDDEN,
    ConfigIssue,
    ConfigurationIssues,
    is_key_material,
    shown,
)
from token_rotator_cdk.config.models import Deployment, RotatorConfig, StackConfig
from token_rotator_cdk.config.stack_limits import misplaced
from token_rotator_cdk.config.table import Table

_ROTATOR_NAME = r"(?=.{1,32}\Z)[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*"
"""Each part begins with a letter, so that no two names become one in CamelCase."""


def load(path: Path) -> Deployment:
    """Reads a deployment. Raises ConfigurationIssues, which names every issue of the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        fix = "there is no such file; name another one with -c config=PATH"
        raise ConfigurationIssues(path, [ConfigIssue(fix=fix)]) from None
    except (OSError, UnicodeDecodeError):
        fix = "it cannot be read as a text file in UTF-8"
        raise ConfigurationIssues(path, [ConfigIssue(fix=fix)]) from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # from None: the decoder's exception carries the whole document
        issues = [_not_toml(error), *_keys_in_lines(text)]
        raise ConfigurationIssues(path, issues) from None
    issues = [*_keys_in_values(document)]
    issues = issues or [*_keys_in_lines(text)]
    deployment = _deployment(document, issues)
    if issues:
        raise ConfigurationIssues(path, issues)
    return deployment


def _deployment(document: Mapping[str, Any], issues: list[ConfigIssue]) -> Deployment:
    for name, value in document.items():
        if name not in ("stack", "rotators"):
            meant = get_close_matches(name, ("stack", "rotators"), n=1)
            fix = f"write [{meant[0]}]" if meant else "only [stack] and [rotators.NAME] are known"
            issues.append(ConfigIssue(key=name, value=shown(value), fix=fix))
    stack_table = Table("stack", document.get("stack"), StackConfig, {})
    stack = stack_table.read(issues)
    for key, fix in conflicts_of_stack(stack, unusable=stack_table.unusable):
        value = stack_table.shown(key, stack)
        issues.append(ConfigIssue(table=stack_table.name, key=key, value=value, fix=fix))
    rotators = []
    for name, content in _named_tables(document.get("rotators"), issues):
        table = Table(f"rotators.{name}", content, RotatorConfig, {"name": name})
        rotator = table.read(issues)
        unusable = table.unusable | stack_table.unusable
        for key, fix in conflicts(stack, rotator, unusable=unusable):
            value = table.shown(key, rotator) if key else None
            issues.append(ConfigIssue(table=table.name, key=key, value=value, fix=fix))
        rotators.append(rotator)
    issues.extend(_written_twice(rotators))
    deployment = Deployment(stack=stack, rotators=tuple(rotators))
    issues.extend(misplaced(deployment))
    return deployment


def _named_tables(rotators: object, issues: list[ConfigIssue]) -> Iterator[tuple[str, object]]:
    if rotators is None or rotators == {}:
        issues.append(
            ConfigIssue(table="rotators", fix="add a table [rotators.NAME]: none is there")
        )
        return
    if not isinstance(rotators, dict):
        fix = "write a table [rotators.NAME] for each credential"
        issues.append(ConfigIssue(key="rotators", value=shown(rotators), fix=fix))
        return
    for name, content in rotators.items():
        if not isinstance(content, dict):
            fix = "a key belongs into a table [rotators.NAME]"
            issues.append(ConfigIssue(table="rotators", key=name, value=shown(content), fix=fix))
            continue
        if not re.fullmatch(_ROTATOR_NAME, name):
            fix = (
                "name the table with up to 32 small letters, digits and single hyphens, "
                "a letter at the start and after each hyphen"
            )
            issues.append(ConfigIssue(table="rotators", key="name", value=shown(name), fix=fix))
        yield name, content


def _written_twice(rotators: list[RotatorConfig]) -> Iterator[ConfigIssue]:
    first_writer: dict[str, str] = {}
    for rotator in rotators:
        levels = "/".join(filter(None, rotator.parameter_name.split("/")))
        writer = first_writer.setdefault(levels, rotator.name)
        if levels and writer != rotator.name:
            yield ConfigIssue(
                table=f"rotators.{rotator.name}",
                key="parameter_name",
                value=shown(rotator.parameter_name),
                fix=f"write another name: [rotators.{writer}] writes this parameter already",
            )


def _not_toml(error: tomllib.TOMLDecodeError) -> ConfigIssue:
    # only the position: the decoder's message can quote the file
    position = re.search(r"line (\d+), column (\d+)", str(error))
    place = f"line {position[1]}, column {position[2]}" if position else "the end of the file"
    fix = f"no valid TOML at {place}; write strings in quotes, each key once in its table"
    return ConfigIssue(fix=fix)


_NO_KEYS_HERE = (
    "take the key out of this file and revoke it; keys belong into the secret, nowhere else"
)


def _keys_in_values(value: object, path: tuple[str, ...] = ()) -> Iterator[ConfigIssue]:
    if isinstance(value, dict):
        for key, content in value.items():
            name = HIDDEN if is_key_material(key) else key
            if name == HIDDEN:
                yield ConfigIssue(table=".".join(path), key=HIDDEN, fix=_NO_KEYS_HERE)
            yield from _keys_in_values(content, (*path, name))
    elif isinstance(value, list):
        for content in value:
            yield from _keys_in_values(content, path)
    elif isinstance(value, str) and is_key_material(value):
        *table, key = path
        yield ConfigIssue(table=".".join(table), key=key, value=HIDDEN, fix=_NO_KEYS_HERE)


def _keys_in_lines(text: str) -> Iterator[ConfigIssue]:
    for number, line in enumerate(text.splitlines(), start=1):
        if is_key_material(line):
            yield ConfigIssue(key=f"line {number}", value=HIDDEN, fix=_NO_KEYS_HERE)
            return
