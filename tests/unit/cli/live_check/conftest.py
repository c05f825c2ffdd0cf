import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.live_account import LiveAccount

Shown = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> LiveAccount:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return LiveAccount()


@pytest.fixture
def check(account: LiveAccount, capsys: pytest.CaptureFixture[str]) -> Shown:
    """The exit code, and each step's part of the document."""

    def run(*options: str, instead: dict[str, object] | None = None) -> tuple[int, dict[str, Any]]:
        code = account.check("--json", *options, instead=instead)
        steps = json.loads(capsys.readouterr().out)["steps"]
        return code, {one["step"]: one for one in steps}

    return run
