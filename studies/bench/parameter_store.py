"""A Parameter Store on loopback without latency, and boto3 clients for it."""

import contextlib
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from studies.bench.world import NAME, BenchScenario

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@contextlib.contextmanager
def parameter_store() -> Iterator[str]:
    """Starts it and returns its URL.

    It runs in a separate process, so it does not share CPU time or the GIL with its callers.
    """
    ours, its = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(its,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


def client(url: str, *, connections: int = 1) -> "SSMClient":
    """A boto3 client with defaults, except for the endpoint."""
    return boto3.client(
        "ssm",
        "eu-west-1",
        endpoint_url=url,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="example",
        config=Config(max_pool_connections=connections),
    )


def publish(ssm: "SSMClient", value: str) -> None:
    """Writes the parameter."""
    ssm.put_parameter(Name=NAME, Value=value, Type="SecureString", Tier="Advanced", Overwrite=True)


def _serve(pipe: Connection) -> None:
    pipe.send(BenchScenario().url)
    with contextlib.suppress(EOFError):
        pipe.recv()  # nothing is ever sent: this returns when the parent process ends
