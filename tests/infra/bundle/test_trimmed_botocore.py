"""The trimmed botocore finds the same endpoints as the whole one, and needs the bundle only."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import botocore
import pytest

from token_rotator.contract import AWS_SERVICES

CLIENTS = """
import sys
sys.path[:0] = {paths!r}
import json
from botocore.config import Config
from botocore.session import Session

session = Session()
session.set_credentials("AKID", "secret")
def client(service, region, **options):
    return session.create_client(service, region_name=region, **options)
"""
ENDPOINTS = """
partitions = session.get_component("data_loader").load_data("partitions")["partitions"]
print(json.dumps([
    [partition["id"], service, region, client(service, region, config=config).meta.endpoint_url]
    for partition in partitions
    for region in partition["regions"]
    for service in {services!r}
    for config in (Config(), Config(use_fips_endpoint=True, use_dualstack_endpoint=True))
    if not config.use_fips_endpoint or partition["id"] == "aws-us-gov"
]))
"""
CALLS = """
client("ssm", "eu-west-1", endpoint_url={url!r}).get_parameter(Name="/a/b")
client("secretsmanager", "cn-north-1", endpoint_url={url!r}).get_secret_value(SecretId="a")
assert not [name for name, module in sys.modules.items()
            if "site-packages" in (getattr(module, "__file__", None) or "")]
"""


def run(script: str, *paths: Path, **values: object) -> str:
    """What a script prints in an interpreter that has these paths and the standard library."""
    ran = subprocess.run(
        [
            *(sys.executable, "-I", "-S", "-c"),
            (CLIENTS + script).format(paths=[*map(str, paths)], **values),
        ],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stderr == ""
    return ran.stdout


class Aws(HTTPServer):
    """Answers every request with an empty object, and keeps its headers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Recording)
        self.seen: list[dict[str, str]] = []


@pytest.fixture
def aws() -> Iterator[Aws]:
    server = Aws()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Recording(BaseHTTPRequestHandler):
    server: Aws

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append(dict(self.headers))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def test_every_region_has_the_endpoints_of_the_whole_botocore(unpacked: Path):
    assert [*unpacked.glob(f"botocore-{distribution('botocore').version}.dist-info")]
    whole = Path(botocore.__file__).parents[1]

    trimmed = json.loads(run(ENDPOINTS, unpacked, services=AWS_SERVICES))

    assert trimmed == json.loads(run(ENDPOINTS, whole, services=AWS_SERVICES))
    partitions = {partition for partition, *_ in trimmed}
    assert {"aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso"} <= partitions


def test_signed_requests_are_sent_with_nothing_but_the_bundle_on_the_path(unpacked: Path, aws: Aws):
    run(CALLS, unpacked, url=f"http://127.0.0.1:{aws.server_port}")

    parameter, secret = aws.seen
    assert parameter["X-Amz-Target"] == "AmazonSSM.GetParameter"
    assert "/eu-west-1/ssm/aws4_request" in parameter["Authorization"]
    assert secret["X-Amz-Target"] == "secretsmanager.GetSecretValue"
    assert "/cn-north-1/secretsmanager/aws4_request" in secret["Authorization"]
