"""What the secret holds, and what happens while `upload` waits."""

from collections.abc import Callable

import pytest

from tests.support.operated_aws import Refusing
from tests.support.operating import OperatedRotator
from token_rotator.errors import RotationError


def current(rotator: OperatedRotator) -> str:
    return rotator.aws.secrets.get_secret_value(SecretId=rotator.secret)["SecretString"]


def failing(rotator: OperatedRotator) -> None:
    with pytest.raises(RotationError):
        rotator.secret_changed()


def without_the_log(rotator: OperatedRotator) -> Callable[[], None]:
    """The caller may not read the log; what is returned rotates, and the function still logs."""
    logs = vars(rotator.aws)["logs"]

    def rotated() -> None:
        vars(rotator.aws)["logs"] = logs
        rotator.secret_changed()
        vars(rotator.aws)["logs"] = Refusing()

    vars(rotator.aws)["logs"] = Refusing()
    return rotated


def may_only_write(rotator: OperatedRotator) -> None:
    """The caller may store a version, but may not read the secret."""
    real = vars(rotator.aws)["secrets"]

    class WriteOnly(Refusing):
        put_secret_value = real.put_secret_value

    vars(rotator.aws)["secrets"] = WriteOnly()


def interrupt() -> None:
    raise KeyboardInterrupt


def previous(rotator: OperatedRotator) -> str | None:
    """The version that the function would fall back on."""
    labels = rotator.aws.secrets.describe_secret(SecretId=rotator.secret)["VersionIdsToStages"]
    return next((version for version, stages in labels.items() if "AWSPREVIOUS" in stages), None)
