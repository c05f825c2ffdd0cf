"""What does a rotation cost whose connections were closed while the function slept? Over TLS."""

import ssl
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local.certificate import for_loopback
from tests.bench.contestants import contestants, which_python
from tests.bench.page import machine, table
from tests.bench.running import cpu, invoked, median, spread, started
from tests.bench.runtime_api import RuntimeApi
from tests.bench.warm import FLOOR
from tests.bench.world import World

ROUNDS: Final = 7
ROTATIONS: Final = 10
SHOWN: Final = (FLOOR, "ours", "the obvious function")


@dataclass(slots=True)
class Figures:
    """Medians of a round's rotations, one number a round; milliseconds."""

    kept: list[float] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)


def section() -> str:
    """Processor time with the connections kept, and with all of them closed before."""
    figures = {name: Figures() for name in SHOWN}
    with tempfile.TemporaryDirectory() as folder:
        world, trust = _over_tls(Path(folder))
        for _ in range(ROUNDS):
            for name in SHOWN:
                _round(name, world, trust, figures[name])
    rows: list[tuple[object, ...]] = [
        ("", "kept, CPU ms", "closed, CPU ms", "connections", "CPU ms for each"),
        *(
            (name, spread(it.kept), spread(it.closed), *_of_connections(it))
            for name, it in figures.items()
        ),
    ]
    return (
        f"`make bench`, median of {ROUNDS} interleaved rounds of {ROTATIONS} rotations ± half of "
        f"the distance between the quartiles, {which_python()}, {machine()}, "
        f"{_authorities()} certificate authorities:\n\n{table(*rows)}"
    )


def _of_connections(figures: Figures) -> tuple[object, ...]:
    (connections,) = figures.connections
    more = median(figures.closed) - median(figures.kept)
    return connections, f"{more / connections:.1f}"


def _over_tls(folder: Path) -> tuple[World, dict[str, str]]:
    """AWS and identity provider, and the variables that make everybody trust them as well."""
    certificate, key = for_loopback(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    bundle = folder / "everybody.pem"
    bundle.write_bytes(_system().read_bytes() + certificate.read_bytes())
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return World(context), dict.fromkeys(names, str(bundle))


def _system() -> Path:
    """The system's certificates, which OpenSSL reads where nothing else is said."""
    paths = ssl.get_default_verify_paths()
    return Path(paths.cafile or paths.openssl_cafile)


def _authorities() -> int:
    return _system().read_text(encoding="utf-8").count("BEGIN CERTIFICATE")


def _round(name: str, world: World, trust: dict[str, str], figures: Figures) -> None:
    function = contestants()[name]
    world.forget()
    # boto3 trusts certificates of its own, unless it is told otherwise
    trust = trust if name == "ours" else trust | {"AWS_CA_BUNDLE": trust["SSL_CERT_FILE"]}
    with RuntimeApi() as api, started(function, world, api, **trust) as (pid, _):
        api.expect("next")

        def rotation(*, closed: bool) -> float:
            if closed:
                world.hang_up()
            before, connections = cpu(pid), world.connections
            invoked(api, function.event)
            if closed:
                figures.connections.add(world.connections - connections)
            return cpu(pid) - before

        for _ in range(3):
            rotation(closed=False)
        figures.kept.append(median([rotation(closed=False) for _ in range(ROTATIONS)]))
        figures.closed.append(median([rotation(closed=True) for _ in range(ROTATIONS)]))
