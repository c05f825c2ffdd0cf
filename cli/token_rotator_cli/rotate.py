"""``token-rotator rotate``: invokes the function, as its schedule does."""

import json
from datetime import datetime
from typing import Any

from token_rotator import errors
from token_rotator.contract import Outcome, ReportField
from token_rotator.errors import NoServiceAccountYet, RotationError
from token_rotator_cli.aws.calls import calling
from token_rotator_cli.aws.clients import Aws
from token_rotator_cli.console import moment
from token_rotator_cli.deployment.find import Deployed
from token_rotator_cli.errors import CallerError, RotationFailed
from token_rotator_cli.session import Session


def rotate(session: Session) -> int:
    """The exit code. Raises NoServiceAccountYet, RotationFailed, CallerError."""
    deployed = session.find_deployment()
    with session.console.progress("Rotating"):
        answer = _invoke(session.aws, deployed)
    outcome = answer.get(ReportField.OUTCOME)
    if outcome == Outcome.WAITING:
        raise NoServiceAccountYet(
            "Nobody has stored a service account yet. Press Generate/Refresh in Intelligence and "
            "store the downloaded file: token-rotator upload FILE."
        )
    name = deployed.settings.parameter_name
    version, expires_at = (
        answer.get(ReportField.PARAMETER_VERSION),
        answer.get(ReportField.EXPIRES_AT),
    )
    session.console.text(f"{outcome}: version {version} of {name}, expires at {_time(expires_at)}")
    session.console.document(
        {
            "ok": True,
            "outcome": outcome,
            "parameter": name,
            "version": version,
            "expires_at": expires_at,
        }
    )
    return 0


def _time(text: object) -> str:
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
            "only one runs at a time. Try again; if it stays, the function or the account has no "
            "concurrency left."
        ) from None
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise RotationFailed(_reason(payload))
    return dict(payload)


def _reason(payload: Any) -> str:
    """Quotes only errors of ours and of Lambda's runtime: another's text may hold anything."""
    kind = str(payload.get("errorType", "")) if isinstance(payload, dict) else ""
    named = getattr(errors, kind, None)
    is_ours = isinstance(named, type) and issubclass(named, RotationError)
    if is_ours or kind.startswith(("Runtime.", "Sandbox.")):
        return f"{kind}: {payload.get('errorMessage')}"
    return f"The function failed ({kind or 'no reason given'}). Its log says more."
