"""What do many threads cost? Cached reads, and everybody asking at once when nothing is cached."""

import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aws_lambda_powertools.utilities.parameters import SSMProvider

from tests.bench.page import machine, table
from tests.bench.reader import NAME, Stub
from token_reader import TokenReader

THREADS: Final = (1, 4, 16, 64)
CALLS: Final = 40_000
"""Of one round, by all threads together."""
ROUNDS: Final = 5
AWS_SECONDS: Final = 0.01

Read = Callable[[], object]


class SlowStub(Stub):
    """GetParameter takes as long as it may in AWS."""

    def get_parameter(self, **arguments: Any) -> dict[str, Any]:
        time.sleep(AWS_SECONDS)
        return super().get_parameter(**arguments)


def _token_reader(client: Any) -> Read:
    return TokenReader(NAME, client).get


def _powertools(client: Any) -> Read:
    provider = SSMProvider(boto3_client=client)
    return lambda: provider.get(NAME, max_age=240, decrypt=True)


def _bare(client: Any) -> Read:
    return lambda: client.get_parameter(Name=NAME, WithDecryption=True)


READERS: Final = {"`TokenReader`": _token_reader, "Powertools": _powertools}


def section() -> str:
    """Two tables."""
    cached: list[tuple[object, ...]] = [("threads", *(f"{name}, ns a read" for name in READERS))]
    for threads in THREADS:
        rounds = [
            [_cached(make(Stub()), threads) for make in READERS.values()] for _ in range(ROUNDS)
        ]
        medians = (statistics.median(found) for found in zip(*rounds, strict=True))
        cached.append((threads, *(f"{nanoseconds:,.0f}" for nanoseconds in medians)))
    everybody = READERS | {"the bare client": _bare}
    cold: list[tuple[object, ...]] = [
        ("threads", *(f"{name}, calls of AWS" for name in everybody)),
        *(
            (threads, *(_calls_at_once(make, threads) for make in everybody.values()))
            for threads in THREADS
        ),
    ]
    return (
        f"`make bench`, {CALLS:,} cached reads by all threads together, median of {ROUNDS} rounds, "
        f"{machine()}:\n\n{table(*cached)}\n\n"
        f"Nothing is cached, everybody asks at once, GetParameter takes {AWS_SECONDS * 1e3:.0f} ms:"
        f"\n\n{table(*cold)}"
    )


def _cached(read: Read, threads: int) -> float:
    """Nanoseconds from one read to the next, whoever makes it."""
    read()

    def many() -> None:
        for _ in range(CALLS // threads):
            read()

    return _together(many, threads) / CALLS * 1e9


def _calls_at_once(make: Callable[[Any], Read], threads: int) -> int:
    client = SlowStub()
    _together(make(client), threads)
    return client.calls


def _together(work: Callable[[], object], threads: int) -> float:
    """Seconds from the moment that all threads begin until the last one ends."""
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
