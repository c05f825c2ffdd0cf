"""What the library costs: imports, memory, clients; and what an editor completes."""

import gc
import os
import subprocess
import sys
import threading
import time
import tracemalloc
import weakref
from pathlib import Path

import pytest

import token_reader
from tests.support.canned_server import CannedServer
from tests.unit.reader.loopback import parameter, reader_of
from token_reader import TokenReader, clients

LIBRARY = Path(token_reader.__file__).parents[1]
ROLE = "arn:aws:iam::111122223333:role/shared-reader"

IMPORTS = """
import sys
before = set(sys.modules)
{statement}
heavy = ("asyncio", "botocore", "boto3", "http", "httpx", "logging", "requests", "ssl", "urllib3")
print([name for name in heavy if name in sys.modules and name not in before])
"""


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import token_reader", []),
        ("from token_reader import TokenReader; TokenReader('/a')", ["logging"]),
        ("from token_reader import TokenError, AccessToken", []),
    ],
)
def test_an_import_brings_nothing_heavy(statement: str, heavy: list[str]):
    assert _python(IMPORTS.format(statement=statement)) == f"{heavy}\n"


def test_a_star_import_and_completion_know_the_names_without_importing_the_http_clients():
    code = """
import sys
import token_reader
names = dir(token_reader)
assert {"TokenReader", "HttpxAuth", "RequestsAuth", "TokenError"} <= set(names), names
from token_reader import *
assert TokenReader and TokenError and AsyncTokenReader
print("httpx" in sys.modules, "requests" in sys.modules, "HttpxAuth" in globals())
"""
    assert _python(code) == "False False False\n"


def test_every_name_that_is_offered_exists():
    assert set(token_reader.__all__) | {"HttpxAuth", "RequestsAuth"} <= set(dir(token_reader))
    for name in dir(token_reader):
        getattr(token_reader, name)


def test_the_readers_of_a_process_share_a_client_for_each_role_and_region(
    aws_environment: pytest.MonkeyPatch,
):
    with CannedServer(parameter()) as server:
        readers = [reader_of(server, aws_environment) for _ in range(20)]
        threads = [threading.Thread(target=reader.get) for reader in readers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert {reader.get().value for reader in readers} == {"abc"}

    used = {id(_client(reader)) for reader in readers}
    assert len(used) == 1
    other_role = clients.shared(ROLE)
    aws_environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    other_region = clients.shared(None)
    assert len({id(other_role), id(other_region)} | used) == 3
    assert other_region.meta.region_name == "us-east-1"


def test_a_client_lives_as_long_as_its_readers(aws_environment: pytest.MonkeyPatch):
    with CannedServer(parameter()) as server:
        reader = reader_of(server, aws_environment)
        reader.get()
    client = weakref.ref(_client(reader))
    assert client() is not None

    del reader
    gc.collect()

    assert client() is None


def test_a_further_reader_costs_less_than_half_a_mebibyte_and_five_milliseconds(
    aws_environment: pytest.MonkeyPatch,
):
    with CannedServer(parameter()) as server:
        first = reader_of(server, aws_environment)
        first.get()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            further = [reader_of(server, aws_environment) for _ in range(5)]
            for reader in further:
                reader._parameter._ssm_client()  # noqa: SLF001
            each = (tracemalloc.get_traced_memory()[0] - before) / len(further)
        finally:
            tracemalloc.stop()
        begun = time.process_time()
        for _ in range(100):
            reader_of(server, aws_environment)._parameter._ssm_client()  # noqa: SLF001
        took = (time.process_time() - begun) / 100

    assert each < 0.5 * 2**20
    assert took < 0.005


def test_a_cached_read_allocates_nothing_that_stays(aws_environment: pytest.MonkeyPatch):
    with CannedServer(parameter()) as server:
        reader = reader_of(server, aws_environment)
        reader.get()
        tracemalloc.start()
        try:
            reader.get()
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            reader.get()
            peak = tracemalloc.get_traced_memory()[1] - before
        finally:
            tracemalloc.stop()

    assert peak <= 64, "two floats"


def test_ten_thousand_cached_reads_leave_no_block_of_memory_allocated(
    aws_environment: pytest.MonkeyPatch,
):
    with CannedServer(parameter()) as server:
        reader = reader_of(server, aws_environment)
        reader.get()
    gc.collect()
    before = sys.getallocatedblocks()

    for _ in range(10_000):
        reader.get()

    assert sys.getallocatedblocks() - before < 100, "the loop itself has a few"


def _client(reader: TokenReader) -> object:
    return reader._parameter._client  # noqa: SLF001


def _python(code: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(LIBRARY)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == ""
    return ended.stdout
