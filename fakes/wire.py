"""A fake service as AWS's JSON protocol calls it: a target and a body, a status and a body.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

import json
from datetime import datetime

from botocore import xform_name
from botocore.exceptions import ClientError

from fakes.aws_service import FakeService


def call(service: FakeService, target: str, body: bytes) -> tuple[int, bytes]:
    """The answer to a request with this ``X-Amz-Target``: ``AmazonSSM.GetParameter``."""
    method = getattr(service, xform_name(target.rpartition(".")[2]))
    try:
        return 200, json.dumps(method(**json.loads(body)), default=_seconds).encode()
    except ClientError as exc:
        status = exc.response["ResponseMetadata"]["HTTPStatusCode"]
        return status, json.dumps({"__type": exc.response["Error"]["Code"]}).encode()


def _seconds(value: object) -> float:
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    return value.timestamp()
