"""What `check` found, for tests."""

import json
from typing import Any

import pytest

from tests.support.operating import (
    FUNCTION,
    PARAMETER,
    OperatedRotator,
)


def steps(rotator: OperatedRotator, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    rotator.run("check", "--json")
    return {one["step"]: one for one in json.loads(capsys.readouterr().out)["steps"]}


def results(found: dict[str, Any], *, but: str = "ok") -> dict[str, str]:
    """The results that are not ``ok``."""
    return {name: one["result"] for name, one in found.items() if one["result"] != but}


OUTPUTS = {"MarketingFunctionName": FUNCTION, "MarketingParameterName": PARAMETER}
