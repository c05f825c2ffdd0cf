"""Hundreds of rotators do not send their token requests in the same second."""

import math
from random import Random

import pytest

from local import ROOT
from studies.simulation.many import HOUR, TIMINGS, requests, table
from token_rotator_cdk.config.stack_limits import MAX_ROTATORS

STACKS = math.ceil(500 / MAX_ROTATORS)
DOCUMENTED, IN_TURN, STACKS_AT_ONCE, WORST = TIMINGS


@pytest.mark.parametrize(
    ("timing", "most"), [(DOCUMENTED, 40), (IN_TURN, 10), (STACKS_AT_ONCE, STACKS), (WORST, 500)]
)
def test_500_rotators_send_at_most_this_many_token_requests_in_one_second(timing, most):
    seconds = requests(timing, rotators=500, random=Random(7))

    assert 500 * 28 <= seconds.total() <= 500 * 30
    assert max(seconds.values()) <= most


def test_twice_the_rotators_send_twice_the_requests():
    once, twice = (
        requests(DOCUMENTED, rotators=number, random=Random(7)).total() / HOUR
        for number in (100, 200)
    )

    assert twice == pytest.approx(2 * once, rel=0.02)


def test_the_page_shows_these_figures():
    assert table() in (ROOT / "docs" / "deploy" / "many.md").read_text(encoding="utf-8")
