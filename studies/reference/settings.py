"""Tables of the settings of ``rotators.toml``."""

import json

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from studies.reference.tables import table
from token_rotator_cdk.config.document.messages import one_line
from token_rotator_cdk.config.document.nesting import locate, nested_table, tables
from token_rotator_cdk.config.issues import KeyPath
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.parameters import PARAMETERS
from token_rotator_cdk.config.rules.rule import Unset
from token_rotator_cdk.package.place import BUCKET_DESCRIPTION, BUCKET_PARAMETER


def tables_of_settings() -> str:
    """All tables, with headings."""
    found = [(path, model) for path, model in tables(Deployment, name="NAME") if path]
    return "\n\n".join(_section(path, model) for path, model in found)


def parameters_of_packages() -> str:
    """The parameters of packaged templates, and their equivalent settings."""
    rows = (
        (f"`{one.name}`", one.description, " or ".join(f"`{key}`" for key in one.settings))
        for one in PARAMETERS
    )
    bucket = (f"`{BUCKET_PARAMETER}`", BUCKET_DESCRIPTION, "`--bucket` with a placeholder")
    return table(
        ("parameter", "what it is", "missing if the file or command sets"), [*rows, bucket]
    )


def _section(path: KeyPath, model: type[BaseModel]) -> str:
    place = locate(Deployment, path)
    field = place.model.model_fields[place.key]
    unset = _unset(field)
    without = "" if unset is None else f" Without this table, {unset}."
    rows = (
        (f"`{key}`", _default(setting), one_line(setting.description))
        for key, setting in model.model_fields.items()
        if nested_table(model, key) is None
    )
    return "\n\n".join(
        [
            f"### `[{'.'.join(path)}]`",
            f"{one_line(field.description)}.{without}",
            table(("key", "default", "what it says"), rows),
        ]
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(required)"
    unset = _unset(field)
    default = field.get_default(call_default_factory=True)
    return f"`{json.dumps(default, default=dict)}`" if unset is None else unset


def _unset(field: FieldInfo) -> str | None:
    return next((mark.default for mark in field.metadata if isinstance(mark, Unset)), None)
