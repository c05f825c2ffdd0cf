"""One exchange with the function's code, and third-party servers."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from studies.providers.keys import CLIENT, RSA
from token_rotator.credential.private_key import PrivateKey
from token_rotator.credential.service_account import ServiceAccount
from token_rotator.errors import IdentityProviderError
from token_rotator.steps import Steps
from token_rotator.wiring import identity_provider, utc_now
from token_rotator_cdk.config.models.identity_provider import IdentityProviderConfig
from token_rotator_cdk.config.models.rotator import RotatorConfig
from token_rotator_cli.exchange.settings import function_settings

THEIRS: Final = Path(__file__).parent / "theirs"


class Exchange:
    """One exchange and its assertion."""

    def __init__(self, key: PrivateKey = RSA, **provider: Any) -> None:
        self.account = ServiceAccount(
            service_account_id=CLIENT, private_key=key, discovery_endpoint=None
        )
        rotator = RotatorConfig(
            parameter_name="/none", identity_provider=IdentityProviderConfig(**provider)
        )
        self.endpoint = identity_provider(function_settings(rotator), now=utc_now, local=True)
        self.parameters: Mapping[str, str] = {}
        post = self.endpoint.http.post

        def observed(url: str, parameters: Mapping[str, str], **more: Any) -> Any:
            self.parameters = parameters
            return post(url, parameters, **more)

        self.endpoint.http.post = observed  # type: ignore[method-assign]

    def run(self) -> str:
        """The result: a token, or the function's error."""
        try:
            record = self.endpoint.exchange(
                self.account,
                deadline=utc_now() + timedelta(seconds=20),
                steps=Steps(now=utc_now),
            )
        except IdentityProviderError as error:
            return f"{type(error).__name__}: {error}"
        lifetime = int((record.expires_at - record.issued_at).total_seconds())
        return f"a token that lives {lifetime} s"


@contextmanager
def server(words: list[str], known: Mapping[str, object]) -> Iterator[str]:
    """Runs a third-party server that prints its port."""
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(known))
        process.stdin.close()
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def say(what: str, exchange: Exchange) -> None:
    """Runs an exchange and prints the result."""
    print(f"{what}: {exchange.run()}")
