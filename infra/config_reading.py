"""What does a ``rotators.toml`` say, and what is wrong with it? All of it, at once."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from infra.config import Deployment, RotatorConfig, StackConfig
from infra.config_combinations import conflicts, conflicts_of_stack
from infra.config_table import Table
from infra.distribution import misplaced
from infra.mistakes import HIDDEN, ConfigurationMistakes, Mistake, is_key_material, shown

_ROTATOR_NAME = r"(?=.{1,32}\Z)[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*"
"""Each part begins with a letter, so that no two names become one in CamelCase."""


def load(path: Path) -> Deployment:
    """Reads a deployment. Raises ConfigurationMistakes, which names every mistake of the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        cure = "there is no such file; name another one with -c config=PATH"
        raise ConfigurationMistakes(path, [Mistake(cure=cure)]) from None
    except (OSError, UnicodeDecodeError):
        cure = "it cannot be read as a text file in UTF-8"
        raise ConfigurationMistakes(path, [Mistake(cure=cure)]) from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # from None: the decoder's exception carries the whole document
        mistakes = [_not_toml(error), *_keys_in_lines(text)]
        raise ConfigurationMistakes(path, mistakes) from None
    mistakes = [*_keys_in_values(document)]
    mistakes = mistakes or [*_keys_in_lines(text)]
    deployment = _deployment(document, mistakes)
    if mistakes:
        raise ConfigurationMistakes(path, mistakes)
    return deployment


def _deployment(document: Mapping[str, Any], mistakes: list[Mistake]) -> Deployment:
    for name, value in document.items():
        if name not in ("stack", "rotators"):
            meant = get_close_matches(name, ("stack", "rotators"), n=1)
            cure = f"write [{meant[0]}]" if meant else "only [stack] and [rotators.NAME] are known"
            mistakes.append(Mistake(key=name, value=shown(value), cure=cure))
    stack_table = Table("stack", document.get("stack"), StackConfig, {})
    stack = stack_table.read(mistakes)
    for key, cure in conflicts_of_stack(stack, unusable=stack_table.unusable):
        value = stack_table.shown(key, stack)
        mistakes.append(Mistake(table=stack_table.name, key=key, value=value, cure=cure))
    rotators = []
    for name, content in _named_tables(document.get("rotators"), mistakes):
        table = Table(f"rotators.{name}", content, RotatorConfig, {"name": name})
        rotator = table.read(mistakes)
        unusable = table.unusable | stack_table.unusable
        for key, cure in conflicts(stack, rotator, unusable=unusable):
            value = table.shown(key, rotator) if key else None
            mistakes.append(Mistake(table=table.name, key=key, value=value, cure=cure))
        rotators.append(rotator)
    mistakes.extend(_written_twice(rotators))
    deployment = Deployment(stack=stack, rotators=tuple(rotators))
    mistakes.extend(misplaced(deployment))
    return deployment


def _named_tables(rotators: object, mistakes: list[Mistake]) -> Iterator[tuple[str, object]]:
    if rotators is None or rotators == {}:
        mistakes.append(
            Mistake(table="rotators", cure="add a table [rotators.NAME]: none is there")
        )
        return
    if not isinstance(rotators, dict):
        cure = "write a table [rotators.NAME] for each credential"
        mistakes.append(Mistake(key="rotators", value=shown(rotators), cure=cure))
        return
    for name, content in rotators.items():
        if not isinstance(content, dict):
            cure = "a key belongs into a table [rotators.NAME]"
            mistakes.append(Mistake(table="rotators", key=name, value=shown(content), cure=cure))
            continue
        if not re.fullmatch(_ROTATOR_NAME, name):
            cure = (
                "name the table with up to 32 small letters, digits and single hyphens, "
                "a letter at the start and after each hyphen"
            )
            mistakes.append(Mistake(table="rotators", key="name", value=shown(name), cure=cure))
        yield name, content


def _written_twice(rotators: list[RotatorConfig]) -> Iterator[Mistake]:
    first_writer: dict[str, str] = {}
    for rotator in rotators:
        levels = "/".join(filter(None, rotator.parameter_name.split("/")))
        writer = first_writer.setdefault(levels, rotator.name)
        if levels and writer != rotator.name:
            yield Mistake(
                table=f"rotators.{rotator.name}",
                key="parameter_name",
                value=shown(rotator.parameter_name),
                cure=f"write another name: [rotators.{writer}] writes this parameter already",
            )


def _not_toml(error: tomllib.TOMLDecodeError) -> Mistake:
    # only the position: the decoder's message can quote the file
    position = re.search(r"line (\d+), column (\d+)", str(error))
    place = f"line {position[1]}, column {position[2]}" if position else "the end of the file"
    cure = f"no valid TOML at {place}; write strings in quotes, each key once in its table"
    return Mistake(cure=cure)


_NO_KEYS_HERE = (
    "take the key out of this file and revoke it; keys belong into the secret, nowhere else"
)


def _keys_in_values(value: object, path: tuple[str, ...] = ()) -> Iterator[Mistake]:
    if isinstance(value, dict):
        for key, content in value.items():
            name = HIDDEN if is_key_material(key) else key
            if name == HIDDEN:
                yield Mistake(table=".".join(path), key=HIDDEN, cure=_NO_KEYS_HERE)
            yield from _keys_in_values(content, (*path, name))
    elif isinstance(value, list):
        for content in value:
            yield from _keys_in_values(content, path)
    elif isinstance(value, str) and is_key_material(value):
        *table, key = path
        yield Mistake(table=".".join(table), key=key, value=HIDDEN, cure=_NO_KEYS_HERE)


def _keys_in_lines(text: str) -> Iterator[Mistake]:
    for number, line in enumerate(text.splitlines(), start=1):
        if is_key_material(line):
            yield Mistake(key=f"line {number}", value=HIDDEN, cure=_NO_KEYS_HERE)
            return
