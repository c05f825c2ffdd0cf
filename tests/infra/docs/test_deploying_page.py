"""The page about deploying: its files load, its commands run."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from local import ROOT
from tests.support.config_files import written
from token_rotator_cdk.config.load import load

PAGE = (ROOT / "docs" / "deploy" / "pipelines.md").read_text(encoding="utf-8")
TABLES = re.findall(r"(?s)```toml\n(.*?)```", PAGE)
COMMANDS = "\n".join(re.findall(r"(?s)```sh\n(.*?)```", PAGE))
POLICIES = sorted((ROOT / "examples" / "pipelines").glob("*.json"))


@pytest.mark.parametrize("table", TABLES)
def test_a_bootstrap_table_of_the_page_is_accepted(table: str, tmp_path: Path):
    stack = '[stack]\nname = "tokens"\naccount = "111122223333"\nregion = "eu-west-1"\n'
    rotator = '[rotators.marketing]\nparameter_name = "/marketing/token"\n'

    loaded = load(written(tmp_path / "rotators.toml", f"{stack}{table}{rotator}"))

    assert loaded.stack.bootstrap.model_fields_set


def test_the_page_shows_three_tables():
    assert len(TABLES) == 3


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: file.name)
def test_the_command_writes_a_policy_for_another_account(file: Path):
    (command,) = re.findall(r"(?sm)^(sed .*?) \\\n", COMMANDS)

    done = subprocess.run([*shlex.split(command), file], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout).keys() == json.loads(file.read_text()).keys()
    for old in ("111122223333", "eu-west-1", "intelligence-tokens", "hnb659fds"):
        assert old not in done.stdout


def test_every_file_of_the_examples_is_on_the_page():
    for file in (ROOT / "examples" / "pipelines").iterdir():
        assert file.name.startswith("__") or f"(../../examples/pipelines/{file.name})" in PAGE


@pytest.mark.parametrize("verb", sorted(set(re.findall(r"make ([a-z-]+)", PAGE))))
def test_the_verbs_of_the_page_are_the_makefiles(verb: str):
    assert re.search(rf"(?m)^{verb}:", (ROOT / "Makefile").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "option", sorted(set(re.findall(r"cdk bootstrap[^`]*?(--[a-z-]+)", PAGE)) | {"--trust"})
)
def test_the_options_of_bootstrap_are_the_pinned_command_lines(option: str):
    program = (ROOT / "node_modules/aws-cdk/lib/index.js").read_text(encoding="utf-8")

    assert (
        f'"{option.removeprefix("--")}"' in program
        or f" {option.removeprefix('--')}: {{" in program
    )
