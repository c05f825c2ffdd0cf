"""Faults while the parameter is created: the value is written, the tags in the next rotation."""

from typing import Any

import pytest

from local.aws.fault_proxy import (
    ANSWER_LOST,
    HANG,
    RESET,
    SERVER_ERROR,
    THROTTLED,
    AwsFault,
    Call,
    error,
)
from tests.faults.deployed_function import DeployedFunction


@pytest.mark.parametrize(
    "fault",
    [
        THROTTLED,
        error("AccessDeniedException"),
        SERVER_ERROR,
        RESET,
        pytest.param(HANG, marks=pytest.mark.soak),
    ],
    ids=str,
)
def test_a_rotation_succeeds_without_tags_and_the_next_one_adds_them(
    function: DeployedFunction, fault: AwsFault
):
    without_parameter(function)
    function.aws_fails(Call.ADD_TAGS, fault)

    rotated = function.rotate()

    assert function.aws.fault_count(Call.ADD_TAGS) == 1
    assert rotated.published, rotated.entry
    assert tags(function) == []
    function.recovers()
    assert tags(function) != []


def test_after_a_creation_without_an_answer_the_next_rotation_adds_the_tags(
    function: DeployedFunction,
):
    without_parameter(function)
    function.aws_fails(Call.PUT_PARAMETER, ANSWER_LOST)

    rotated = function.rotate()

    assert function.aws.fault_count(Call.PUT_PARAMETER) == 1
    assert rotated.published, rotated.entry
    function.recovers()
    assert tags(function) != []


def without_parameter(function: DeployedFunction) -> None:
    """Deletes the parameter and its tags, as their expiry does."""
    ssm = function.system.aws.client("ssm")
    ssm.delete_parameter(Name=function.system.rotator.parameter_name)
    assert function.parameter() is None


def tags(function: DeployedFunction) -> list[dict[str, Any]]:
    answer: dict[str, Any] = function.system.aws.client("ssm").list_tags_for_resource(
        ResourceType="Parameter", ResourceId=function.system.rotator.parameter_name
    )
    found: list[dict[str, Any]] = answer["TagList"]
    return found
