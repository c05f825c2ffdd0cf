"""Variants of a token request: the place of its parameters, and the assertion's claims."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from token_rotator.contract import MAX_ASSERTION_BACKDATE_SECONDS, RequestStyle
from token_rotator.settings import Settings

DEFAULT_LIFETIME: Final = timedelta(seconds=60)
"""The assertion's lifetime if the settings have none, as in profile rfc7523."""

DEFAULT_BACKDATE: Final = timedelta(seconds=30)
"""Subtracted from ``iat`` if the provider's clock is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A variant of a request. Two variants that differ in one field answer one question."""

    style: RequestStyle
    lifetime: timedelta | None
    """None: no ``exp``."""
    backdate: timedelta
    audience: str

    @classmethod
    def of(cls, settings: Settings, audience: str) -> "Variant":
        """The variant that the function uses with these settings."""
        return cls(
            style=settings.request_style,
            lifetime=settings.assertion_lifetime,
            backdate=settings.assertion_backdate,
            audience=audience,
        )

    def applied(self, settings: Settings) -> Settings:
        """The settings that make the function use this variant."""
        return replace(
            settings,
            request_style=self.style,
            assertion_lifetime=self.lifetime,
            assertion_backdate=self.backdate,
        )

    @property
    def described(self) -> str:
        """``parameters in the query, no exp``."""
        exp = "no exp" if self.lifetime is None else f"exp {_seconds(self.lifetime)} ahead"
        back = f", iat {_seconds(self.backdate)} back" if self.backdate else ""
        return f"parameters in the {self.style}, {exp}{back}"

    @property
    def with_exp(self) -> "Variant":
        return self if self.lifetime else replace(self, lifetime=DEFAULT_LIFETIME)

    @property
    def without_exp(self) -> "Variant":
        return replace(self, lifetime=None)

    def sent_in(self, style: RequestStyle) -> "Variant":
        return replace(self, style=style)


def alternatives(
    first: Variant, *, skew: timedelta | None, token_endpoint: str, fixed: bool, needs_exp: bool
) -> Iterator[Variant]:
    """At most five variants to try in order if the first one is refused.

    ``skew`` is the provider's clock minus ours, None if it does not say; ``fixed``: the audience
    is a setting; ``needs_exp``: no setting leaves ``exp`` out.
    """
    base = first
    if (needed := _backdate(skew)) > first.backdate:
        base = replace(first, backdate=needed)
        yield base
    form, query = RequestStyle.FORM, RequestStyle.QUERY
    combinations = [base.sent_in(form).with_exp, base.sent_in(query).with_exp]
    if not needs_exp:
        combinations += [base.sent_in(form).without_exp, base.sent_in(query).without_exp]
    for variant in combinations:
        if variant != base:
            yield variant
    if not fixed and first.audience != token_endpoint:
        yield replace(base.sent_in(form).with_exp, audience=token_endpoint)
    if skew is None and not first.backdate:
        yield replace(first, backdate=DEFAULT_BACKDATE)


def _backdate(skew: timedelta | None) -> timedelta:
    """The backdate for a clock that is behind. 0: it is not, or by more than the setting allows."""
    if skew is None or skew >= timedelta():
        return timedelta()
    needed = math.ceil(-skew.total_seconds()) + 1  # the header Date has whole seconds
    return timedelta(seconds=needed if needed <= MAX_ASSERTION_BACKDATE_SECONDS else 0)


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():.0f} s"
