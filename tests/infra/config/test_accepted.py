"""Which deployment's files are accepted? Above all the sample, key by key."""

import re
from dataclasses import fields

import pytest

from local import ROOT
from tests.support.config_files import GOOD, TOPIC, written
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.models import RotatorConfig, StackConfig, default_of


def test_a_topic_where_the_stack_goes_is_accepted(tmp_path):
    where = 'region = "eu-west-1"\naccount = "111122223333"'
    text = GOOD.replace("[rotators", f'alarm_topic_arn = "{TOPIC}"\n{where}\n[rotators')

    assert load(written(tmp_path / "rotators.toml", text)).stack.alarm_topic_arn == TOPIC


@pytest.mark.parametrize(
    "address", ["http://localhost:8080/t", "http://127.0.0.1/", "http://[::1]/"]
)
def test_an_address_on_this_machine_may_be_http(tmp_path, address):
    loaded = load(written(tmp_path / "r.toml", f'{GOOD}discovery_endpoint = "{address}"'))

    assert loaded.rotators[0].discovery_endpoint == address


def test_the_sample_loads_and_deploys_one_rotator():
    deployment = load(ROOT / "rotators.toml")

    assert deployment.stack.name == "intelligence-tokens"
    assert [rotator.name for rotator in deployment.rotators] == ["marketing"]
    assert load(ROOT / "local" / "rotators.toml").rotators[0].name == "demo"


def test_the_sample_names_every_key_and_the_codes_own_defaults(tmp_path):
    sample = (ROOT / "rotators.toml").read_text()
    optional = re.findall(r"^# (\w+) = (.*)$", sample, re.M)

    known = [setting.name for kind in (StackConfig, RotatorConfig) for setting in fields(kind)]
    required = {"name", "parameter_name"}
    assert {key for key, _ in optional} == set(known) - required
    shown = {key for key, rest in optional if "example" not in rest and "the profile's" not in rest}
    uncommented = re.sub(rf"^# ({'|'.join(shown)}) = ", r"\1 = ", sample, flags=re.M)
    deployment = load(written(tmp_path / "rotators.toml", uncommented))
    configs: list[StackConfig | RotatorConfig] = [deployment.stack, *deployment.rotators]
    for config in configs:
        for setting in fields(config):
            if setting.name not in required:
                assert getattr(config, setting.name) == default_of(setting)
    assert {"interval_minutes", "watchdog_min_remaining_seconds", "memory_mb"} <= shown


def test_every_example_of_the_sample_is_accepted(tmp_path):
    sample = (ROOT / "rotators.toml").read_text()
    everything = re.sub(r"^# (\w+ = )", r"\1", sample, flags=re.M)
    everything = everything.replace('profile = "intelligence"', 'profile = "rfc7523"')

    rotator = load(written(tmp_path / "rotators.toml", everything)).rotators[0]

    assert rotator.scope == "reports.read"
    assert rotator.secret_key_arn is not None
