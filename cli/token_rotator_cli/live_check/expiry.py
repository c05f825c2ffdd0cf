"""The step that creates a parameter, and checks that SSM deletes it after its expiration."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from token_rotator.parameter.publication import expiration
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.errors import CallerError, CheckFailed
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.steps import Finding, Result

TIME_TO_EXPIRY: Final = timedelta(minutes=2)
POLL_INTERVAL: Final = timedelta(seconds=15)
LONGEST_REFUSAL: Final = timedelta(minutes=2)
"""How long SSM may refuse to reuse the name of a deleted parameter."""


def name_of(parameter_name: str, run: str) -> str:
    """The name of a sibling of the real parameter, because parameters cannot be nested."""
    return f"{parameter_name}-live-check-{run}"


def expiry(context: LiveCheckContext) -> Finding:
    """SSM deletes an expired parameter in time, and its name can be used again."""
    longest_wait = context.options.expire
    if longest_wait is None:
        return Finding(message="not requested: --expire MINUTES", result=Result.SKIPPED)
    name = name_of(context.deployed.settings.parameter_name, context.options.run)
    due = (context.clock.now() + TIME_TO_EXPIRY).replace(microsecond=0)
    with _deleted_afterwards(context, name):
        _put(context, name, due)
        until = due + longest_wait
        with context.console.progress(
            f"Waiting until {until:%H:%M} UTC at most for SSM to delete {name}"
        ):
            deleted_at = context.clock.wait_for(
                lambda: _deletion_time(context, name), until=until, every=POLL_INTERVAL
            )
        if deleted_at is None and context.aws.is_local:
            return Finding(message="a local AWS deletes none", result=Result.UNKNOWN)
        if deleted_at is None:
            raise CheckFailed(
                f"{longest_wait.total_seconds() / 60:.0f} minutes after its Expiration at "
                f"{due:%H:%M:%S} UTC the parameter was still there."
            )
        late = (deleted_at - due).total_seconds()
        if late < 0:
            raise CheckFailed(
                f"It was deleted {-late:.0f} s before its Expiration at {due:%H:%M:%S} UTC."
            )
        refused = _name_refused_for(context, name)
    again = "at once" if refused == timedelta() else f"after {refused.total_seconds():.0f} s"
    return Finding(
        message=f"deleted at most {late:.0f} s after its Expiration; its name could be used again "
        f"{again}",
        facts={"late_seconds": late, "refused_seconds": refused.total_seconds()},
    )


@contextmanager
def _deleted_afterwards(context: LiveCheckContext, name: str) -> Iterator[None]:
    """Deletes the parameter at the end. If that fails, it expires."""
    try:
        yield
    finally:
        try:
            with calling("ssm:DeleteParameter"):
                context.aws.parameters.delete_parameter(Name=name)
        except CallerError as error:
            if error.code != "ParameterNotFound":
                context.console.note(
                    f"{name} was not deleted: {error} It expires by itself, or delete it: "
                    f"aws ssm delete-parameter --name {name}"
                )


def _put(context: LiveCheckContext, name: str, due: datetime) -> None:
    with calling("ssm:PutParameter"):
        context.aws.parameters.put_parameter(
            Name=name,
            Value="made by a live check; holds no token",
            Type="SecureString",
            Tier="Advanced",
            KeyId=context.deployed.settings.parameter_key_arn,
            Policies=expiration(due),
        )


def _deletion_time(context: LiveCheckContext, name: str) -> datetime | None:
    """The time, if the parameter does not exist."""
    try:
        with calling("ssm:GetParameter"):
            context.aws.parameters.get_parameter(Name=name, WithDecryption=False)
    except CallerError as error:
        if error.code == "ParameterNotFound":
            return context.clock.now().astimezone(UTC)
        raise
    return None


def _name_refused_for(context: LiveCheckContext, name: str) -> timedelta:
    """How long SSM refused the name after the deletion."""
    started = context.clock.now()

    def accepted() -> datetime | None:
        now = context.clock.now()
        try:
            _put(context, name, now + 2 * TIME_TO_EXPIRY)
        except CallerError as error:
            if error.code not in ("ParameterAlreadyExists", "ParameterNotFound", "TooManyUpdates"):
                raise
            return None
        return now

    at = context.clock.wait_for(
        accepted, until=started + LONGEST_REFUSAL, every=timedelta(seconds=1)
    )
    if at is None:
        raise CheckFailed(
            f"It was deleted, and for {LONGEST_REFUSAL.seconds} s its name could not be used again."
        )
    return at - started
