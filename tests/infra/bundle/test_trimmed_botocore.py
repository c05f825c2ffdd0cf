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
from botocore.session import Session

from token_rotator.contract import AWS_SERVICES
from token_rotator_cdk.config.places import regions_with_fips

PATH = """
import sys
sys.path[:0] = {paths!r}
import json
"""
ENDPOINTS = """
from botocore.config import Config
from botocore.session import Session

session = Session()
session.set_credentials("AKID", "secret")
def endpoint(*place, **options):
    return session.create_client(*place, config=Config(**options)).meta.endpoint_url
partitions = session.get_component("data_loader").load_data("partitions")["partitions"]
special = {{"use_fips_endpoint": True, "use_dualstack_endpoint": True}}
print(json.dumps([
    [partition["id"], service, region, endpoint(service, region, **options)]
    for partition in partitions
    for region in partition["regions"]
    for service in {services!r}
    for options in ({{}}, special if partition["id"] == "aws-us-gov" else {{}})
]))
"""
FIPS = """
import os
from datetime import UTC, datetime
from types import SimpleNamespace
from token_rotator.aws.clients import AwsClients

os.environ |= {{"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}}
os.environ["AWS_USE_FIPS_ENDPOINT"] = "true"
asked = []

def answer(params, **_):
    # in place of the request: nothing leaves the process
    asked.append(params["url"])
    return SimpleNamespace(status_code=200), {{}}

for os.environ["AWS_REGION"] in {regions!r}:
    aws = AwsClients.from_environment(now=lambda: datetime.now(UTC))
    for service in (aws.parameter_store, aws.secrets_manager):
        service.client.meta.events.register("before-call", answer)
    aws.parameter_store.call("PutParameter", {{"Name": "/a/b", "Value": "v"}})
    aws.secrets_manager.call("GetSecretValue", {{"SecretId": "a"}})
print(json.dumps(asked))
"""
CALLS = """
import os
from datetime import UTC, datetime
from token_rotator.aws.clients import AwsClients

os.environ |= {{"AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"}}
os.environ["AWS_ENDPOINT_URL"] = {url!r}
for os.environ["AWS_REGION"] in {regions!r}:
    aws = AwsClients.from_environment(now=lambda: datetime.now(UTC))
    aws.parameter_store.call("GetParameter", {{"Name": "/a/b"}})
    aws.secrets_manager.call("GetSecretValue", {{"SecretId": "a"}})
files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
assert not [file for file in files if "site-packages" in file]
"""


def run(script: str, *paths: Path, **values: object) -> str:
    """What a script prints in an interpreter that has these paths and the standard library."""
    ran = subprocess.run(
        [
            *(sys.executable, "-I", "-S", "-c"),
            (PATH + script).format(paths=[*map(str, paths)], **values),
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


def test_the_function_signs_and_sends_its_requests_in_every_partition_with_the_bundle_alone(
    unpacked: Path, aws: Aws
):
    partitions = Session().get_component("data_loader").load_data("partitions")["partitions"]
    regions = [next(iter(partition["regions"])) for partition in partitions]
    assert len(regions) >= 8

    run(CALLS, unpacked, url=f"http://127.0.0.1:{aws.server_port}", regions=regions)

    assert [request["X-Amz-Target"] for request in aws.seen] == [
        *("AmazonSSM.GetParameter", "secretsmanager.GetSecretValue")
    ] * len(regions)
    scopes = [request["Authorization"].split("/", 2)[2] for request in aws.seen]
    assert [scope.partition("/aws4_request")[0] for scope in scopes] == [
        f"{region}/{service}" for region in regions for service in ("ssm", "secretsmanager")
    ]


def test_with_fips_the_function_goes_to_the_fips_hosts_of_its_region_with_the_bundle_alone(
    unpacked: Path,
):
    regions = regions_with_fips()

    asked = json.loads(run(FIPS, unpacked, regions=regions))

    def parameter_store(region: str) -> str:
        # in GovCloud, the ordinary endpoint is the FIPS endpoint
        # https://docs.aws.amazon.com/general/latest/gr/ssm.html
        return f"ssm{'' if region.startswith('us-gov-') else '-fips'}.{region}.amazonaws.com"

    assert {"us-east-1", "ca-west-1", "us-gov-west-1"} < {*regions}
    assert asked == [
        f"https://{host}/"
        for region in regions
        for host in (parameter_store(region), f"secretsmanager-fips.{region}.amazonaws.com")
    ]
