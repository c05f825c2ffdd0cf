"""The calls that must be refused, computed from a template: at least forty for every rotator."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.audit.iam import refused_alerts, refused_network, refused_outside, refused_roles
from tests.audit.iam.account import Account
from tests.audit.iam.needed import readers
from tests.audit.iam.operating import operators
from tests.audit.iam.refusal import Refusal
from tests.audit.iam.rotators import Rotator


def refused(
    template: Mapping[str, Any], account: Account, each: tuple[Rotator, ...]
) -> Iterator[Refusal]:
    """All calls that must be refused."""
    for rotator in each:
        yield from refused_roles.of_the_function(rotator)
        yield from refused_network.of_the_function(rotator)
        yield from refused_roles.of_the_schedules(rotator)
        for reader in readers(account, rotator):
            yield from refused_roles.of_a_reader(rotator, reader)
        for operator in operators(account, rotator):
            yield from refused_roles.of_an_operator(rotator, operator)
            for other in each:
                if other != rotator:
                    yield from refused_roles.of_an_operator_of_another(operator, other)
        for other in each:
            if other != rotator:
                yield from refused_roles.of_another_rotator(rotator, other)
                yield from refused_network.of_another_rotator(rotator, other)
        yield from refused_outside.of_a_rotator(rotator, account)
    yield from refused_outside.of_the_shared(template, account)
    yield from refused_alerts.of_the_alerts(template, account, each)
