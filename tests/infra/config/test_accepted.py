"""Configuration files that are accepted, above all the sample, key by key."""

import re

import pytest

from fakes.certificates import an_authority
from local import ROOT
from tests.support.config_files import GOOD, TOPIC, written
from token_rotator_cdk.config.document.nesting import nested_table, tables
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.models.deployment import Deployment

SAMPLE = (ROOT / "rotators.toml").read_text(encoding="utf-8")


def uncommented(keys: str = r"\w+") -> str:
    """The sample, with the lines of some keys, and every table's heading, in force."""
    return re.sub(rf"^# ((?:{keys}) = |\[)", r"\1", SAMPLE, flags=re.M)


def test_a_topic_where_the_stack_goes_is_accepted(tmp_path):
    where = 'region = "eu-west-1"\naccount = "111122223333"'
    text = GOOD.replace("[rotators", f'alarm_topic_arn = "{TOPIC}"\n{where}\n[rotators')

    assert load(written(tmp_path / "rotators.toml", text)).stack.alarm_topic_arn == TOPIC


@pytest.mark.parametrize(
    "address", ["http://localhost:8080/t", "http://127.0.0.1/", "http://[::1]/"]
)
def test_an_address_on_this_machine_may_be_http(tmp_path, address):
    line = f'identity_provider.discovery_endpoint = "{address}"'

    loaded = load(written(tmp_path / "r.toml", f"{GOOD}{line}"))

    assert loaded.rotators["marketing"].identity_provider.discovery_endpoint == address


def test_the_sample_loads_and_deploys_one_rotator():
    deployment = load(ROOT / "rotators.toml")

    assert deployment.stack.name == "intelligence-tokens"
    assert [*deployment.rotators] == ["marketing"]
    assert [*load(ROOT / "local" / "rotators.toml").rotators] == ["demo"]


def test_the_sample_names_every_key_in_its_table():
    heading = ""
    named = set()
    for line in uncommented().splitlines():
        if found := re.match(r"\[(\S+)\]", line):
            heading = found[1]
        elif found := re.match(r"(\w+) = ", line):
            named.add((heading, found[1]))

    assert named == {
        (".".join(path), key)
        for path, model in tables(Deployment, name="marketing")
        for key in model.model_fields
        if not nested_table(model, key)
    }


def test_what_the_sample_shows_is_the_default_or_says_that_it_is_an_example(tmp_path):
    comments = dict(re.findall(r"^# (\w+) = .*?(?:# (.*))?$", SAMPLE, re.M))
    defaults = {
        key
        for _, model in tables(Deployment, name="NAME")
        for key, field in model.model_fields.items()
        if key in comments and not field.is_required() and field.default is not None
    }
    needs_a_vpc = {"allow_ipv6_for_dual_stack"}
    text = uncommented("|".join(defaults - needs_a_vpc))
    text = re.sub(r"\[rotators\.marketing\.(secret|vpc)\]", "", text)

    assert load(written(tmp_path / "rotators.toml", text)) == load(ROOT / "rotators.toml")
    assert {"interval_minutes", "watchdog_min_remaining_seconds", "memory_mb", "tags"} <= defaults
    for key in comments.keys() - defaults:
        assert re.match("example|.*default: the profile's", comments[key]), key


def test_every_example_of_the_sample_is_accepted(tmp_path):
    (tmp_path / "private-ca.pem").write_bytes(an_authority().pem)
    text = uncommented().replace('profile = "intelligence"', 'profile = "jwt-bearer"')

    file = written(tmp_path / "rotators.toml", text)
    rotator = load(file, to_deploy=True).rotators["marketing"]

    assert rotator.vpc is not None
    assert rotator.identity_provider.scope == "reports.read"
    assert rotator.secret is not None
    assert rotator.secret.key_arn is not None
