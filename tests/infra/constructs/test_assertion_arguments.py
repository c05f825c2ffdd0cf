"""Subject, scope, claims and headers of the assertion, as arguments of the construct."""

from types import MappingProxyType
from typing import Any

import pytest
from aws_cdk import CfnParameter

from tests.infra.constructs.test_token_rotator import a_rotator, a_stack, variables
from tests.support.infra_templates import rendered
from token_rotator.contract import GrantType, Variable
from token_rotator.settings import Settings
from token_rotator_cdk import ConfigurationIssues, IdentityProvider, ScopeIn

ENDPOINT = "https://idp.example.com/token"


def test_they_are_rendered_into_the_functions_environment():
    stack = a_stack()
    a_rotator(
        stack,
        identity_provider=IdentityProvider.jwt_bearer(
            token_endpoint=ENDPOINT,
            scope="api",
            scope_in=ScopeIn.CLAIM,
            subject="integration@example.com",
            claims={"tenant": "acme", "level": 3, "strict": True},
            headers={"x5t#S256": "A1bC2dE3"},
        ),
    )

    read = Settings.from_environment(variables(rendered(stack)))

    assert read.grant_type is GrantType.JWT_BEARER
    assert (read.scope, read.scope_in, read.subject) == ("api", "claim", "integration@example.com")
    assert read.claims == {"tenant": "acme", "level": 3, "strict": True}
    assert read.headers == {"x5t#S256": "A1bC2dE3"}


def test_a_value_that_is_known_at_deployment_only_is_taken_as_it_is():
    stack = a_stack()
    tenant = CfnParameter(stack, "Tenant").value_as_string
    a_rotator(
        stack,
        identity_provider=IdentityProvider.rfc7523(
            token_endpoint=ENDPOINT, claims=MappingProxyType({"tenant": tenant})
        ),
    )

    claims = variables(rendered(stack))[Variable.CLAIMS]

    assert claims == {"Fn::Join": ["", ['{"tenant":"', {"Ref": "Tenant"}, '"}']]}


def test_a_number_that_is_known_at_deployment_only_has_no_place_in_json():
    stack = a_stack()
    level = CfnParameter(stack, "Level", type="Number").value_as_number
    provider: Any = IdentityProvider.rfc7523(token_endpoint=ENDPOINT, claims={"level": int(level)})

    with pytest.raises(ConfigurationIssues, match="write a number of up to"):
        a_rotator(stack, identity_provider=provider)


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        (
            IdentityProvider.rfc7523(token_endpoint=ENDPOINT, claims={"exp": 1}),
            "leave out exp: set identity_provider.assertion_lifetime",
        ),
        (
            IdentityProvider(headers={"typ": "JWT"}),
            'Tokens/Marketing: identity_provider.headers: leave it out: profile "intelligence"',
        ),
    ],
)
def test_a_mistake_is_named_by_its_argument(provider: Any, said: str):
    with pytest.raises(ConfigurationIssues) as caught:
        a_rotator(a_stack(), identity_provider=provider)

    assert said in str(caught.value)
