"""The base class of all tables of ``rotators.toml``."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the file. It is immutable, rejects unknown keys and hides values in errors.

    The docstring of a field is its description in the documentation and the JSON Schema.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )
