"""The page about the construct names every argument, attribute and method."""

import inspect
import re

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from local import ROOT
from studies.reference import construct
from token_rotator_cdk import TokenRotator

TEXT = (ROOT / construct.PAGE).read_text(encoding="utf-8")


def named(section: str) -> set[str]:
    part = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return {*re.findall(r"^\| `(\w+)", part, re.M)}


def test_every_argument_has_its_row():
    parameters = {*inspect.signature(TokenRotator.__init__).parameters}

    assert named("Arguments") == parameters - {"self", "scope", "construct_id", "code"}


def test_every_attribute_of_the_page_is_set_and_every_public_one_is_on_it():
    rotator = TokenRotator(
        cdk.Stack(cdk.App(), "Stack"),
        "Marketing",
        parameter_name="/marketing/token",
        code=lambda_.Code.from_inline("no code"),
    )

    public = {name for name in vars(rotator) if not name.startswith("_")}
    assert named("Attributes") == public - {"node", "secret_arn", "triggers"}


def test_every_method_has_its_row():
    own = {*dir(TokenRotator)} - {*dir(Construct)}

    assert named("Methods") == {name for name in own if not name.startswith("_")}
