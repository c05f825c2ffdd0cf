"""Ports of the local servers, and the error if a port is in use."""

import os
import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LOOPBACK: Final = "127.0.0.1"


class PortTaken(Exception):
    """Another process listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} on {LOOPBACK} is taken")
        self.port = port


class PortUnusable(ValueError):
    """The setting is not a valid port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSetting:
    """A port with a default that an environment variable overrides."""

    name: str
    default: int
    service: str

    def read(self, environment: Mapping[str, str]) -> int:
        """The port to use. 0 means any free port. Raises PortUnusable."""
        text = environment.get(self.name, "")
        if not text:
            return self.default
        if not (text.isascii() and text.isdecimal() and int(text) <= 65535):  # noqa: PLR2004
            raise PortUnusable(f"{self.name}={text} is not a port: set a number from 0 to 65535.")
        return int(text)


LOCAL_AWS: Final = PortSetting(name="LOCAL_AWS_PORT", default=4566, service="local AWS")
IDENTITY_PROVIDER: Final = PortSetting(
    name="IDENTITY_PROVIDER_PORT", default=8466, service="identity provider"
)
PAGE: Final = PortSetting(name="LIVE_PAGE_PORT", default=8467, service="live page")


_FREE_PORTS: Final = range(20_000, 32_000)
"""Ports that no system uses for outgoing connections, so that none takes a claimed port."""


def claim(port: int) -> int:
    """Checks that a server can use the port and returns it; for 0 a free one. Raises PortTaken."""
    if port:
        return _claim(port)
    while True:
        try:
            # from the system's randomness: two runs at the same time must not draw the same ports
            return _claim(random.SystemRandom().choice(_FREE_PORTS))
        except PortTaken:
            continue


def _claim(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # like servers: ignore connections in TIME_WAIT
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError as error:
            raise PortTaken(port) from error
    return port
