"""The reader in the hosts that run it: 200 requests each, through at least two rotations.

No request hangs, and none gets an expired token. `make soak` runs these tests; they take a minute
or two.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import urllib3

from local import ROOT
from tests.unit.reader.hosts.conftest import LIFETIME, RotatingStore
from tests.unit.reader.scenario import NAME

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
]
REQUESTS = 200
CALLERS = 8
APPLICATION = "tests.unit.reader.hosts.application"

GUNICORN = [sys.executable, "-m", "gunicorn", f"{APPLICATION}:wsgi", "--log-level", "warning"]
UVICORN = [sys.executable, "-m", "uvicorn", f"{APPLICATION}:asgi", "--log-level", "warning"]

HOSTS: dict[str, tuple[list[str], dict[str, str]]] = {
    f"gunicorn {kind}{' preload' * preload}{' read before' * read}": (
        [*GUNICORN, "-k", kind, "-w", "2", *(["--threads", "4"] if kind == "gthread" else [])]
        + ["--preload"] * preload,
        {"READ_AT_IMPORT": "1"} if read else {},
    )
    for kind in ("sync", "gthread", "gevent")
    for preload, read in ((False, False), (True, False), (True, True))
    if not (kind == "gevent" and read)  # an error by name: see test_aws_errors.py
} | {
    "uvicorn": (UVICORN, {}),
    "uvicorn, two workers": ([*UVICORN, "--workers", "2"], {}),
}


def environment(store: RotatingStore, **more: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ENDPOINT_URL": store.url,
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "TOKEN_PARAMETER": NAME,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "lambda_src"), str(ROOT)]),
        **more,
    }


@contextmanager
def running(command: list[str], store: RotatingStore, **more: str) -> Iterator[tuple[str, Any]]:
    """The host's URL and process, once it answers."""
    port = _unused_port()
    address = ["-b", f"127.0.0.1:{port}"] if "gunicorn" in command else ["--port", str(port)]
    process = subprocess.Popen([*command, *address], env=environment(store, **more), cwd=ROOT)
    try:
        _wait_for(lambda: _listens(port) or process.poll() is not None)
        assert process.poll() is None
        yield f"http://127.0.0.1:{port}/", process
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize(("command", "more"), HOSTS.values(), ids=HOSTS)
def test_through_rotations_no_request_hangs_or_gets_an_expired_token(
    store: RotatingStore, command: list[str], more: dict[str, str]
):
    with running(command, store, **more) as (url, _):
        answers = ask(url, tokens=3)

    assert len(answers) >= REQUESTS
    assert min(answer["left"] for answer in answers) > 0


@pytest.mark.parametrize("kind", ["sync", "gevent"])
def test_workers_that_were_stopped_go_on_with_a_living_token(store: RotatingStore, kind: str):
    with running([*GUNICORN, "-k", kind, "-w", "2", "-t", "120"], store) as (url, process):
        before = ask(url, tokens=1)
        workers = sorted({answer["pid"] for answer in before})
        assert process.pid not in workers
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        expired = max(int(answer["token"].removeprefix("token-")) for answer in before) + LIFETIME
        _wait_for(lambda: time.time() > expired)
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        after = ask(url, tokens=1)

    assert min(answer["left"] for answer in after) > 0
    assert not {answer["token"] for answer in before} & {answer["token"] for answer in after}


def test_trio(store: RotatingStore):
    answers = answers_of(store, "-m", APPLICATION, str(REQUESTS))

    assert min(answer["left"] for answer in answers) > 0
    assert len({answer["token"] for answer in answers}) >= 2


PREFORK = """
import os, signal, sys, time
from tests.unit.reader.hosts.application import reader, _answer

class SoftTimeLimitExceeded(Exception):
    pass

def exceeded(*_):
    raise SoftTimeLimitExceeded

def work():
    signal.signal(signal.SIGALRM, exceeded)
    for task in range(50):
        signal.setitimer(signal.ITIMER_REAL, 0.01 if task % 5 == 4 else 5)
        try:
            if task % 5 == 4:
                reader.refresh(force=True)
                time.sleep(0.05)
            os.write(1, _answer(reader.get()) + b"\\n")  # whole lines, of four processes
        except SoftTimeLimitExceeded:
            os.write(1, b'{"left": 1, "token": "limit"}\\n')
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(0.2)

reader.get()
children = []
for _ in range(4):
    pid = os.fork()
    if not pid:
        work()
        os._exit(0)
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
"""


def test_forked_workers_with_soft_time_limits_as_celery_has_them(store: RotatingStore):
    answers = answers_of(store, "-c", PREFORK)

    assert min(answer["left"] for answer in answers) > 0
    assert len({answer["token"] for answer in answers} - {"limit"}) >= 2
    assert "limit" in {answer["token"] for answer in answers}


def answers_of(store: RotatingStore, *arguments: str) -> list[dict[str, Any]]:
    """The 200 answers that a Python program prints, one in a line."""
    ended = subprocess.run(
        [sys.executable, *arguments],
        env=environment(store),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(answers) == REQUESTS, ended.stderr
    return answers


def ask(url: str, *, tokens: int) -> list[dict[str, Any]]:
    """At least 200 answers, until this many different tokens were among them."""
    http = urllib3.PoolManager(maxsize=CALLERS, block=True, timeout=20, retries=False)
    answers: list[dict[str, Any]] = []
    with ThreadPoolExecutor(CALLERS) as callers:
        while len(answers) < REQUESTS or len({one["token"] for one in answers}) < tokens:
            batch = list(callers.map(lambda _: http.request("GET", url), range(CALLERS)))
            assert {response.status for response in batch} == {200}
            answers += [response.json() for response in batch]
            time.sleep(0.01)
    http.clear()
    return answers


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
