"""Checks a document against a model, and collects every issue."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from token_rotator_cdk.config.document.messages import issue_of
from token_rotator_cdk.config.document.nesting import locate, value_at, with_defaults
from token_rotator_cdk.config.issues import (
    HIDDEN,
    ConfigIssue,
    KeyPath,
    keys_in_values,
    name_shown,
    shown,
)

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult(Generic[T]):
    """The result of checking a document."""

    document: object
    value: T
    """The model, with defaults in place of unusable values."""
    issues: tuple[ConfigIssue, ...]
    unusable: frozenset[KeyPath]
    """Keys that have an issue."""

    def usable(self, *path: str) -> bool:
        """Whether neither the key nor any table around it has an issue."""
        return not any(path[: end + 1] in self.unusable for end in range(len(path)))

    def conflict(self, path: KeyPath, fix: str) -> ConfigIssue:
        """An issue of a key that conflicts with another one."""
        written = value_at(self.document, path)
        if isinstance(written, dict):
            return ConfigIssue(table=path, fix=fix)
        value: object = self.value
        for step in path:
            value = value[step] if isinstance(value, dict) else getattr(value, step)
        note = " (the default)" if written is None else ""
        return ConfigIssue(table=path[:-1], key=path[-1], value=f"{shown(value)}{note}", fix=fix)


def check(model: type[T], document: object) -> CheckResult[T]:
    """Reads a document into its model."""
    read = _read(model, document)
    if not isinstance(read, list):
        return CheckResult(
            document=document,
            value=read,
            issues=(*keys_in_values(document),),
            unusable=frozenset(),
        )
    unusable = frozenset(locate(model, error["loc"]).path for error in read)
    keys = [*keys_in_values(document)]
    issues = [*keys]
    for error in read:
        issue = issue_of(error, root=model, document=document)
        # key material gets one issue only: the fix of another one might quote it
        named_as_key = keys and HIDDEN in (issue.value, name_shown(issue.key))
        if not named_as_key and issue not in issues:
            issues.append(issue)
    return CheckResult(
        document=document,
        value=with_defaults(model, document, unusable=unusable),
        issues=tuple(issues),
        unusable=unusable,
    )


def _read(model: type[T], document: object) -> T | list[ErrorDetails]:
    # returned, not raised: an exception would hold the document
    try:
        return model.model_validate(document)
    except ValidationError as error:
        return error.errors(include_url=False)
