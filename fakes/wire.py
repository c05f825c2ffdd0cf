"""Calls a fake service with AWS's JSON protocol.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import json
from datetime import datetime

from botocore import xform_name
from botocore.exceptions import ClientError

from fakes.aws_service import FakeService


def call(service: FakeService, target: str, body: bytes) -> tuple[int, bytes]:
    """Status and body for a request with an ``X-Amz-Target`` such as ``AmazonSSM.GetParameter``."""
    method = getattr(service, xform_name(target.rpartition(".")[2]))
    try:
        return 200, json.dumps(method(**json.loads(body)), default=_seconds).encode()
    except ClientError as exc:
        status = exc.response["ResponseMetadata"]["HTTPStatusCode"]
        return status, json.dumps({"__type": exc.response["Error"]["Code"]}).encode()


def _seconds(value: object) -> float:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} cannot be encoded in JSON")
    return value.timestamp()
