"""Checks the required tools: one sentence on stderr and exit code 1 if one is missing.

It runs before anything is installed, on any python3: it uses the standard library and the syntax of
Python 3.6 only.
"""

import subprocess
import sys

PYTHON = (3, 11)
NODE = 20


def problem() -> str:
    """A sentence about what is missing, or an empty string."""
    return python_problem() or node_problem()


def python_problem() -> str:
    """A sentence about what is wrong with this interpreter, or an empty string."""
    found = sys.version_info
    if found < PYTHON:
        return (
            f"Python 3.11 or newer is needed, this is {found[0]}.{found[1]}; "
            "name a newer one with: make PYTHON=/path/to/python3.11"
        )
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return (
            "This Python cannot make virtual environments; install its venv module "
            "(Debian and Ubuntu: apt install python3-venv)."
        )
    return ""


def node_problem() -> str:
    """A sentence about what is wrong with node or npm, or an empty string."""
    version = output_of("node", "--version")
    if not version:
        return f"node is not installed; the CDK command line needs node {NODE} or newer."
    major = version.lstrip("v").split(".")[0]
    if not major.isdigit() or int(major) < NODE:
        return f"node {NODE} or newer is needed, this is {version[:40]}."
    if not output_of("npm", "--version"):
        return "npm is not installed; it fetches the CDK command line that package.json pins."
    return ""


def output_of(*command: str) -> str:
    """The output of a command. Empty if the command does not exist or fails."""
    try:
        printed = subprocess.check_output(command, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return printed.decode("utf-8", "replace").strip()


if __name__ == "__main__":
    sys.exit(problem() or 0)
