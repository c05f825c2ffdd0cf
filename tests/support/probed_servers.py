"""Five identity providers of different manners, and what is true of each."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Final, Protocol

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from tests.support.certified_provider import certified_provider

QUESTIONS: Final = (
    "key works",
    "exp accepted",
    "form accepted",
    "issuer named",
    "second token ends first",
    "Date there",
    "second use of jti refused",
    "iat must be set back",
    "lifetime told",
)
"""What a probe answers."""


class Server(Protocol):
    """An identity provider with a log of its own, and an API that takes its tokens."""

    def api(self, resource: str, /) -> str: ...
    @property
    def token_requests(self) -> Sequence[Any]: ...


class Case:
    """A server, its account, and what is true of it."""

    def __init__(self, server: Server, account: ServiceAccount, **truth: str) -> None:
        self.server = server
        self.account = account
        self.truth = dict.fromkeys(QUESTIONS, "yes") | {
            name.replace("_", " "): answer for name, answer in truth.items()
        }


NEVER_BACK = {"iat_must_be_set_back": "no"}


def _stand_in(stack: ExitStack, *, one_token: bool = False, names_issuer: bool = True) -> Case:
    idp = stack.enter_context(IdentityProvider(one_token=one_token, names_issuer=names_issuer))
    truth = {
        "exp_accepted": "no",
        "form_accepted": "no",
        "issuer_named": "yes" if names_issuer else "no",
        "second_token_ends_first": "yes" if one_token else "no",
    }
    return Case(idp, idp.new_service_account(), **truth, **NEVER_BACK)


def _certified(stack: ExitStack, *, strict: bool) -> Case:
    provider = stack.enter_context(certified_provider(strict=strict))
    truth = {"second_use_of_jti_refused": "yes" if strict else "no"}
    return Case(provider, provider.account, second_token_ends_first="no", **truth, **NEVER_BACK)


SERVERS = {
    "the stand-in": _stand_in,
    "one that revokes": lambda stack: _stand_in(stack, one_token=True),
    "one without issuer": lambda stack: _stand_in(stack, names_issuer=False),
    "certified, strict": lambda stack: _certified(stack, strict=True),
    "certified, lax": lambda stack: _certified(stack, strict=False),
}
