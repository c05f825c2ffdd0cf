"""AWS fails while the parameter is created: the value is there now, the tags a rotation later."""

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
from tests.faults.under_fire import UnderFire


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
def test_tags_that_could_not_be_put_fail_nothing_and_come_later(
    function: UnderFire, fault: AwsFault
):
    without_parameter(function)
    function.aws_fails(Call.ADD_TAGS, fault)

    rotated = function.rotate()

    assert function.aws.met(Call.ADD_TAGS) == 1
    assert rotated.published, rotated.entry
    assert tags(function) == []
    function.recovers()
    assert tags(function) != []


def test_a_creation_whose_answer_is_lost_is_tagged_later(function: UnderFire):
    without_parameter(function)
    function.aws_fails(Call.PUT_PARAMETER, ANSWER_LOST)

    rotated = function.rotate()

    assert function.aws.met(Call.PUT_PARAMETER) == 1
    assert rotated.published, rotated.entry
    function.recovers()
    assert tags(function) != []


def without_parameter(function: UnderFire) -> None:
    """It has expired, and with it its tags."""
    ssm = function.system.aws.client("ssm")
    ssm.delete_parameter(Name=function.system.rotator.parameter_name)
    assert function.parameter() is None


def tags(function: UnderFire) -> list[dict[str, Any]]:
    answer: dict[str, Any] = function.system.aws.client("ssm").list_tags_for_resource(
        ResourceType="Parameter", ResourceId=function.system.rotator.parameter_name
    )
    found: list[dict[str, Any]] = answer["TagList"]
    return found
