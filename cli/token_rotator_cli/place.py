"""The place of a command: account, region, stacks and rotators."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_MAX_NAMES: Final = 3
"""Number of names shown before "and N more"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Account, region, stacks and rotators. None: unknown or not set."""

    calls_aws: bool = True
    account: str | None = None
    region: str | None = None
    stacks: tuple[str, ...] = ()
    rotators: tuple[str, ...] = ()
    function: str | None = None
    """The function given on the command line instead of a rotator."""

    def __str__(self) -> str:
        """For example ``Account 111122223333, region eu-west-1, stack a, rotator b.``"""
        if self.calls_aws:
            return f"{', '.join(self._parts('Account', 'account not known'))}."
        named = ", ".join(self._parts("account", ""))
        return f"Does not call AWS: {named}." if named else "Does not call AWS."

    def as_json(self) -> dict[str, str | None]:
        """As JSON. null: unknown, none, or several."""
        return {
            "account": self.account,
            "region": self.region,
            "stack": _only(self.stacks),
            "rotator": _only(self.rotators),
        }

    def _parts(self, account: str, unknown: str) -> Iterator[str]:
        if self.account or unknown:
            yield f"{account} {self.account}" if self.account else unknown.capitalize()
        if self.region:
            yield f"region {self.region}"
        for kind, names in (("stack", self.stacks), ("rotator", self.rotators)):
            if names:
                yield f"{kind if len(names) == 1 else f'{kind}s'} {_listed(names)}"
        if self.function:
            yield f"function {self.function}"


def merged(places: Sequence[Place]) -> Place:
    """Merges places. An account or region that differs becomes None."""
    return Place(
        account=_only(tuple(dict.fromkeys(one.account or "" for one in places))) or None,
        region=_only(tuple(dict.fromkeys(one.region or "" for one in places))) or None,
        stacks=tuple(name for one in places for name in one.stacks),
        rotators=tuple(name for one in places for name in one.rotators),
    )


def _only(names: tuple[str, ...]) -> str | None:
    return names[0] if len(names) == 1 else None


def _listed(names: tuple[str, ...]) -> str:
    listed = [*names[:_MAX_NAMES]]
    if more := len(names[_MAX_NAMES:]):
        listed.append(f"{more} more")
    *first, last = listed
    return f"{', '.join(first)} and {last}" if first else last
