"""What a program writes is up to date, and every setting is documented."""

import pytest

from local import ROOT
from studies.reference import snippets
from studies.reference.generated import generated
from token_rotator_cdk.config.document.nesting import tables
from token_rotator_cdk.config.models.deployment import Deployment


@pytest.mark.parametrize("file", [*generated()])
def test_a_generated_file_is_what_the_program_writes(file: str):
    stale = (ROOT / file).read_text(encoding="utf-8") != generated()[file]()

    assert not stale, f"{file} is stale: run `make generate`"


def test_every_setting_says_what_it_is_for():
    undocumented = [
        (*path, key)
        for path, model in tables(Deployment, name="NAME")
        for key, field in model.model_fields.items()
        if not field.description
    ]

    assert undocumented == []


def test_every_snippet_that_is_tested_is_shown():
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "examples/snippets").iterdir()}

    assert files == {*snippets.NODE, *snippets.SHELL}
