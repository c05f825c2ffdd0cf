"""Picture of an outage: the remaining life of the published token over time."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from studies.simulation.outages import QUIET_SECONDS
from studies.simulation.run import simulate
from studies.simulation.services import Service
from studies.simulation.strategies import COMPARED, OURS
from studies.simulation.study import outages_of

BARE = "a fixed schedule, one attempt"
OUTAGE_SECONDS = 240.0
"""Longer than the baseline's outages, so that its effect is visible."""

AROUND_SECONDS = QUIET_SECONDS - 30
"""The time shown before and after the outage. It contains no other outage."""

_COLOURS = {OURS: "#0b6e4f", BARE: "#b3541e"}


def draw(path: Path, *, seed: int) -> None:
    """Draws the same outage for this rotator and for a fixed schedule."""
    mpl.rcParams.update({"font.size": 9, "svg.hashsalt": "simulation"})
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    axes = figure.subplots(2, 1, sharex=True, sharey=True)
    conditions = outages_of(OUTAGE_SECONDS, days=0.25)
    for ax, name in zip(axes, (OURS, BARE), strict=True):
        _, scenario = simulate(COMPARED[name], conditions, seed)
        outage = scenario.services.outages[Service.IDENTITY_PROVIDER][5]
        begin, end = outage.start - AROUND_SECONDS, outage.end + AROUND_SECONDS
        times, lives = life_left(scenario.history.publications, until=end)
        minutes = [(moment - outage.start) / 60 for moment in times]
        ax.axvspan(0, (outage.end - outage.start) / 60, color="#9aa5b1", alpha=0.35, lw=0)
        ax.plot(minutes, lives, color=_COLOURS[name], lw=1.3)
        for start, stop in scenario.history.gaps:
            ax.axvspan(
                (start - outage.start) / 60,
                (stop - outage.start) / 60,
                color="#e5484d",
                alpha=0.6,
                lw=0,
            )
        ax.set(
            xlim=((begin - outage.start) / 60, (end - outage.start) / 60),
            ylim=(0, 345),
            yticks=range(0, 301, 100),
        )
        ax.set_title(name, loc="left", fontsize=10, color=_COLOURS[name], weight="bold")
        ax.set_ylabel("life left, s")
        ax.grid(alpha=0.25)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].annotate("identity provider out", (OUTAGE_SECONDS / 120, 318), ha="center", fontsize=8)
    axes[1].set_xlabel("minutes since the outage began; red: no valid token is published")
    figure.savefig(path, dpi=120, metadata={"Software": None})


def life_left(
    publications: list[tuple[float, float]], *, until: float
) -> tuple[list[float], list[float]]:
    """Points of the sawtooth curve: each token from its publication to its end or expiry."""
    times: list[float] = []
    lives: list[float] = []
    ends = [*(moment for moment, _ in publications[1:]), until]
    for (moment, dies), end in zip(publications, ends, strict=True):
        last = max(moment, min(end, dies))
        times += [moment, last, end]
        lives += [dies - moment, dies - last, max(0.0, dies - end)]
    return times, lives
