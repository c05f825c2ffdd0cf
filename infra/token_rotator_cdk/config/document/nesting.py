"""Maps positions in a document to nested models."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel

from token_rotator_cdk.config.issues import KeyPath

T = TypeVar("T", bound=BaseModel)


class NestedTable(NamedTuple):
    """The model of a nested table."""

    model: type[BaseModel]
    named: bool
    """Whether the key holds several such tables, with names that the user chooses."""


class KeyLocation(NamedTuple):
    """The position of a key in a document."""

    table: KeyPath
    key: str
    model: type[BaseModel]
    """The model of the table."""
    within: KeyPath
    """The path to an entry within the key's value."""

    @property
    def path(self) -> KeyPath:
        """The path of the key from the root."""
        return (*self.table, self.key)

    @property
    def is_name(self) -> bool:
        """Whether the error is about the table's name (pydantic's "[key]")."""
        return self.key == "[key]"


def nested_table(model: type[BaseModel], key: str) -> NestedTable | None:
    """The nested table of a key, or None for a plain value."""
    field = model.model_fields.get(key)
    annotation = None if field is None else field.annotation
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return NestedTable(kind, named=get_origin(annotation) is Mapping)
    return None


def tables(
    model: type[BaseModel], *, name: str, path: KeyPath = ()
) -> Iterator[tuple[KeyPath, type[BaseModel]]]:
    """Every table with its path; ``name`` is the placeholder for names that the user chooses."""
    yield path, model
    for key in model.model_fields:
        if inner := nested_table(model, key):
            inner_path = (*path, key, name) if inner.named else (*path, key)
            yield from tables(inner.model, name=name, path=inner_path)


def locate(root: type[BaseModel], location: tuple[int | str, ...]) -> KeyLocation:
    """The key of a pydantic error location."""
    model = root
    table: KeyPath = ()
    steps = tuple(map(str, location))
    while inner := nested_table(model, steps[0]):
        depth = 2 if inner.named else 1
        if len(steps) <= depth:
            break
        model, table, steps = inner.model, (*table, *steps[:depth]), steps[depth:]
    return KeyLocation(table, steps[0], model, steps[1:])


def value_at(document: object, path: KeyPath) -> object:
    """The document's value at a path, or None."""
    for step in path:
        if not isinstance(document, Mapping):
            return None
        document = document.get(step)
    return document


def with_defaults(
    model: type[T], content: object, *, unusable: frozenset[KeyPath], path: KeyPath = ()
) -> T:
    """A table's model, with defaults in place of unusable values.

    A required string is kept even if it is invalid, because other tables are compared with it.
    """
    written = content if isinstance(content, Mapping) else {}
    values: dict[str, Any] = {}
    for key, field in model.model_fields.items():
        key_path = (*path, key)
        value = written.get(key)
        inner = nested_table(model, key)
        if inner is not None and inner.named:
            values[key] = {
                name: with_defaults(inner.model, one, unusable=unusable, path=(*key_path, name))
                for name, one in (value if isinstance(value, Mapping) else {}).items()
                if isinstance(one, Mapping)
            }
        elif inner is not None and (field.is_required() or isinstance(value, Mapping)):
            values[key] = with_defaults(inner.model, value, unusable=unusable, path=key_path)
        elif field.is_required():
            values[key] = value if isinstance(value, str) else ""
        elif key in written and key_path not in unusable:
            values[key] = value
    return model.model_construct(**values)
