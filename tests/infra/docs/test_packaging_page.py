"""The page about packages: its commands, and the sizes that it says."""

import json
import re
from pathlib import Path

from local import ROOT
from tests.support.infra_templates import a_deployment, a_rotator, a_stack
from tests.support.packaged import packaged
from token_rotator_cdk.package.place import PackagePlace
from token_rotator_cli.package.files import MAX_INLINE_BYTES, TemplateFile, ZipFile
from token_rotator_cli.package.next_commands import next_commands

TEXT = (ROOT / "docs" / "deploy" / "packaging.md").read_text(encoding="utf-8")


def template(directory: Path, *names: str) -> TemplateFile:
    """The template of a stack with so many rotators, indented as the CDK does it."""
    rotators = {name: a_rotator(parameter_name=f"/{name}/token") for name in names}
    deployment = a_deployment(a_stack(name="intelligence-tokens"), **rotators)
    file = directory / "intelligence-tokens.template.json"
    file.write_text(json.dumps(packaged(deployment), indent=1))
    return TemplateFile.of(deployment, file)


def test_its_commands_are_those_that_the_command_shows(tmp_path: Path):
    stack = template(tmp_path, "marketing")
    file = ZipFile(file=Path("package/9fd8....zip"), size=0, unpacked=0)
    place = PackagePlace(bucket="acme-artifacts", prefix="token-rotator/")

    page = TEXT.replace(" \\\n ", "").replace('"', "")

    for command in next_commands([stack], [file], place):
        assert command.replace(f"{tmp_path}/", "package/").replace('"', "") in page


def test_one_rotator_fits_into_a_request_and_two_do_not(tmp_path: Path):
    one, two = template(tmp_path, "marketing"), template(tmp_path, "marketing", "sales")

    assert one.fits_inline
    assert not two.fits_inline
    said = [int(number.replace(",", "")) for number in re.findall(r"about (\d\d,000)", TEXT)]
    assert [round(stack.size / 1000) * 1000 for stack in (one, two)] == said
    assert f"{MAX_INLINE_BYTES:,} bytes" in TEXT
