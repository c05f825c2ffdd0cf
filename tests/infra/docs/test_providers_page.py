"""The recipes of the providers' page are accepted, each and all together, and do what they say."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from itertools import pairwise

import pytest

from fakes.environment import function_environment
from fakes.keys import pem, rsa_key
from local import ROOT
from tests.support.config_files import written
from token_rotator.contract import Algorithm, GrantType, Profile, ScopeIn
from token_rotator.credential.service_account import parse
from token_rotator.settings import Settings
from token_rotator_cdk.config.load import load

PAGE = (ROOT / "docs" / "configure" / "providers.md").read_text(encoding="utf-8")
STACK = '[stack]\nname = "tokens"\n'


def recipes() -> dict[str, str]:
    """The TOML of each section."""
    parts = re.split(r"^## (.+)\n", PAGE, flags=re.M)[1:]
    found = {}
    for heading, text in list(pairwise(parts))[::2]:
        for block in re.findall(r"^```toml\n(.*?)^```", text, flags=re.M | re.S):
            assert heading not in found
            found[heading] = block
    return found


RECIPES = recipes()


def test_the_page_has_a_recipe_for_each_provider():
    assert [heading.split()[0] for heading in RECIPES] == [
        *("Intelligence", "Salesforce", "Okta", "Entra", "Keycloak", "NHS", "Google", "DocuSign")
    ]


@pytest.mark.parametrize("heading", RECIPES)
def test_a_recipe_is_accepted_and_says_where_the_provider_is(tmp_path, heading):
    deployment = load(written(tmp_path / "rotators.toml", STACK + RECIPES[heading]))

    (rotator,) = deployment.rotators.values()
    provider = rotator.identity_provider
    named = provider.token_endpoint or provider.discovery_endpoint
    assert (named is None) == (provider.profile is Profile.INTELLIGENCE)
    # a token lives longer than the time to the next one, whatever the jitter
    assert rotator.interval_minutes * 60 + 60 <= rotator.token_lifetime_seconds


def test_what_a_recipe_says_in_a_comment_is_accepted_too(tmp_path):
    text = re.sub(r"^# (\w+ = )", r"\1", "".join(RECIPES.values()), flags=re.M)
    assert text.count("#") < "".join(RECIPES.values()).count("#")

    load(written(tmp_path / "rotators.toml", STACK + text))


def test_all_recipes_fit_into_one_file(tmp_path):
    text = STACK + "".join(RECIPES.values())

    deployment = load(written(tmp_path / "rotators.toml", text))

    assert len(deployment.rotators) == len(RECIPES)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Intelligence", (GrantType.CLIENT_CREDENTIALS, Algorithm.RS256, None)),
        ("Salesforce Platform (core)", (GrantType.JWT_BEARER, Algorithm.RS256, None)),
        ("Entra ID", (GrantType.CLIENT_CREDENTIALS, Algorithm.PS256, ScopeIn.PARAMETER)),
        ("NHS England (API platform)", (GrantType.CLIENT_CREDENTIALS, Algorithm.RS512, None)),
        ("Google service accounts", (GrantType.JWT_BEARER, Algorithm.RS256, ScopeIn.CLAIM)),
        ("DocuSign", (GrantType.JWT_BEARER, Algorithm.RS256, ScopeIn.CLAIM)),
    ],
)
def test_a_recipe_renders_what_the_provider_documents(heading, expected):
    (table,) = tomllib.loads(RECIPES[heading])["rotators"].values()

    read = Settings.from_environment(function_environment(**table))

    assert (read.grant_type, read.algorithm, read.scope_in if read.scope else None) == expected


@pytest.mark.parametrize("file", ["private.pem", "key.json"])
def test_the_commands_make_what_the_secret_has_to_hold(tmp_path, file):
    key = pem(rsa_key())
    downloaded = json.dumps({"client_email": "CLIENT_ID", "private_key": key})
    (tmp_path / file).write_text(downloaded if file == "key.json" else key)
    (command,) = (line.strip() for line in PAGE.splitlines() if f" {file} > " in line)
    program, *words = shlex.split(command.partition(" > ")[0])
    assert program == "python3"

    made = subprocess.run(
        [sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    account = parse(made.stdout, algorithm=Algorithm.RS256)
    assert account.service_account_id == "CLIENT_ID"
    assert account.private_key.public_key() == rsa_key().public_key()
    assert account.discovery_endpoint is None
