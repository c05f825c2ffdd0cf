"""Where a command works: account, region, stack and rotator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_SHOWN: Final = 3
"""Names of stacks or rotators; the number of further ones follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is known of it; an account or region that is None is not known, or not named."""

    calls_aws: bool = True
    account: str | None = None
    region: str | None = None
    stacks: tuple[str, ...] = ()
    rotators: tuple[str, ...] = ()
    function: str | None = None
    """As the command line names it, where it names no rotator."""

    def __str__(self) -> str:
        """One sentence: ``Account 111122223333, region eu-west-1, stack a, rotator b.``"""
        if self.calls_aws:
            return f"{', '.join(self._parts('Account', 'account not known'))}."
        named = ", ".join(self._parts("account", ""))
        return f"Calls no AWS: {named}." if named else "Calls no AWS."

    def as_json(self) -> dict[str, str | None]:
        """For programs: null is unknown, none, or several."""
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
    """Several places as one: an account or region that is not the same in all of them is None."""
    return Place(
        account=_only(tuple(dict.fromkeys(one.account or "" for one in places))) or None,
        region=_only(tuple(dict.fromkeys(one.region or "" for one in places))) or None,
        stacks=tuple(name for one in places for name in one.stacks),
        rotators=tuple(name for one in places for name in one.rotators),
    )


def _only(names: tuple[str, ...]) -> str | None:
    return names[0] if len(names) == 1 else None


def _listed(names: tuple[str, ...]) -> str:
    shown = [*names[:_SHOWN]]
    if more := len(names[_SHOWN:]):
        shown.append(f"{more} more")
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last
