"""Runs functions under Lambda's runtime client and measures them."""

import contextlib
import functools
import os
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fakes.environment import function_environment
from fakes.secrets_manager import ARN
from studies.bench.contestants import HERE, PLACE, Contestant, contestants, environment
from studies.bench.page import noise
from studies.bench.runtime_api import RuntimeApi
from studies.bench.world import KEY_ARN, NAME, BenchScenario

ROUNDS: Final = 11
WARM_CALLS: Final = 60
"""Roughly the number of rotations before Lambda replaces an execution environment after some hours.
The first thirty take longer, because the interpreter is still specializing code (PEP 659)."""
NOT_YET_WARM: Final = 5
"""Calls after the first that are not counted, while connections are made and caches fill."""

SCRIPT: Final = "the documented script"


@dataclass(slots=True)
class Figures:
    """One number per round: milliseconds, and CPU milliseconds."""

    init: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    init_cpu: list[float] = field(default_factory=list)
    first_cpu: list[float] = field(default_factory=list)
    warm_cpu: list[float] = field(default_factory=list)
    peak_megabytes: list[float] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    """Calls of one warm rotation."""


@functools.cache
def measure() -> Mapping[str, Figures]:
    """Measures all functions, interleaved, so that other load affects all of them equally."""
    world = BenchScenario()
    account = PLACE / "downloaded.json"
    functions = contestants()
    script = (environment("script"), HERE / "functions" / "script.py", account)
    account.write_text(world.secret)
    figures = {name: Figures() for name in (*functions, SCRIPT)}
    try:
        for turn in range(ROUNDS + 1):
            for name, function in functions.items():
                # the first round reads files from the disk and is not counted
                _run_function(function, world, figures[name] if turn else Figures())
            begun = time.perf_counter()
            subprocess.run([*map(str, script)], check=True, capture_output=True)
            if turn:
                figures[SCRIPT].warm.append((time.perf_counter() - begun) * 1e3)
    finally:
        account.unlink()  # it contains the key of this run
    return figures


def median(values: list[float]) -> float:
    """The figure of a series of rounds."""
    return statistics.median(values)


def spread(values: list[float]) -> str:
    """The median and its noise, for a table."""
    return f"{median(values):,.1f} ± {noise(values):.0%}"


def _run_function(function: Contestant, world: BenchScenario, figures: Figures) -> None:
    world.forget()
    with RuntimeApi() as api, started(function, world, api) as (pid, begun):
        figures.init.append((api.expect("next").at - begun) * 1e3)
        figures.init_cpu.append(cpu(pid))
        figures.first.append(invoked(api, function.event))
        figures.first_cpu.append(cpu(pid) - figures.init_cpu[-1])
        for _ in range(NOT_YET_WARM):
            invoked(api, function.event)
        world.calls.clear()
        before = cpu(pid)
        took = [invoked(api, function.event) for _ in range(WARM_CALLS)]
        figures.warm.append(median(took))
        figures.warm_cpu.append((cpu(pid) - before) / WARM_CALLS)
        figures.calls = Counter({name: n // WARM_CALLS for name, n in world.calls.items()})
        figures.peak_megabytes.append(_peak(pid))


def invoked(api: RuntimeApi, event: bytes) -> float:
    """Milliseconds from the event to the response, after the next event is requested."""
    begun = time.perf_counter()
    api.events.put(event)
    took = api.expect("response").at - begun
    api.expect("next")
    return took * 1e3


@contextlib.contextmanager
def started(
    function: Contestant, world: BenchScenario, api: RuntimeApi, **besides: str
) -> Iterator[tuple[int, float]]:
    """Starts a function under the runtime client: its process id, and when it was started."""
    variables = {
        **besides,
        "AWS_LAMBDA_RUNTIME_API": api.address,
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_SESSION_TOKEN": "example",
        "AWS_ENDPOINT_URL": world.url,
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(function.directory),
        "PYTHONPATH": os.pathsep.join(map(str, (function.directory, *function.besides))),
        "PYTHONDONTWRITEBYTECODE": "1",  # /var/task is read-only
        "PATH": os.environ["PATH"],
        "TZ": ":UTC",
        **function_environment(
            rotator="stack/marketing",
            secret_arn=ARN,
            parameter_name=NAME,
            key_arn=KEY_ARN,
        ),
    }
    command = [str(environment("runtime")), "-m", "awslambdaric", function.handler]
    begun = time.perf_counter()
    with subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL) as process:
        try:
            yield process.pid, begun
        finally:
            process.kill()


def cpu(pid: int) -> float:
    """Processor time of all threads, in ms (Linux: Documentation/scheduler/sched-stats)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def _peak(pid: int) -> float:
    """The peak of its resident memory, in MB (Linux: proc_pid_status(5), VmHWM)."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
