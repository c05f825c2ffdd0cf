"""Rules: pydantic annotations that check a value and return a fix."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Strings = Annotated[tuple[str, ...], Field(strict=False)]
"""TOML has lists and frozen models have tuples, so any sequence of strings is accepted."""

BROKEN_RULE: Final = "broken_rule"
"""The type of pydantic's error for a broken rule. Its context holds the fix."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A check of a value of the right type."""

    fix: Callable[[Any], str | None]
    """Returns the fix, or None for a valid value."""
    json_schema: Mapping[str, Any] = field(default_factory=dict)
    """The rule as JSON Schema. It must not reject a value that the rule accepts."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), **self.json_schema}

    def _checked(self, value: object) -> object:
        fix = self.fix(value)
        if fix is not None:
            raise PydanticCustomError(BROKEN_RULE, "{fix}", {"fix": fix})
        return value


@dataclass(frozen=True, slots=True)
class Unset:
    """The documented behaviour if an optional setting is not set."""

    default: str


def matching(pattern: str, fix: str) -> Rule:
    """A rule for strings that fully match a regular expression."""
    compiled = re.compile(pattern)
    return Rule(
        lambda text: None if compiled.fullmatch(text) else fix,
        {"pattern": f"^(?:{without_group_names(pattern)})$"},
    )


def rule_of(annotated: Any) -> Rule:
    """The rule of an annotated type."""
    (rule,) = annotated.__metadata__
    assert isinstance(rule, Rule)  # noqa: S101 - narrows the type
    return rule


def without_group_names(pattern: str) -> str:
    """The expression without named groups, which ECMAScript (JSON Schema) writes differently."""
    return re.sub(r"\?P<[^>]+>", "?:", pattern)


def between(lowest: int, highest: int, unit: str) -> Rule:
    """A rule for integers within bounds, both included."""
    return Rule(
        lambda number: (
            None
            if lowest <= number <= highest
            else f"write a number of {unit} from {lowest} to {highest}"
        ),
        {"minimum": lowest, "maximum": highest},
    )


def each(rule: Rule, *, at_most: int | None = None, alternative: str = "") -> Rule:
    """A rule for lists without duplicates. ``rule`` checks each entry."""

    def fix(entries: tuple[str, ...]) -> str | None:
        if at_most is not None and len(entries) > at_most:
            return f"write at most {at_most}, {alternative}"
        for position, entry in enumerate(entries, start=1):
            if entry_fix := rule.fix(entry):
                return f"{entry_fix} (entry {position})"
            if entry in entries[: position - 1]:
                return f"remove the duplicate entry (entry {position})"
        return None

    items = {"type": "string", **rule.json_schema}
    limit = {} if at_most is None else {"maxItems": at_most}
    return Rule(fix, {"items": items, "uniqueItems": True, **limit})
