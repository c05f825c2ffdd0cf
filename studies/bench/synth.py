"""Time and memory to synthesize hundreds of rotators with the CDK CLI."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local import ROOT
from studies.bench.page import table
from token_rotator_cdk import jsii
from token_rotator_cdk.config.stack_limits import MAX_ROTATORS

SIZES: Final = (1, 10, 100, 500)
_LOOK_SECONDS: Final = 0.05
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesis:
    """One ``cdk synth``."""

    rotators: int
    seconds: float
    peak_megabytes: float
    """Resident memory of all processes together (CDK, Python, jsii)."""
    assets: int
    resources: tuple[int, ...]
    """One number for each stack."""
    outputs: tuple[int, ...]
    template_bytes: tuple[int, ...]


def section() -> str:
    """The table: one synthesis per size, after a warm-up."""
    synthesize(SIZES[0])
    found = [synthesize(size) for size in SIZES]
    head = (
        *("rotators", "stacks", "seconds", "memory, MB", "assets", "resources"),
        *("most in a stack", "outputs in it", "longest template, kB"),
    )
    rows = [
        (
            *(one.rotators, len(one.resources), f"{one.seconds:.1f}", f"{one.peak_megabytes:.0f}"),
            *(one.assets, f"{sum(one.resources):,}", max(one.resources), max(one.outputs)),
            f"{max(one.template_bytes) / 1000:.0f}",
        )
        for one in found
    ]
    *_, hundred, most = found
    times = most.rotators / hundred.rotators
    each = (most.seconds - hundred.seconds) / (most.rotators - hundred.rotators)
    growth = (
        f"{times:.0f} times the rotators take {most.seconds / hundred.seconds:.1f} times as long: "
        f"{each * 1000:.0f} ms for each one more."
    )
    return f"{table(head, *rows)}\n\n{growth}"


def synthesize(rotators: int) -> Synthesis:
    """Synthesizes in a new directory. The bundle is in the user's cache after the first one."""
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory) / "rotators.toml"
        config.write_text("\n".join(_file(rotators)), encoding="utf-8")
        assembly = Path(directory) / "cdk.out"
        begun = time.perf_counter()
        process = subprocess.Popen(
            [
                *("npx", "--no-install", "cdk", "synth", "--quiet"),
                *("-c", f"config={config}", "--output", assembly),
            ],
            cwd=ROOT,
            env=os.environ
            | {
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                **jsii.ENVIRONMENT,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        watch = _Watch(process.pid)
        _, said = process.communicate()
        seconds = time.perf_counter() - begun
        if process.returncode != 0:
            raise RuntimeError(f"cdk synth failed:\n{said}")
        templates = sorted(assembly.glob("*.template.json"))
        documents = [json.loads(template.read_text(encoding="utf-8")) for template in templates]
        return Synthesis(
            rotators=rotators,
            seconds=seconds,
            peak_megabytes=watch.peak_bytes / 1e6,
            assets=len([*assembly.glob("asset.*")]),
            resources=tuple(len(document["Resources"]) for document in documents),
            outputs=tuple(len(document["Outputs"]) for document in documents),
            template_bytes=tuple(template.stat().st_size for template in templates),
        )


def _file(rotators: int) -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    yield '[stack]\nname = "tokens"'
    for number in range(rotators):
        name = f"r{letters[number // 26]}{letters[number % 26]}"
        yield f'[rotators.{name}]\nparameter_name = "/{name}/token"'
        yield f'stack = "tokens-{number // MAX_ROTATORS + 1}"'


class _Watch:
    """Measures the peak memory of a process and its children."""

    def __init__(self, pid: int) -> None:
        self.peak_bytes = 0
        self._pid = pid
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while resident := sum(map(_resident_bytes, _family(self._pid))):
            self.peak_bytes = max(self.peak_bytes, resident)
            time.sleep(_LOOK_SECONDS)


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except OSError:
        return 0  # it has ended
