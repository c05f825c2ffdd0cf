"""gevent patches ``threading`` after the reader was created, and perhaps used."""

import os
import subprocess
import sys

import pytest

from local import ROOT
from tests.support.canned_server import CannedServer, Connection
from tests.unit.reader.loopback import parameter
from tests.unit.reader.scenario import NAME

PROGRAM = """
import sys
from token_reader import TokenReader

reader = TokenReader(sys.argv[1])
if sys.argv[2] == "used":
    reader._lock.current()  # what a first use leaves; a read would import ssl too early

import gevent.monkey
gevent.monkey.patch_all()
import gevent

waiting = [gevent.spawn(reader.get) for _ in range(10)]
ticks = []
gevent.spawn(lambda: [ticks.append(gevent.sleep(0)) for _ in range(100)])
gevent.joinall(waiting, timeout=20)
print(*[one.value.value for one in waiting], len(ticks))
"""


def _slowly(connection: Connection) -> None:
    connection.pause(0.2)
    parameter()(connection)


@pytest.mark.parametrize("before", ["unused", "used"])
def test_greenlets_share_a_read_and_do_not_stop_their_process(
    aws_environment: pytest.MonkeyPatch, before: str
):
    with CannedServer(_slowly) as server:
        aws_environment.setenv("AWS_ENDPOINT_URL", server.url)
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, NAME, before],
            env={**os.environ, "PYTHONPATH": str(ROOT / "lambda_src")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.stdout == "abc " * 10 + "100\n", ended.stderr
    assert len(server.requests) == 1
