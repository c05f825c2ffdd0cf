"""Runs a CDK app whose rotators get the bundle for this machine: what a local AWS can run.

``python -m tests.support.on_this_machine APP``, in the directory of the app.
"""

import runpy
import sys
from typing import Final

from aws_cdk import aws_lambda as lambda_

from token_rotator_cdk.bundle.asset import function_code
from token_rotator_cdk.bundle.targets import THIS_MACHINE, Target
from token_rotator_cdk.constructs import token_rotator

COMMAND: Final = "python3 -m tests.support.on_this_machine app.py"


def _for_this_machine(_: Target, certificates: str) -> lambda_.Code:
    return function_code(THIS_MACHINE, certificates)


if __name__ == "__main__":
    vars(token_rotator)["function_code"] = _for_this_machine
    sys.path.insert(0, "")
    runpy.run_path(sys.argv[1], run_name="__main__")
