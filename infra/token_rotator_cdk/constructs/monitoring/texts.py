"""Texts of alarms and alerts.

A text describes what happened, the first command to run (with names filled in), and the next
steps. docs/operate/runbook.md has details; with ``runbook_url``, each text links to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aws_cdk import Stack
from constructs import Construct

from token_rotator.contract import RESTORE, ReportField


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmText:
    """The text of one alarm. ``{upload}`` is replaced by the command that stores a new key."""

    meaning: str
    first_command: str
    """The ``token-rotator`` command to run first."""
    next_steps: str


TEXTS: Final[Mapping[str, AlarmText]] = MappingProxyType(
    {
        "RefreshFailing": AlarmText(
            meaning="A rotation failed. The published token works until it expires. The next run "
            "tries again.",
            first_command="check",
            next_steps="It reports the problem and the fix. Identity provider or AWS down: no "
            "action is needed. Key rejected or unusable: get a new one from the identity "
            "provider, then run {upload}. The function times out or does not start: roll back "
            "its last deployment.",
        ),
        "FunctionNotInvoked": AlarmText(
            meaning="The function has not been invoked for some minutes. RefreshFailing cannot "
            "detect this. A 5-minute token expires about now.",
            first_command="rotate",
            next_steps="If that publishes, consumers have a token for a few more minutes: enable "
            f"the schedules in EventBridge Scheduler, or {RESTORE}, if the schedules or their "
            "role are gone. If it is throttled: set the function's reserved concurrency to 1, or "
            "free the account's concurrency. If neither helps: check the AWS Health Dashboard, "
            "and repeat the command every 4 minutes until AWS recovers.",
        ),
        "TokenNotRefreshed": AlarmText(
            meaning="No token was published for {minutes} minutes. Consumers have no valid token, "
            "or, with a new stack, never had one.",
            first_command="rotate",
            next_steps="If the outcome is waiting: no key is stored yet; run {upload}. If it "
            "fails: the error includes the fix. If it publishes: the function works but is not "
            f"invoked; enable the schedules in EventBridge Scheduler, or {RESTORE}.",
        ),
        "TokenMarginLow": AlarmText(
            meaning="A token was replaced less than {margin} s before its expiry, or after it "
            "(below 0). The next delay can leave consumers without a token.",
            first_command="check",
            next_steps="If RefreshFailing was in ALARM: this is the end of that outage. "
            "Otherwise, the function's log of that minute shows why "
            f"({ReportField.MARGIN_SECONDS}, {ReportField.STEPS}, {ReportField.TOKEN_REQUESTS}): "
            "a slow identity provider or a slow AWS. If no step was slow, the schedules fire "
            "late: raise watchdog_min_remaining_seconds.",
        ),
        "PreviousKeyInUse": AlarmText(
            meaning="The secret's current key does not work, and tokens are obtained with the "
            "previous one. If that is revoked, consumers have no token.",
            first_command="check",
            next_steps="It reports the cause. Wrong or damaged file, or a key that the provider "
            "does not know: run {upload} with the newest file. Do not store anything as a test: "
            "that would remove the working key from the secret.",
        ),
        "KeyExpiringSoon": AlarmText(
            meaning="The key expires in less than {key_days} days, judging by when it was stored. "
            "After that, no token can be obtained. Not urgent: handle it in working hours.",
            first_command="check",
            next_steps="Ask someone who may press Generate/Refresh in Intelligence, and run "
            "{upload} with the new file.",
        ),
    }
)

SECRET_READ: Final = "KeySecretRead"
"""The heading of an alert, and of its section in docs/operate/runbook.md."""

MAX_DESCRIPTION_LENGTH: Final = 1024
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTexts:
    """The texts of one rotator."""

    scope: Construct
    function_name: str
    runbook_url: str | None

    def alarm(self, name: str, **numbers: int) -> str:
        """The description of an alarm."""
        text = TEXTS[name]
        stack = Stack.of(self.scope)
        meaning = text.meaning.format(**numbers)
        next_steps = text.next_steps.format(upload=self._command("upload FILE"))
        first_command = self._command(text.first_command)
        if text.first_command == "rotate":
            invoke = f"aws lambda invoke --function-name {self.function_name} --region"
            first_command += f" (or `{invoke} {stack.region} /dev/stdout`)"
        return (
            f"{meaning} First, in account {stack.account}: {first_command}. "
            f"{next_steps}{self._link(name)}"
        )

    def secret_read(self, *, event: str) -> str:
        """The alert that another principal read the secret."""
        return (
            f"{SECRET_READ}: {event} First, check the event: did it succeed (no errorCode), and "
            "who is userIdentity? A colleague or a scanner: ask whether this is necessary. If "
            "nobody knows, treat the key as stolen: get a new one from the identity provider, run "
            f"{self._command('upload FILE')}, have the old one revoked, and check what else that "
            f"principal did.{self._link(SECRET_READ)}"
        )

    def _command(self, verb: str) -> str:
        region = Stack.of(self.scope).region
        return f"`token-rotator {verb} --function {self.function_name} --region {region}`"

    def _link(self, heading: str) -> str:
        return "" if self.runbook_url is None else f" More: {self.runbook_url}#{heading.lower()}"
