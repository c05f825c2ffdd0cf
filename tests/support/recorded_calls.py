"""Requests to the local AWS, from its CloudTrail events or as a client sends them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

IN_LAMBDA: Final = "exec-env/AWS_Lambda_"
"""A part of the user agent of every SDK that runs in a Lambda function."""
_PREFIXES: Final = {"monitoring": "cloudwatch"}
"""What policies write in front of a service's actions, where CloudTrail has another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One request to AWS."""

    action: str
    """The action as policies write it, for example ``ssm:GetParameter``."""
    about: str
    """The ARN or name of the secret or parameter."""


def by_functions(cloudtrail: Any) -> Iterator[Recorded]:
    """The requests that Lambda functions have sent, newest first."""
    for event in _events(cloudtrail):
        if IN_LAMBDA in event["userAgent"]:
            service = event["eventSource"].removesuffix(".amazonaws.com")
            yield _recorded(service, event["eventName"], event["requestParameters"])


def by_caller(cloudtrail: Any, access_key: str) -> Iterator[Recorded]:
    """The requests that are signed with an access key, newest first."""
    for event in _events(cloudtrail):
        if event["userIdentity"]["accessKeyId"] == access_key:
            service = event["eventSource"].removesuffix(".amazonaws.com")
            parameters = event["requestParameters"] or {}
            # ministack names operations of the query protocol by their parameter only
            operation = parameters.get("Action", event["eventName"])
            # and operations of the REST protocol that it does not know by their HTTP method
            if "." not in operation:
                yield _recorded(_PREFIXES.get(service, service), operation, parameters)


def listen(client: Any) -> list[Recorded]:
    """Returns a list to which the client's requests are added from now on."""
    asked: list[Recorded] = []

    def note(params: dict[str, Any], model: Any, **_: object) -> None:
        service = model.service_model.signing_name
        asked.append(_recorded(service, model.name, params))

    client.meta.events.register("provide-client-params.*.*", note)
    return asked


def _recorded(service: str, operation: str, parameters: dict[str, Any]) -> Recorded:
    names = ("Name", "ResourceId", "SecretId", "RoleArn")
    about = next((str(parameters[name]) for name in names if name in parameters), "")
    return Recorded(action=f"{service}:{operation}", about=about)


def _events(cloudtrail: Any) -> Iterator[dict[str, Any]]:
    """All events, newest first. ministack returns at most fifty and has no pagination."""
    seen: set[str] = set()
    end: dict[str, Any] = {}
    while True:
        page = cloudtrail.lookup_events(**end)["Events"]
        fresh = [event for event in page if event["EventId"] not in seen]
        if not fresh:
            return
        for event in fresh:
            seen.add(event["EventId"])
            yield json.loads(event["CloudTrailEvent"])
        end = {"EndTime": min(event["EventTime"] for event in fresh)}
