"""What does docs/availability.md say? Its generated part: tables, made of the figures."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from studies.simulation.figures import Figures
from studies.simulation.strategies import OURS
from studies.simulation.study import AS_DEPLOYED, STUDIED_OUTAGE_SECONDS

_GENERATED = re.compile(r"(?<=<!-- generated: begin -->\n).*(?=<!-- generated: end -->)", re.DOTALL)

_AVAILABILITY = {
    "without a valid token, s a month": "unavailable_seconds_a_month",
    "times": "gaps",
    "longest, s": "longest_gap_seconds",
    "least life left at replacement, s": "least_life_left_seconds",
    "after an outage, median s": "recovery_median_seconds",
    "99 %, s": "recovery_99_percent_seconds",
    "token requests an hour": "token_requests_an_hour",
    "Parameter Store": "parameter_store_calls_an_hour",
    "Secrets Manager": "secrets_manager_calls_an_hour",
}
_OUTAGES = {
    "outages": "outages",
    "bound, s": "bound_seconds",
    "within it, %": "within_bound_percent",
    "median cost, s": "cost_median_seconds",
    "99.9 %, s": "cost_99_9_percent_seconds",
    "most, s": "cost_most_seconds",
    "cost more than they lasted": "costing_more_than_the_outage",
    "next token after, median s": "recovery_median_seconds",
    "most, s ": "recovery_most_seconds",
}
_TUNINGS = {
    "token requests an hour, healthy": "healthy_token_requests_an_hour",
    "in the busiest 3600 s": "healthy_busiest_hour_token_requests",
    "least life left, healthy, s": "healthy_least_life_left_seconds",
    "within the bound, %": "within_bound_percent",
    "cost 99.9 %, s": "cost_99_9_percent_seconds",
    "next token after, median s": "recovery_median_seconds",
    "99 %, s": "recovery_99_percent_seconds",
}

Named = Mapping[str, Figures]


def generated(figures: Mapping[str, Named], *, seed: int) -> str:
    """The part between the markers."""
    baseline, harsh = figures["baseline"], figures["harsh"]
    sections = {
        f"Baseline, {baseline[OURS]['months']:g} months": [
            *_table("", baseline, _AVAILABILITY),
            "",
            *_ratios(baseline),
            "",
            _volume(baseline, harsh),
        ],
        f"Harsh, {harsh[OURS]['months']:g} months": _table("", harsh, _AVAILABILITY),
        "Nothing goes wrong": [_quiet(figures["healthy"][AS_DEPLOYED])],
        "An outage of the identity provider": _table("lasting, s", figures["outages"], _OUTAGES),
        "The design's numbers, one by one": [
            _studied(figures["tuning"][AS_DEPLOYED]),
            "",
            *_table("", _side_by_side(figures["tuning"], figures["healthy"]), _TUNINGS),
        ],
    }
    lines = [f"Made by `make simulate`, seed {seed}: {volume(figures):,} rotations in all.", ""]
    for heading, section in sections.items():
        lines += [f"### {heading}", "", *section, ""]
    return "\n".join(lines)


def volume(figures: Mapping[str, Named]) -> int:
    """Simulated rotations: invocations, or attempts of what is not invoked."""
    return sum(round(one["rotations"]) for group in figures.values() for one in group.values())


def _volume(*comparisons: Named) -> str:
    ours = comparisons[0][OURS]
    rotations, tokens = (
        sum(round(one[key]) for comparison in comparisons for one in comparison.values())
        for key in ("rotations", "tokens_published")
    )
    return (
        f"In the baseline this rotator was invoked {ours['rotations']:,} times and published "
        f"{ours['tokens_published']:,} tokens; both comparisons together are {rotations:,} "
        f"invocations and {tokens:,} tokens. Its longest invocation took "
        f"{ours['longest_invocation_seconds']:g} s; Lambda cut off "
        f"{ours['cut_off_invocations']} of them."
    )


def _quiet(healthy: Figures) -> str:
    return (
        f"This rotator asks for {healthy['token_requests_an_hour']:g} tokens an hour on average, "
        f"{healthy['busiest_hour_token_requests']} in the busiest 3600 seconds. The least life "
        f"left in a token that was replaced: {healthy['least_life_left_seconds']:g} s."
    )


def _studied(outages: Figures) -> str:
    return (
        f"{outages['outages']:,} outages of {STUDIED_OUTAGE_SECONDS} s for each line, "
        "in the baseline otherwise; `healthy`: nothing goes wrong."
    )


def _side_by_side(outages: Named, healthy: Named) -> dict[str, Figures]:
    return {
        name: outages[name] | {f"healthy_{key}": figure for key, figure in healthy[name].items()}
        for name in outages
    }


def stands_in(page: str) -> str:
    """What stands between the markers."""
    found = _GENERATED.search(page)
    return found[0] if found else ""


def write(path: Path, text: str) -> None:
    """Replaces what stands between the markers."""
    page, replaced = _GENERATED.subn(lambda _: text, path.read_text())
    if replaced != 1:
        raise SystemExit(f"{path} has no markers for its generated part.")
    path.write_text(page)


def _table(corner: str, rows: Named, columns: Mapping[str, str]) -> Iterable[str]:
    yield _line([corner, *(name.strip() for name in columns)])
    yield "|---|" + "---:|" * len(columns)
    for name, figures in rows.items():
        yield _line([name, *(f"{figures[key]:,.10g}" for key in columns.values())])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _ratios(baseline: Named) -> Iterable[str]:
    """A ratio needs a denominator: where ours has no such second, one second stands for it."""
    ours = max(1.0, baseline[OURS]["unavailable_seconds"])
    for name, figures in baseline.items():
        if name != OURS:
            seconds = figures["unavailable_seconds"]
            yield f"- {name}: {seconds:,.0f} s in all, {seconds / ours:,.0f} times this rotator's"
