"""What alarms and alerts say: enough to act on at night, without this repository.

A text says what happened, the first command with its names filled in, and what to do next.
docs/operate/runbook.md says more; ``runbook_url`` makes each text link to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aws_cdk import Stack
from constructs import Construct

from token_rotator.contract import ReportField


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmText:
    """The words of one alarm; ``{upload}`` stands for the command that stores a new key."""

    means: str
    first: str
    """The command of ``token-rotator`` to begin with."""
    then: str


TEXTS: Final[Mapping[str, AlarmText]] = MappingProxyType(
    {
        "RefreshFailing": AlarmText(
            means="A rotation failed. Consumers keep the published token until it expires; the "
            "next run tries again.",
            first="check",
            then="It names what is wrong and what to do. Provider or AWS down: it recovers by "
            "itself. Key refused or unusable: get a new one from the identity provider, then run "
            "{upload}. The function times out or cannot start: undo its last deployment.",
        ),
        "FunctionNotInvoked": AlarmText(
            means="Nothing has invoked the function for some minutes. Nothing can fail where "
            "nothing runs, so RefreshFailing is silent. A token of 5 minutes expires about now.",
            first="rotate",
            then="If that publishes, consumers have a token for a few minutes more: enable the "
            "schedules in EventBridge Scheduler, or repair the role that invokes the function, by "
            "deploying the stack again. If it is throttled: set the function's reserved "
            "concurrency to 1, or free the account's. If both are right: AWS Health Dashboard; "
            "until AWS recovers, repeat the command every 4 minutes.",
        ),
        "TokenNotRefreshed": AlarmText(
            means="No token was published for {minutes} minutes. Consumers have no valid one, or, "
            "with a new stack, never had one.",
            first="rotate",
            then="If it says waiting: nobody has stored a key yet; run {upload}. If it fails: its "
            "error says what to do. If it publishes: the function works and nobody calls it; "
            "enable the schedules in EventBridge Scheduler, or deploy the stack again.",
        ),
        "TokenMarginLow": AlarmText(
            means="A token was replaced with less than {margin} s of life left, or too late "
            "(below 0). The next hiccup leaves consumers without one.",
            first="check",
            then="If RefreshFailing was in ALARM: this is the end of that outage. Else the "
            f"function's log of that minute says why ({ReportField.MARGIN_SECONDS}, "
            f"{ReportField.STEPS}, {ReportField.TOKEN_REQUESTS}): a slow identity provider or a "
            "slow AWS; if no step was slow, the schedules fire late: raise "
            "watchdog_min_remaining_seconds.",
        ),
        "PreviousKeyInUse": AlarmText(
            means="The secret's current key does not work; tokens come from the one before it. "
            "When that is revoked, consumers have none.",
            first="check",
            then="It says why. Wrong or damaged file, or a key that the provider does not know: "
            "run {upload} with the newest file. Store nothing to try things out: the key that "
            "works would leave the secret.",
        ),
        "KeyExpiringSoon": AlarmText(
            means="The key was stored so long ago that less than {key_days} of its days are "
            "left. After that no token can be had. It can wait until the morning.",
            first="check",
            then="Find who may press Generate/Refresh in Intelligence, and run {upload} with the "
            "new file.",
        ),
    }
)

SECRET_READ: Final = "KeySecretRead"
"""The heading of an alert; of docs/operate/runbook.md, too."""

MOST_CHARACTERS: Final = 1024
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of one rotator."""

    scope: Construct
    function_name: str
    runbook_url: str | None

    def alarm(self, name: str, **numbers: int) -> str:
        """The description of an alarm."""
        text = TEXTS[name]
        stack = Stack.of(self.scope)
        means = text.means.format(**numbers)
        then = text.then.format(upload=self._command("upload FILE"))
        first = self._command(text.first)
        if text.first == "rotate":
            invoke = f"aws lambda invoke --function-name {self.function_name} --region"
            first += f" (or `{invoke} {stack.region} /dev/stdout`)"
        return f"{means} First, in account {stack.account}: {first}. {then}{self._link(name)}"

    def secret_read(self, *, who: str) -> str:
        """The alert that somebody else has read the secret."""
        return (
            f"{SECRET_READ}: {who} First, look at the event: did it succeed (no errorCode), and "
            "who is behind userIdentity? A colleague or a scanner: ask whether it has to. If "
            "nobody knows, take the key for stolen: get a new one from the identity provider, run "
            f"{self._command('upload FILE')}, have the old one revoked, and look for what else "
            f"that principal did.{self._link(SECRET_READ)}"
        )

    def _command(self, verb: str) -> str:
        region = Stack.of(self.scope).region
        return f"`token-rotator {verb} --function {self.function_name} --region {region}`"

    def _link(self, heading: str) -> str:
        return "" if self.runbook_url is None else f" More: {self.runbook_url}#{heading.lower()}"
