"""The handler builds the application while Lambda initialises it, and reports what is wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import token_rotator
from fakes.environment import function_environment

LAMBDA_SRC = Path(token_rotator.__file__).parents[1]

BY_THE_STACK = function_environment(rotator="stack/marketing")
BY_LAMBDA = {
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "sentinel",
    "AWS_SESSION_TOKEN": "sentinel",
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9",
}

IMPORTED = """
import json, os, sys
sys.path.insert(0, {path!r})
from token_rotator import handler
"""

BUILT = """
os.environ.clear()  # whatever is built now would lack everything
def built():
    try:
        return handler.application() is handler.application()
    except handler.ConfigurationError:
        return False
print(json.dumps(built()))
"""

INVOKED = """
class Context:
    aws_request_id = "request-1"
    def get_remaining_time_in_millis(self):
        return 50_000
for _ in range(2):
    try:
        handler.handle({"trigger": "schedule"}, Context())
    except Exception as error:
        raised = type(error).__name__, str(error), repr(error.__cause__), repr(error.__context__)
        print(json.dumps(raised))
"""


def answers(script: str, **environment: str) -> list[Any]:
    """The lines that a clean interpreter prints; it must end well and have no complaint."""
    ran = subprocess.run(
        [sys.executable, "-I", "-c", IMPORTED.format(path=str(LAMBDA_SRC)) + script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_what_lambda_imports_is_built_before_the_first_invocation():
    assert answers(BUILT, **BY_THE_STACK, **BY_LAMBDA) == [True]


def test_what_anybody_else_imports_builds_nothing():
    elsewhere = {name: value for name, value in BY_LAMBDA.items() if "LAMBDA" not in name}

    assert answers(BUILT, **BY_THE_STACK, **elsewhere) == [False]


def test_an_environment_that_is_wrong_fails_each_invocation_and_not_the_import():
    wrong = BY_THE_STACK | {"SECRET_ARN": "", "PARAMETER_NAME": ""}

    logged, raised, *again = answers(INVOKED, **wrong, **BY_LAMBDA)

    assert raised == ["ConfigurationError", logged["error_message"], "None", "None"]
    assert "SECRET_ARN is empty; PARAMETER_NAME is empty" in logged["error_message"]
    assert (logged["outcome"], logged["error"]) == ("failed", "ConfigurationError")
    assert (logged["level"], logged["retry_helps"]) == ("ERROR", False)
    assert (logged["rotator"], logged["trigger"]) == ("stack/marketing", "schedule")
    assert logged["function_request_id"] == "request-1"
    assert [again[0]["error"], again[1]] == ["ConfigurationError", raised]
