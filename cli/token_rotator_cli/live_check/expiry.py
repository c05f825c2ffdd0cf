"""Does an expired parameter go away? One that holds no token is planted beside the real one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from token_rotator.parameter.publication import expiration
from token_rotator_cli.aws import calling
from token_rotator_cli.errors import CallerError
from token_rotator_cli.findings import Finding, Result
from token_rotator_cli.live_check.context import LiveCheckContext
from token_rotator_cli.live_check.errors import NotAsPromised

AHEAD: Final = timedelta(minutes=2)
EVERY: Final = timedelta(seconds=15)
LONGEST_REFUSAL: Final = timedelta(minutes=2)
"""How long the name of a deleted parameter may refuse to be used again."""


def name_of(parameter_name: str, run: str) -> str:
    """Not below the real one: a parameter may not be a level of another's hierarchy."""
    return f"{parameter_name}-live-check-{run}"


def expiry(evidence: LiveCheckContext) -> Finding:
    """When does SSM delete it, and may its name be used again at once?"""
    bound = evidence.asked.expire
    if bound is None:
        return Finding(says="not asked for: --expire MINUTES", result=Result.SKIPPED)
    name = name_of(evidence.deployed.settings.parameter_name, evidence.asked.run)
    due = (evidence.clock.now() + AHEAD).replace(microsecond=0)
    with _removed(evidence, name):
        _put(evidence, name, due)
        until = due + bound
        with evidence.console.progress(
            f"Waiting until {until:%H:%M} UTC at most for SSM to delete {name}"
        ):
            gone = evidence.clock.wait_for(lambda: _gone(evidence, name), until=until, every=EVERY)
        if gone is None and evidence.aws.is_local:
            return Finding(says="a local AWS deletes none", result=Result.UNKNOWN)
        if gone is None:
            raise NotAsPromised(
                f"{bound.total_seconds() / 60:.0f} minutes after its Expiration at "
                f"{due:%H:%M:%S} UTC the parameter was still there."
            )
        late = (gone - due).total_seconds()
        if late < 0:
            raise NotAsPromised(
                f"It was deleted {-late:.0f} s before its Expiration at {due:%H:%M:%S} UTC."
            )
        refused = _used_again(evidence, name)
    again = "at once" if refused == timedelta() else f"after {refused.total_seconds():.0f} s"
    return Finding(
        says=f"deleted at most {late:.0f} s after its Expiration; its name could be used again "
        f"{again}",
        facts={"late_seconds": late, "refused_seconds": refused.total_seconds()},
    )


@contextmanager
def _removed(evidence: LiveCheckContext, name: str) -> Iterator[None]:
    """Deletes the parameter, whatever happens; if that fails, its own Expiration is left."""
    try:
        yield
    finally:
        try:
            with calling("ssm:DeleteParameter"):
                evidence.aws.parameters.delete_parameter(Name=name)
        except CallerError as error:
            if error.code != "ParameterNotFound":
                evidence.console.note(
                    f"{name} was not deleted: {error} Its Expiration will, or you: "
                    f"aws ssm delete-parameter --name {name}"
                )


def _put(evidence: LiveCheckContext, name: str, due: datetime) -> None:
    with calling("ssm:PutParameter"):
        evidence.aws.parameters.put_parameter(
            Name=name,
            Value="made by a live check; holds no token",
            Type="SecureString",
            Tier="Advanced",
            KeyId=evidence.deployed.settings.parameter_key_arn,
            Policies=expiration(due),
        )


def _gone(evidence: LiveCheckContext, name: str) -> datetime | None:
    try:
        with calling("ssm:GetParameter"):
            evidence.aws.parameters.get_parameter(Name=name, WithDecryption=False)
    except CallerError as error:
        if error.code == "ParameterNotFound":
            return evidence.clock.now().astimezone(UTC)
        raise
    return None


def _used_again(evidence: LiveCheckContext, name: str) -> timedelta:
    """How long the name was refused after the parameter was gone."""
    begun = evidence.clock.now()

    def accepted() -> datetime | None:
        now = evidence.clock.now()
        try:
            _put(evidence, name, now + 2 * AHEAD)
        except CallerError as error:
            if error.code not in ("ParameterAlreadyExists", "ParameterNotFound", "TooManyUpdates"):
                raise
            return None
        return now

    at = evidence.clock.wait_for(
        accepted, until=begun + LONGEST_REFUSAL, every=timedelta(seconds=1)
    )
    if at is None:
        raise NotAsPromised(
            f"It was deleted, and for {LONGEST_REFUSAL.seconds} s its name could not be used again."
        )
    return at - begun
