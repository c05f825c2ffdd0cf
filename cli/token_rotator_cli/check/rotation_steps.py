"""Steps of a rotation, from the function's report.

The report is from the rotation that this command invokes, or else the last one in the log.
"""

import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from token_rotator.contract import KEY_DAYS_LEFT_REPORTED_BELOW, Outcome, RotationStep
from token_rotator.identity_provider.error_messages import NOTABLE_SKEW
from token_rotator_cdk.config.places import region_of
from token_rotator_cli.check.context import CheckContext
from token_rotator_cli.console import moment
from token_rotator_cli.deployment.invocation import invoke
from token_rotator_cli.deployment.rotation_log import LoggedRotation, LoggedStep
from token_rotator_cli.errors import CallerError
from token_rotator_cli.steps import Finding, Result


def invocation(context: CheckContext) -> Finding:
    """Lambda runs the function on request. The token that it obtains is published."""
    try:
        rotation = invoke(context.aws, context.session.clock, context.deployed)
    except CallerError as error:
        if not error.denied:
            raise
        return Finding(message=str(error), result=Result.UNKNOWN)
    context.rotation = rotation
    facts = {"outcome": rotation.outcome}
    if any(step.failed for step in rotation.steps.values()):
        return Finding(message=f"Lambda ran the function: {rotation.outcome}", facts=facts)
    if rotation.error:
        return Finding(message=rotation.reason, result=Result.WRONG, error=rotation.error)
    return Finding(
        message=" ".join([f"Lambda ran the function: {rotation.outcome}.", *rotation.warnings]),
        result=Result.WARNING if rotation.warnings else Result.OK,
        facts=facts,
    )


def reported_step(step: RotationStep) -> Callable[[CheckContext], Finding]:
    """Creates the step of ``check`` for a step of the rotation."""

    def run(context: CheckContext) -> Finding:
        rotation = context.last
        logged = rotation.steps.get(step) if rotation else None
        if rotation is None or logged is None:
            return Finding(message="not reached", result=Result.SKIPPED)
        by_log = f"by the log, {moment(rotation.at)} ({rotation.trigger}): "
        source = "" if context.rotation else by_log
        if logged.failed:
            elsewhere = _region_note(context) if step is RotationStep.SECRET else ""
            return Finding(
                message=f"{source}{_failure_message(rotation, logged)}{elsewhere}",
                result=Result.WRONG if _is_decisive(rotation, logged) else Result.WARNING,
                error=logged.error,
            )
        message, result = _FOUND[step](rotation)
        again = f", after a failure ({logged.error})" if logged.error else ""
        return Finding(
            message=f"{source}{message} ({logged.duration_ms} ms{again})",
            result=result,
            facts={name: getattr(rotation, name) for name in _FACTS.get(step, ())},
        )

    run.__name__ = step
    return run


def _failure_message(rotation: LoggedRotation, step: LoggedStep) -> str:
    if rotation.error == step.error:
        return rotation.error_message or ""
    return " ".join(rotation.warnings) or str(step.error)


def _is_decisive(rotation: LoggedRotation, step: LoggedStep) -> bool:
    """Whether it is why nothing was published, or why the previous key was used."""
    if rotation.error is not None:
        return rotation.error == step.error
    return rotation.previous_key_used or rotation.outcome == Outcome.WAITING


def _region_note(context: CheckContext) -> str:
    """A note if the secret is in a different region than the function."""
    if not hasattr(context, "deployed"):
        return ""
    secret, function = context.deployed.settings.secret_arn, context.outline.function_arn
    secret_region, function_region = region_of(secret), region_of(function)
    if secret_region == function_region:
        return ""
    return (
        f" The secret is in {secret_region}, but the function is in {function_region}: set a "
        f"secret in {function_region}, or replicate this one."
    )


def _read(rotation: LoggedRotation) -> tuple[str, Result]:
    left = rotation.life_left_before_seconds
    before = "there was no token" if left is None else f"the previous token had {left:.0f} s left"
    return before, Result.OK


def _key(rotation: LoggedRotation) -> tuple[str, Result]:
    left = rotation.key_days_left
    stored = f"{rotation.key}, stored {rotation.key_age_days} days ago"
    if left is None:
        return stored, Result.OK
    if left >= KEY_DAYS_LEFT_REPORTED_BELOW:
        return f"{stored}; at most {left} days left", Result.OK
    renew = (
        "Press Generate/Refresh in Intelligence and store the new file: token-rotator upload FILE"
    )
    return f"{stored}; at most {left} days left. {renew}", Result.WARNING


def _exchange(rotation: LoggedRotation) -> tuple[str, Result]:
    skew = timedelta(seconds=rotation.clock_skew_seconds or 0)
    accepted = f"accepted; the token lives {rotation.token_lifetime_seconds or 0:.0f} s"
    if abs(skew) < NOTABLE_SKEW:
        return accepted, Result.OK
    where = "ahead of" if skew > timedelta() else "behind"
    seconds = math.ceil(abs(skew).total_seconds())
    return f"{accepted}; its clock is {seconds} s {where} the function's", Result.OK


def _publish(rotation: LoggedRotation) -> tuple[str, Result]:
    version = f"version {rotation.parameter_version}"
    if rotation.outcome == Outcome.SUPERSEDED:
        return f"the token of {version} expires later and stays", Result.OK
    return f"{version} of the parameter", Result.OK


_FOUND: Final[Mapping[RotationStep, Callable[[LoggedRotation], tuple[str, Result]]]] = {
    RotationStep.READ: _read,
    RotationStep.SECRET: lambda one: (f"version {one.current_secret_version}", Result.OK),
    RotationStep.KEY: _key,
    RotationStep.DISCOVERY: lambda one: (f"the token endpoint is {one.token_endpoint}", Result.OK),
    RotationStep.ASSERTION: lambda _: ("signed", Result.OK),
    RotationStep.EXCHANGE: _exchange,
    RotationStep.PUBLISH: _publish,
}
"""Messages for successful steps."""

_FACTS: Final[Mapping[RotationStep, tuple[str, ...]]] = {
    RotationStep.READ: ("life_left_before_seconds",),
    RotationStep.SECRET: ("secret_version", "failed_secret_version"),
    RotationStep.KEY: ("key", "key_age_days", "key_days_left"),
    RotationStep.DISCOVERY: ("token_endpoint",),
    RotationStep.EXCHANGE: ("token_lifetime_seconds", "clock_skew_seconds", "token_requests"),
    RotationStep.PUBLISH: ("parameter_version",),
}
