"""Ports come from the environment. Other variables of the developer do not reach subprocesses."""

import socket
from pathlib import Path

import pytest

from local.process import environment
from local.process.ports import LOCAL_AWS, LOOPBACK, PortTaken, PortUnusable, claim


@pytest.mark.parametrize(
    ("settings", "port"),
    [({}, 4566), ({"LOCAL_AWS_PORT": ""}, 4566), ({"LOCAL_AWS_PORT": "4700"}, 4700)],
)
def test_a_port_has_a_default(settings: dict[str, str], port: int) -> None:
    assert LOCAL_AWS.read(settings) == port


@pytest.mark.parametrize("text", ["http", "-1", "65536", "4_566", "٤٥٦٦", " "])
def test_an_invalid_port_is_named(text: str) -> None:
    with pytest.raises(PortUnusable, match="LOCAL_AWS_PORT="):
        LOCAL_AWS.read({"LOCAL_AWS_PORT": text})


def test_a_free_port_can_be_claimed_and_a_port_in_use_cannot() -> None:
    free = claim(0)
    with socket.create_server((LOOPBACK, free)), pytest.raises(PortTaken) as refused:
        claim(free)

    assert refused.value.port == free


def test_the_developers_aws_settings_do_not_reach_a_subprocess(tmp_path: Path) -> None:
    developers = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL_SSM": "https://elsewhere.example",
        "HTTPS_PROXY": "http://proxy.example",
        "PYTHONPATH": "/home/me/lib",
    }

    given = environment.minimal(developers, temporary=tmp_path)

    assert given == {"PATH": "/bin", "HOME": "/home/me", "TMPDIR": str(tmp_path)}
