"""Hundreds of rotators do not ask the identity provider all at once."""

from random import Random

import pytest

from local import ROOT
from studies.simulation.many import FIRINGS, HOUR, requests, table

DOCUMENTED, IN_TURN, STACKS_AT_ONCE, WORST = FIRINGS


@pytest.mark.parametrize(
    ("firing", "most"), [(DOCUMENTED, 40), (IN_TURN, 10), (STACKS_AT_ONCE, 20), (WORST, 500)]
)
def test_so_many_token_requests_of_500_rotators_fall_into_one_second(firing, most):
    seconds = requests(firing, rotators=500, random=Random(7))

    assert 500 * 28 <= seconds.total() <= 500 * 30
    assert max(seconds.values()) <= most


def test_twice_the_rotators_are_twice_the_requests():
    once, twice = (
        requests(DOCUMENTED, rotators=number, random=Random(7)).total() / HOUR
        for number in (100, 200)
    )

    assert twice == pytest.approx(2 * once, rel=0.02)


def test_the_page_shows_these_figures():
    assert table() in (ROOT / "docs" / "many.md").read_text(encoding="utf-8")
