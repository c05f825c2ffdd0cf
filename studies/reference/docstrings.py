"""The names that code defines as tables: what a member is called, and its docstring."""

import ast
import functools
import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum

from studies.reference.tables import table
from token_rotator.parameter.record import Record


def members(kind: type[StrEnum], *, value: str) -> str:
    """A table of the members of an enumeration."""
    return _table(value, ((member.value, described(kind, member.name)) for member in kind))


def record() -> str:
    """A table of the fields of a published record."""
    now = datetime.now(UTC)
    fields = json.loads(Record(access_token="t", issued_at=now, expires_at=now).to_json())
    return _table("field", ((name, described(Record, name)) for name in fields))


def described(kind: type, member: str) -> str:
    """The docstring of a member of a class, in Markdown. Raises KeyError if there is none."""
    return re.sub(r"``(.*?)``", r"`\1`", " ".join(_docstrings(kind)[member].split()))


def _table(heading: str, rows: Iterable[tuple[str, str]]) -> str:
    return table((heading, "meaning"), ((f"`{name}`", meaning) for name, meaning in rows))


@functools.cache
def _docstrings(kind: type) -> Mapping[str, str]:
    """What stands below each member in the source, which Python keeps for functions only."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    return dict(_documented(definition.body))


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for statement, below in zip(body, [*body[1:], ast.Pass()], strict=True):
        match statement, below:
            case ast.FunctionDef(), _:
                yield statement.name, ast.get_docstring(statement) or ""
            case (
                ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, text
