"""The private key in the secret: revoked, damaged or unknown to the identity provider."""

import json
from typing import Any

from local.idp.identity_provider import IdentityProvider
from local.idp.service_account import ServiceAccount
from local.switches.names import PositionName, SwitchName
from local.switches.switch import Position, Switch


class Key:
    """The key that the secret holds, and what can be wrong with it."""

    def __init__(
        self,
        secrets: Any,
        *,
        secret_arn: str,
        idp: IdentityProvider,
        account: ServiceAccount,
    ) -> None:
        """``account`` is the one that the secret holds. ``secrets`` is botocore's client."""
        self._secrets = secrets
        self._secret_arn = secret_arn
        self._idp = idp
        self._account = account
        self._stored = account.as_downloaded()

    def switch(self) -> Switch:
        """The switch. Each new version of the secret makes the function run at once."""
        return Switch(
            SwitchName.KEY,
            "Key in the secret",
            [
                Position(name=PositionName.WORKS, label="works", turn=self.repair),
                Position(
                    name=PositionName.REVOKED,
                    label="is revoked at the provider",
                    turn=self.revoke,
                ),
                Position(
                    name=PositionName.UNKNOWN,
                    label="is replaced by one that the provider does not know",
                    turn=self.replace_with_unknown,
                ),
                Position(name=PositionName.DAMAGED, label="is cut in half", turn=self.damage),
            ],
        )

    def repair(self) -> None:
        """The identity provider accepts the key in the secret."""
        self._idp.accept(self._account)
        self._store(self._account.as_downloaded())

    def revoke(self) -> None:
        """The identity provider rejects the key, and the secret still holds it."""
        self.repair()
        self._idp.reject(self._account)

    def replace_with_unknown(self) -> None:
        """A new key is in the secret, and the one that works is the previous version."""
        self.repair()
        unknown = ServiceAccount.generate(
            discovery_endpoint=self._account.discovery_endpoint,
            client_id=self._account.client_id,
        )
        self._store(unknown.as_downloaded())

    def damage(self) -> None:
        """Half of the key is in the secret, and the whole one is the previous version."""
        self.repair()
        file = json.loads(self._account.as_downloaded())
        half = file["privateKey"][: len(file["privateKey"]) // 2]
        self._store(json.dumps(file | {"privateKey": half}))

    def _store(self, text: str) -> None:
        if text != self._stored:
            self._secrets.put_secret_value(SecretId=self._secret_arn, SecretString=text)
            self._stored = text
