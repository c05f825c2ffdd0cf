"""Links of a rotator on the local AWS that the tests break, and what is said of each."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from local.idp import faults
from local.idp.faults import Endpoint
from tests.e2e.breaking import (
    DOWN,
    a_deleted_parameter,
    a_deleted_rule,
    a_deleted_schedule,
    a_deleted_secret,
    a_disabled_key,
    a_disabled_rule,
    a_disabled_schedule,
    a_key_about_to_go,
    a_log_for_ever,
    a_random_string,
    a_refused_key,
    a_role_that_trusts_nobody,
    a_role_without,
    a_throttled_function,
    another_writer,
    deleted_alarms,
    provider,
    silenced_alarms,
)
from tests.support.system import System

Broken = Callable[[System], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Link:
    """One link, what `check` says of it, and the section of the runbook that fixes it."""

    breaks: Broken
    steps: list[str]
    """What is wrong."""
    says: str
    section: str
    warns: bool = False
    """It is a warning."""
    passes: bool = False
    """Somebody else fixes the cause, and the commands follow."""


@contextmanager
def is_broken(link: Link, system: System) -> Iterator[None]:
    """Fixes the link at the end, also if a test has failed."""
    broken = link.breaks(system)
    broken.__enter__()
    try:
        yield
    finally:
        broken.__exit__(None, None, None)


BY_HAND = "Something was changed or deleted by hand"

BROKEN: dict[str, Link] = {
    "the key is refused": Link(
        a_refused_key, ["exchange"], "invalid_client", "The key is refused",
    ),
    "the provider is down": Link(
        lambda system: provider(Endpoint.TOKEN, DOWN, system), ["exchange"], "status 503",
        "The provider does not answer", passes=True,
    ),
    "a firewall answers": Link(
        lambda system: provider(Endpoint.TOKEN, faults.HTML, system), ["exchange"], "keep it",
        "A firewall answers", passes=True,
    ),
    "the secret is a random string": Link(
        a_random_string, ["key"], "instead of a service account", "The secret holds no usable key",
    ),
    "the secret is deleted": Link(
        a_deleted_secret, ["secret"], "scheduled for deletion", "The secret is deleted",
    ),
    "the schedule is disabled": Link(
        a_disabled_schedule, ["schedules"], "Disabled", "A schedule is disabled",
    ),
    "the schedule is deleted": Link(
        a_deleted_schedule, ["schedules"], "--revert-drift", BY_HAND,
    ),
    "the alarms are deleted": Link(
        deleted_alarms, ["alarms"], "There are no alarms", BY_HAND,
    ),
    "the alarms' actions are off": Link(
        silenced_alarms, ["alarms"], "alarms are off", "Alarms notify nobody", warns=True,
    ),
    "the log keeps its lines for ever": Link(
        a_log_for_ever, ["log"], "forever", BY_HAND, warns=True,
    ),
    "the key is disabled": Link(
        a_disabled_key, ["encryption_key"], "Disabled", "The KMS key is disabled",
    ),
    "the key is going to be deleted": Link(
        a_key_about_to_go, ["encryption_key"], "PendingDeletion",
        "The KMS key is going to be deleted",
    ),
    "the parameter is deleted": Link(
        a_deleted_parameter, ["exchange", "record"], "no token was published",
        "The parameter is deleted or overwritten", passes=True,
    ),
    "the function is throttled": Link(
        a_throttled_function, ["invocation", "concurrency"], "0 is reserved",
        "The function is throttled",
    ),
    "another function writes the parameter": Link(
        another_writer, ["writers"], "each encrypts it with its own key",
        "Another rotator writes the parameter", passes=True,
    ),
    "the event rule is disabled": Link(
        a_disabled_rule, ["rules"], "Disabled", "An event rule is disabled",
    ),
    "the event rule is deleted": Link(
        a_deleted_rule, ["rules"], "No event rule invokes the function after a new key", BY_HAND,
    ),
    "the role may not read the secret": Link(
        lambda system: a_role_without("secretsmanager:GetSecretValue", system), ["secret"],
        "The function's role may not read it", BY_HAND,
    ),
    "the role may not write the parameter": Link(
        lambda system: a_role_without("ssm:PutParameter", system), ["publish"],
        "The function's role may not", BY_HAND,
    ),
    "the role trusts somebody else": Link(
        a_role_that_trusts_nobody, ["roles"], "does not let lambda.amazonaws.com assume it",
        BY_HAND,
    ),
}  # fmt: skip
