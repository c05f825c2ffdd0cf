"""The models are strict, closed and frozen, and no error carries what was written."""

import pytest
from pydantic import ValidationError

from tests.support.config_files import GOOD, written
from tests.support.infra_keys import PEM
from token_rotator_cdk.config.document.nesting import tables
from token_rotator_cdk.config.issues import ConfigurationIssues
from token_rotator_cdk.config.load import load
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.table import Table


def test_every_table_is_strict_closed_and_frozen_and_hides_its_input():
    models = [model for _, model in tables(Deployment, name="NAME")]

    assert len(models) == 7
    for model in models:
        assert issubclass(model, Table)
        config = model.model_config
        assert (config["strict"], config["extra"], config["frozen"]) == (True, "forbid", True)


def test_a_table_does_not_change():
    rotator = RotatorConfig(parameter_name="/a")

    with pytest.raises(ValidationError):
        rotator.memory_mb = 512


def test_pydantics_own_error_shows_no_input():
    with pytest.raises(ValidationError) as caught:
        RotatorConfig.model_validate({"parameter_name": "/a", "private_key": "hunter2"})

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("text", [f'{GOOD}key = """{PEM}"""', f'{GOOD}key = "{PEM[:40]}'])
def test_what_is_raised_has_no_history_that_could_hold_the_document(tmp_path, text):
    with pytest.raises(ConfigurationIssues) as caught:
        load(written(tmp_path / "rotators.toml", text))

    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
