"""Reads by many threads, with a filled and with an empty cache."""

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.utilities.parameters import SSMProvider

from fakes.parameter_store import FakeParameterStore
from studies.bench.page import machine, table
from studies.bench.parameter_store import client, parameter_store, publish
from studies.bench.reader import a_record, holding_a_record
from studies.bench.world import NAME
from token_reader import TokenReader

THREADS: Final = (1, 4, 16, 64)
CALLS: Final = 40_000
"""Calls of one round, of all threads together."""
BARE_CALLS: Final = 640
"""Calls of the bare client, which sends a request for each."""
ROUNDS: Final = 5
AWS_SECONDS: Final = 0.01

Read = Callable[[], object]


class SlowParameterStore(FakeParameterStore):
    """Responds to GetParameter with the latency of AWS."""

    def get_parameter(self, *, Name: str, WithDecryption: bool = False) -> dict[str, Any]:  # noqa: N803
        time.sleep(AWS_SECONDS)
        return super().get_parameter(Name=Name, WithDecryption=WithDecryption)


def _token_reader(client: Any) -> Read:
    return TokenReader(NAME, client).get


def _powertools(client: Any) -> Read:
    provider = SSMProvider(boto3_client=client)
    return lambda: provider.get(NAME, max_age=240, decrypt=True)


def _bare(client: Any) -> Read:
    return lambda: client.get_parameter(Name=NAME, WithDecryption=True)


CACHING: Final = {"`TokenReader`": _token_reader, "Powertools": _powertools}
EVERYBODY: Final = CACHING | {"the bare client": _bare}


def section() -> str:
    """The two tables."""
    cached: list[tuple[object, ...]] = [
        ("threads", *(f"{name}, ns a read" for name in EVERYBODY)),
    ]
    with parameter_store() as url:
        ssm = client(url, connections=max(THREADS))
        publish(ssm, a_record())
        bare = _bare(ssm)
        for threads in THREADS:
            rounds = [
                (
                    *(_read(make(holding_a_record()), threads, CALLS) for make in CACHING.values()),
                    _read(bare, threads, BARE_CALLS),
                )
                for _ in range(ROUNDS)
            ]
            medians = (statistics.median(found) for found in zip(*rounds, strict=True))
            cached.append((threads, *(f"{nanoseconds:,.0f}" for nanoseconds in medians)))
    cold: list[tuple[object, ...]] = [
        ("threads", *(f"{name}, calls of AWS" for name in EVERYBODY)),
        *(
            (threads, *(_calls_at_once(make, threads) for make in EVERYBODY.values()))
            for threads in THREADS
        ),
    ]
    return (
        f"`make bench`, {CALLS:,} cached reads by all threads together ({BARE_CALLS} calls of the "
        f"bare client), median of {ROUNDS} rounds, {machine()}:\n\n{table(*cached)}\n\n"
        "Nothing is cached, all threads read at once, GetParameter takes "
        f"{AWS_SECONDS * 1e3:.0f} ms:\n\n{table(*cold)}"
    )


def _read(read: Read, threads: int, calls: int) -> float:
    """Nanoseconds per read, for all threads together."""
    read()

    def many() -> None:
        for _ in range(calls // threads):
            read()

    return _together(many, threads) / calls * 1e9


def _calls_at_once(make: Callable[[Any], Read], threads: int) -> int:
    store = holding_a_record(SlowParameterStore(now=lambda: datetime.now(UTC)))
    _together(make(store), threads)
    return len(store.calls)


def _together(work: Callable[[], object], threads: int) -> float:
    """Seconds from the common start of all threads until the last one ends."""
    start = threading.Barrier(threads + 1)

    def one() -> None:
        start.wait()
        work()

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(one) for _ in range(threads)]
        start.wait()
        begun = time.perf_counter()
        for future in running:
            future.result()
        return time.perf_counter() - begun
