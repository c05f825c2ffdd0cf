"""How is a rotation asked for by hand? By calling the function, as the schedule does."""

import json
from datetime import datetime
from typing import Any

from token_rotator import errors
from token_rotator.contract import AnswerField, Outcome
from token_rotator.errors import NoServiceAccountYet, RotationError
from token_rotator_cli.aws import Aws, calling
from token_rotator_cli.console import Console, moment
from token_rotator_cli.deployment import Deployed
from token_rotator_cli.errors import CallerError, RotationFailed


def rotate(aws: Aws, deployed: Deployed, console: Console) -> int:
    """0: a fresh token is published. Raises NoServiceAccountYet, RotationFailed, CallerError."""
    with console.progress("Rotating"):
        answer = _invoke(aws, deployed)
    outcome = answer.get(AnswerField.OUTCOME)
    if outcome == Outcome.WAITING:
        raise NoServiceAccountYet(
            "Nobody has stored a service account yet: `upload` the file downloaded from "
            "Intelligence (Generate/Refresh)."
        )
    version, expires_at = (
        answer.get(AnswerField.PARAMETER_VERSION),
        answer.get(AnswerField.EXPIRES_AT),
    )
    console.say(
        f"{outcome}: version {version} of {deployed.settings.parameter_name}, "
        f"expires at {_moment(expires_at)}"
    )
    return 0


def _moment(text: object) -> str:
    """As `status` writes it."""
    return moment(datetime.fromisoformat(text)) if isinstance(text, str) else "an unknown time"


def _invoke(aws: Aws, deployed: Deployed) -> dict[str, Any]:
    try:
        with calling("lambda:InvokeFunction"):
            answer = aws.functions.invoke(FunctionName=deployed.function_arn, Payload=b"{}")
    except CallerError as error:
        if error.code != "TooManyRequestsException":
            raise
        raise RotationFailed(
            "The function is busy (TooManyRequestsException): another rotation is under way, and "
            "one runs at a time. Look at `status`, or try again; if it stays, the function or the "
            "account has no concurrency left."
        ) from None
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise RotationFailed(_told(payload))
    return dict(payload)


def _told(payload: Any) -> str:
    """Only errors of ours and of Lambda's runtime are quoted: another's text may hold anything."""
    kind = str(payload.get("errorType", "")) if isinstance(payload, dict) else ""
    named = getattr(errors, kind, None)
    is_ours = isinstance(named, type) and issubclass(named, RotationError)
    if is_ours or kind.startswith(("Runtime.", "Sandbox.")):
        return f"{kind}: {payload.get('errorMessage')}"
    return f"The function failed ({kind or 'no reason given'}). Its log says more."
