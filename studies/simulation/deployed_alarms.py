"""The alarms of a deployment with the defaults, as the template has them."""

import functools
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from local.alarms.evaluation import Alarm, alarm_definitions
from token_rotator_cdk.config.models.deployment import Deployment
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cdk.config.models.stack import StackConfig
from token_rotator_cdk.stack import TokenRotatorStack


@functools.cache
def alarm_properties() -> Mapping[str, Mapping[str, Any]]:
    """Their CloudFormation properties, by name, without the rotator's."""
    stack = TokenRotatorStack(
        cdk.App(),
        deployment=Deployment(
            stack=StackConfig(name="tokens"),
            rotators={"marketing": RotatorConfig(parameter_name="/marketing/token")},
        ),
        code=lambda_.Code.from_inline("no code"),
    )
    return alarm_definitions(Template.from_stack(stack).to_json())


@functools.cache
def deployed_alarms() -> Mapping[str, Alarm]:
    """The alarms as the simulation evaluates them, by name."""
    return {
        name: Alarm.from_properties(properties) for name, properties in alarm_properties().items()
    }
