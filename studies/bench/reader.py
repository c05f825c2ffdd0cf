"""Cached reads, compared with a dictionary, Powertools and a client without a cache."""

import asyncio
import gc
import json
import platform
import statistics
import sys
import time
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS

from fakes.parameter_store import FakeParameterStore
from studies.bench.parameter_store import client, parameter_store, publish
from studies.bench.world import NAME
from token_reader import AsyncTokenReader, TokenReader

ROUNDS = 9
CALLS = 100_000
BARE_CALLS = 200
"""Each of these sends GetParameter to loopback."""

Timings = dict[str, float]
"""Nanoseconds per call."""


def holding_a_record(store: FakeParameterStore | None = None) -> Any:
    """An in-process Parameter Store with the record of a new token."""
    store = store or FakeParameterStore(now=lambda: datetime.now(UTC))
    store.put_parameter(Name=NAME, Value=a_record(), Type="SecureString")
    store.calls.clear()
    return store


def a_record() -> str:
    """The record of a new token."""
    now = int(time.time())
    return json.dumps(
        {
            "access_token": "x" * 1000,
            "token_type": "Bearer",
            "issued_at": now,
            "expires_at": now + 300,
        }
    )


def measure(calls: int) -> Timings:
    """Medians of interleaved rounds, after the caches are filled."""
    with parameter_store() as url:
        ssm = client(url)
        publish(ssm, a_record())
        return _measure(calls, lambda: ssm.get_parameter(Name=NAME, WithDecryption=True))


def _measure(calls: int, bare: Callable[[], object]) -> Timings:
    store = holding_a_record()
    reader = TokenReader(NAME, store)
    DEFAULT_PROVIDERS["ssm"] = parameters.SSMProvider(boto3_client=store)
    held = {NAME: reader.get()}
    parameters.get_parameter(NAME, max_age=240, decrypt=True)
    contestants: dict[str, Callable[[], object]] = {
        "a dictionary lookup": lambda: held[NAME],
        "`TokenReader.get()`": lambda: reader.get(),  # noqa: PLW0108 - like the others
        "Powertools `get_parameter()`": lambda: parameters.get_parameter(
            NAME, max_age=240, decrypt=True
        ),
    }
    rounds: dict[str, list[float]] = {name: [] for name in contestants}
    awaited: list[float] = []
    called: list[float] = []
    for _ in range(ROUNDS):
        for name, call in contestants.items():
            rounds[name].append(timeit.timeit(call, number=calls) / calls * 1e9)
        awaited.append(asyncio.run(_await(AsyncTokenReader(reader), calls)))
        called.append(timeit.timeit(bare, number=BARE_CALLS) / BARE_CALLS * 1e9)
    assert len(store.calls) == 2, "a contestant did not cache"
    rounds["`await AsyncTokenReader.get()`"] = awaited
    rounds["the bare client's `get_parameter()`, a call each"] = called
    return {name: statistics.median(found) for name, found in rounds.items()}


async def _await(reader: AsyncTokenReader, calls: int) -> float:
    begun = time.perf_counter()
    for _ in range(calls):
        await reader.get()
    return (time.perf_counter() - begun) / calls * 1e9


def left_behind(calls: int) -> int:
    """The increase of Python's allocated memory blocks after cached reads."""
    reader = TokenReader(NAME, holding_a_record())
    reader.get()
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        for _ in range(calls):
            reader.get()
        return sys.getallocatedblocks() - before
    finally:
        gc.enable()


def table(timings: Timings) -> str:
    """The table in docs/understand/performance.md."""
    least = timings["a dictionary lookup"]
    lines = ["| cached read | ns per call | times a dictionary lookup |", "|---|---|---|"]
    lines += [
        f"| {name} | {found:,.0f} | {_times(found / least)} |"
        for name, found in sorted(timings.items(), key=lambda item: item[1])
    ]
    ratio = timings["Powertools `get_parameter()`"] / timings["`TokenReader.get()`"]
    lines += ["", f"`TokenReader.get()` takes 1/{ratio:.0f} of the time of Powertools' cache."]
    return "\n".join(lines)


def _times(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 100 else f"{ratio:,.0f}"


def section() -> str:
    """The table and its caption."""
    found = table(measure(CALLS))
    where = f"Python {platform.python_version()}, {platform.machine()}"
    return (
        f"`make bench`, median of {ROUNDS} rounds of {CALLS:,} calls ({BARE_CALLS} of the bare "
        f"client), {where}:\n\n{found} "
        f"{CALLS:,} cached reads leave {left_behind(CALLS)} blocks of memory allocated."
    )
