"""Each architecture has a bundle of its own, and functions get the one that they can run."""

from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from tests.infra.constructs.test_token_rotator import a_rotator
from tests.infra.constructs.test_token_rotator import a_stack as an_app_stack
from tests.infra.constructs.test_wrong_arguments import said
from tests.support.infra_templates import a_deployment, a_stack, app, only, rendered, template
from token_rotator_cdk.bundle import __main__ as prefetch
from token_rotator_cdk.bundle.build import function_bundle, function_hash
from token_rotator_cdk.bundle.targets import BY_ARCHITECTURE, THIS_MACHINE, Target
from token_rotator_cdk.config.models.stack import Architecture
from token_rotator_cdk.stack import TokenRotatorStack

OF_THE_CDK = {"arm64": lambda_.Architecture.ARM_64, "x86_64": lambda_.Architecture.X86_64}


def function(stack: Stack) -> dict[str, Any]:
    return dict(only(rendered(stack), "AWS::Lambda::Function"))


def deployed(stack: Stack) -> tuple[list[str], bytes]:
    """The function's architectures, and the zip file that is uploaded for it."""
    application = App.of(stack)
    assert isinstance(application, App)
    (file,) = Path(application.synth().directory).glob("asset.*.zip")
    return function(stack)["Architectures"], file.read_bytes()


@pytest.mark.parametrize("architecture", Architecture)
def test_a_function_of_the_file_has_the_bundle_of_its_architecture(architecture: Architecture):
    deployment = a_deployment(a_stack(architecture=architecture))

    architectures, uploaded = deployed(TokenRotatorStack(app(), deployment=deployment))

    assert architectures == [architecture]
    assert uploaded == function_bundle(BY_ARCHITECTURE[architecture]).file.read_bytes()


@pytest.mark.parametrize("architecture", OF_THE_CDK)
def test_a_function_of_an_app_has_the_bundle_of_its_architecture(architecture: str):
    stack = an_app_stack()
    a_rotator(stack, code=None, architecture=OF_THE_CDK[architecture])

    architectures, uploaded = deployed(stack)

    assert architectures == [architecture]
    assert uploaded == function_bundle(BY_ARCHITECTURE[architecture]).file.read_bytes()


def test_arm64_is_the_default_of_both():
    stack = an_app_stack()
    a_rotator(stack)

    for made in (function(stack), only(template(), "AWS::Lambda::Function")):
        assert made["Architectures"] == ["arm64"]


def test_the_bundles_differ_in_their_hashes():
    targets = BY_ARCHITECTURE.values()

    assert BY_ARCHITECTURE.keys() == {*Architecture} == OF_THE_CDK.keys()
    assert len({function_hash(one) for one in targets}) == len(targets)
    assert len({function_bundle(one).file.read_bytes() for one in targets}) == len(targets)


def test_an_architecture_that_lambda_does_not_have_is_a_wrong_argument():
    shown = said(architecture=lambda_.Architecture.custom("riscv64"))

    assert 'architecture = "riscv64": write one of "arm64", "x86_64"' in shown


def test_the_layer_of_the_consumers_library_is_for_every_architecture():
    layers = [
        only(template(a_stack(architecture=one, reader_layer=True)), "AWS::Lambda::LayerVersion")
        for one in Architecture
    ]

    assert layers[0] == layers[1]
    assert "CompatibleArchitectures" not in layers[0]


def test_a_synthesis_after_the_setup_needs_no_network_whatever_the_architecture(
    monkeypatch: pytest.MonkeyPatch,
):
    built: list[Target] = []
    monkeypatch.setattr(prefetch, "function_bundle", built.append)

    assert prefetch.main() == 0

    assert {target.name for target in built} == {
        *(target.name for target in BY_ARCHITECTURE.values()),
        THIS_MACHINE.name,
    }
