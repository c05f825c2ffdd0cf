"""The JSON Schema of ``rotators.toml``, which editors use for completion and validation."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from token_rotator_cdk.config.document.messages import one_line
from token_rotator_cdk.config.document.nesting import tables
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.rules.rule import Unset


class _TomlJsonSchema(GenerateJsonSchema):
    """Omits null, which TOML does not have, and titles, which repeat the keys."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        default = schema.get("default")
        if default is None or isinstance(default, BaseModel):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def schema() -> dict[str, Any]:
    """The schema (draft 2020-12)."""
    document = Deployment.model_json_schema(schema_generator=_TomlJsonSchema)
    for definition in document["$defs"].values():
        del definition["title"]
    for _, model in tables(Deployment, name="NAME"):
        properties = document["$defs"].get(model.__name__, document)["properties"]
        for key, field in model.model_fields.items():
            description = one_line(field.description)
            unset = [mark for mark in field.metadata if isinstance(mark, Unset)]
            otherwise = f" Default: {unset[0].default}." if unset else ""
            properties[key]["description"] = f"{description}.{otherwise}"
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        **document,
        "title": "Settings of the token rotator (rotators.toml)",
    }


def schema_text() -> str:
    """The text of the schema file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
