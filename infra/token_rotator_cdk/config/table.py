"""Is one table of the file complete, known and well-typed? Driven by the fields of its class."""

import types
from collections.abc import Mapping
from dataclasses import Field, fields
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from token_rotator_cdk.config import issues as said
from token_rotator_cdk.config.issues import HIDDEN, ConfigIssue, is_key_material
from token_rotator_cdk.config.models import REQUIRED, default_of

T = TypeVar("T")


class _WrongType(Exception):
    """What to write instead."""


class Table(Generic[T]):
    """One table, to be read into one class."""

    def __init__(self, name: str, content: object, into: type[T], known: Mapping[str, str]) -> None:
        self.name = name
        self.unusable: set[str] = set()
        """Keys without a value that could be used; complete after ``read``."""
        self._content = content
        self._into = into
        self._known = known

    def read(self, issues: list[ConfigIssue]) -> T:
        """The table's values, defaults for those that are missing or wrong; issues are added."""
        settings = {
            setting.name: setting
            for setting in fields(self._into)  # type: ignore[arg-type]
            if setting.name not in self._known
        }
        content = self._content
        if not isinstance(content, dict):
            if content is None:
                fix = f"add the table [{self.name}]"
                issues.append(ConfigIssue(table=self.name, fix=fix))
            else:
                fix = f"write it as a table [{self.name}]"
                issues.append(ConfigIssue(key=self.name, value=said.shown(content), fix=fix))
            self.unusable |= settings.keys()
            content = {}
        else:
            issues.extend(self._unknown(content, settings))
        values = {name: self._value(setting, content, issues) for name, setting in settings.items()}
        return self._into(**self._known, **values)

    def shown(self, key: str, config: T) -> str:
        """A key's value as it may be shown, and whether it was written or is the default."""
        written = isinstance(self._content, Mapping) and key in self._content
        return said.shown(getattr(config, key)) + ("" if written else " (the default)")

    def _unknown(
        self, content: Mapping[str, Any], settings: Mapping[str, object]
    ) -> list[ConfigIssue]:
        unknown = []
        for key in content.keys() - settings.keys():
            meant = get_close_matches(key, settings, n=1)
            fix = f"did you mean {meant[0]}?" if meant else f"known are {', '.join(settings)}"
            name = HIDDEN if is_key_material(key) else key
            shown = said.shown(content[key])
            unknown.append(
                ConfigIssue(table=self.name, key=name, value=shown, fix=f"unknown key; {fix}")
            )
        return sorted(unknown, key=str)

    def _value(
        self, setting: "Field[Any]", content: Mapping[str, Any], issues: list[ConfigIssue]
    ) -> Any:
        key = setting.name
        default = default_of(setting)
        required = default is REQUIRED
        default = "" if required else default
        if key not in content:
            if required and key not in self.unusable:
                fix = f"write {key}: {setting.metadata['description']}"
                issues.append(ConfigIssue(table=self.name, key=key, fix=fix))
                self.unusable.add(key)
            return default
        written = content[key]
        try:
            value = _typed(written, get_type_hints(self._into)[key])
            fix = setting.metadata["rule"](value)
        except _WrongType as error:
            value, fix = default, str(error)
        if fix is None:
            return value
        self.unusable.add(key)
        shown = said.shown(written)
        if shown != HIDDEN:  # key material is named once, as such
            issues.append(ConfigIssue(table=self.name, key=key, value=shown, fix=fix))
        # other tables are still compared with what a required key says
        return value if required else default


def _typed(value: Any, annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        (annotation,) = (kind for kind in get_args(annotation) if kind is not types.NoneType)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _choice(value, annotation)
    origin = get_origin(annotation) or annotation
    if origin is tuple and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if origin is Mapping and isinstance(value, dict):
        if all(isinstance(v, str) for v in value.values()):
            return types.MappingProxyType(value)
    elif type(value) is origin:  # bool is no int here
        return value
    raise _WrongType(f"write {_WANTED[origin]}")


def _choice(value: Any, choices: type[StrEnum]) -> StrEnum:
    try:
        return choices(value)
    except ValueError:
        names = ", ".join(f'"{choice}"' for choice in choices)
        raise _WrongType(f"write one of {names}") from None


_WANTED: Mapping[object, str] = {
    str: 'a text in quotes: "..."',
    int: "a whole number without quotes",
    bool: "true or false, without quotes",
    tuple: 'a list of texts: ["...", "..."]',
    Mapping: 'a table of texts: { name = "value" }',
}
