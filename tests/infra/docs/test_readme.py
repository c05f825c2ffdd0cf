"""The README says of every setting what the code says of it."""

import json
from collections.abc import Iterator
from dataclasses import fields

import pytest

from local import ROOT
from token_rotator_cdk.config.models import REQUIRED, RotatorConfig, StackConfig, default_of

README = (ROOT / "README.md").read_text(encoding="utf-8")


def table(config: type[StackConfig] | type[RotatorConfig]) -> Iterator[str]:
    """The configuration table as the README has to show it."""
    yield "| key | default | what it says |"
    yield "|---|---|---|"
    for setting in fields(config):
        if not setting.metadata:
            continue  # the table's own name
        default = default_of(setting)
        shown = setting.metadata["default"] or (
            "(required)" if default is REQUIRED else f"`{_toml(default)}`"
        )
        yield f"| `{setting.name}` | {shown} | {setting.metadata['description']} |"


def _toml(value: object) -> str:
    return json.dumps(value, default=dict)


@pytest.mark.parametrize("config", [StackConfig, RotatorConfig])
def test_the_readme_has_the_configuration_table_of_the_code(
    config: type[StackConfig] | type[RotatorConfig],
):
    wanted = "\n".join(table(config))

    assert wanted in README, f"README.md lacks this table:\n\n{wanted}\n"
