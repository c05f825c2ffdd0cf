"""What all tables of ``rotators.toml`` have in common."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the file: no other keys, no other types, no change, and no value in an error.

    The text below a field is its description, in the documentation as well.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )
