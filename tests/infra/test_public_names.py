"""The public names of the constructs' library, and what importing them costs."""

import subprocess
import sys

import token_rotator_cdk
from token_rotator_cdk import TokenRotator
from token_rotator_cdk.constructs import token_rotator

WITHOUT_THE_CDK = """
import sys
import token_rotator_cdk
from token_rotator_cdk.config.load import load
from token_rotator_cdk import ConfigurationIssues, ValueFormat
assert "aws_cdk" not in sys.modules and "jsii" not in sys.modules, "the AWS CDK is imported"
"""


def test_every_public_name_is_there():
    assert [getattr(token_rotator_cdk, name) for name in token_rotator_cdk.__all__]
    assert TokenRotator is token_rotator.TokenRotator
    assert dir(token_rotator_cdk) == sorted(token_rotator_cdk.__all__)


def test_no_other_name_is_there():
    assert not hasattr(token_rotator_cdk, "TokenRotater")


def test_reading_a_configuration_starts_no_node():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_CDK], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
